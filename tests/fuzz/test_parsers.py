"""A short seeded run over every parser of what comes from outside; scripts/fuzz.py does the long one."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.parsers import PARSERS, check_cells, check_lines, is_id, line, mutated, one_line

EDITS = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 40), st.integers(0, 22)),
                 min_size=1, max_size=4)
CELL = st.one_of(st.text(max_size=24), st.from_regex(r"[0-9０-９]{4}[-/年.]?[0-9]{1,2}[-/月.]?[0-9]{0,2}日?"),
                 st.from_regex(r"[+-]?[0-9,]{1,20}[.]?[0-9]{0,9}元?"), st.from_regex(r"(#num:)?[0-9]{15,18}[0-9Xx]?"))
SHORT = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@settings(SHORT, max_examples=5)
@given(st.lists(CELL, min_size=30, max_size=60))
def test_no_cell_makes_an_expression_stumble_and_an_id_is_one_by_its_check_digit(texts: list[str]) -> None:
    assert check_cells([*texts, "370102196001022324"]) > 0


@settings(SHORT, max_examples=5)
@given(st.lists(EDITS, min_size=1, max_size=20))
def test_no_line_of_a_report_file_is_lost(
    tmp_path_factory: pytest.TempPathFactory, edits: list[list[tuple[float, int, int]]]
) -> None:
    lines = [one_line(mutated(line(), one)) for one in edits]
    assert check_lines([line(), *lines], tmp_path_factory.mktemp("lines"))


@pytest.mark.parametrize("name", PARSERS)
def test_whatever_comes_is_read_or_refused(tmp_path: Path, name: str) -> None:
    parser = PARSERS[name]

    @settings(SHORT, max_examples=15)
    @given(EDITS)
    def any_edit(edits: list[tuple[float, int, int]]) -> None:
        parser.check(mutated(parser.sample(), edits), tmp_path)

    any_edit()


@pytest.mark.parametrize("name", sorted(set(PARSERS) - {"evidence pack"}))
def test_the_sample_itself_is_read(tmp_path: Path, name: str) -> None:
    assert PARSERS[name].check(PARSERS[name].sample(), tmp_path)


def test_a_workbook_whose_page_set_up_is_wrong_and_a_table_that_is_damaged_are_refused(tmp_path: Path) -> None:
    book, table = PARSERS["workbook"], PARSERS["roster table"]
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book.sample())) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<pageMargins left="', b'<pageMargins l="'))
    assert not book.check(content.getvalue(), tmp_path)
    assert not table.check(table.sample()[:-20] + bytes(20), tmp_path)


def test_the_check_digit_in_python_tells_both_sides() -> None:
    assert is_id("370102196001022324")
    assert not is_id("370102196001022325")
    assert not is_id("370102196013322324")
