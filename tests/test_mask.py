"""A key is masked where somebody may bear it, and whole where a source numbers its own."""

import pytest
from lowincome.mask import mask_key

BORNE = "370102196001022324"


@pytest.mark.parametrize(("key", "shown"), [
    (f"assistance_roster:{BORNE}/1", "assistance_roster:3701**********2324/1"),
    (f"a:{BORNE[:-1]}5|b:7", "a:3701**********2325|b:7"),
    ("370102600102232", "3701**********2232"),
    ("13000000000", "130****0000"),
    ("１９９ ００００ ００００", "１９９****００００"),
    ("370102200912310002", "3701**********0002"),
])
def test_a_number_that_somebody_may_bear_is_masked(key: str, shown: str) -> None:
    assert mask_key(key) == shown


@pytest.mark.parametrize("key", [
    "SD2026112200001", "PH00000123", "10000000001", "12000000000",
    "990102196001022324", "370102196013022324", "370102196001322324", "370102209013010001",
    "370102600132232", "370102202611220001", "370102201001010002",
])
def test_a_number_without_a_day_or_with_a_day_of_late_and_no_check_digit_is_the_sources_own(key: str) -> None:
    assert mask_key(key) == key


def test_a_childs_number_is_masked_for_its_check_digit() -> None:
    childs = ["37010220260101000" + digit for digit in "0123456789X"]
    assert sum(mask_key(number) != number for number in childs) == 1
