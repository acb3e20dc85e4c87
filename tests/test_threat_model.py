"""The threat model names tests; each stands where it says."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
TEXT = (PROJECT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[f"{file}::{test}" for file, test in NAMED])
def test_each_control_has_the_test_that_is_named(file: str, test: str) -> None:
    assert f"def {test}" in (PROJECT / file).read_text("utf-8")


def test_each_row_of_the_threats_names_a_test() -> None:
    rows = TEXT.partition("## Threats")[2].partition("## Law")[0].splitlines()[4:]
    assert len(rows) > 20
    assert [row for row in rows if row.startswith("|") and "`tests/" not in row] == []
