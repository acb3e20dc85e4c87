"""Programs do not measure wrapped rows, so the list does: a row is as high as its tallest cell."""

import pytest
from lowincome.deliver.cover_sheet import row_height


@pytest.mark.parametrize(("text", "lines"), [
    ("", 1), ("a" * 10, 1), ("a" * 11, 2), ("汉" * 5, 1), ("汉" * 6, 2), ("汉" * 4 + "ab", 1), ("汉" * 4 + "abc", 2),
    ("a\nb", 2), ("a\n" + "b" * 11, 3), ("\n", 2),
])
def test_a_cell_is_wrapped_where_its_column_ends(text: str, lines: int) -> None:
    assert row_height([(text, 12)]) == 14.5 * lines + 4


def test_the_tallest_cell_decides_up_to_a_screen() -> None:
    assert row_height([("a", 12), ("a" * 21, 12), ("", 6)]) == 14.5 * 3 + 4
    assert row_height([("\n" * 100, 12)]) == 400
