"""The data dictionary and the schema say the same, both ways, and every column has its sensitivity."""

import re
from pathlib import Path

from lowincome import schema

TEXT = (Path(__file__).parents[1] / "docs" / "data-dictionary.md").read_text("utf-8")
TABLES, COLUMNS = TEXT.split("## Tables")[1].split("## Columns")


def entries(part: str) -> list[list[str]]:
    """The rows of a table of the page, without its heading."""
    rows = [line.strip("|").split(" | ") for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row] for row in rows]


def test_every_table_of_the_schema_is_described_and_no_other() -> None:
    assert [row[0].strip("` ") for row in entries(TABLES)] == list(schema.TABLES)


def test_every_column_is_described_once_and_no_other() -> None:
    described = [row[0].strip("` ") for row in entries(COLUMNS)]
    assert described == sorted({column.name for table in schema.TABLES.values() for column in table})


def test_every_column_has_a_meaning_and_one_of_four_sensitivities() -> None:
    allowed = {"identity", "health", "finance", "none"}
    assert [row[0] for row in entries(COLUMNS) if len(row) != 4 or not row[1] or row[3] not in allowed] == []


def test_columns_that_name_a_person_are_marked_as_identity() -> None:
    marks = {row[0].strip("` "): row[3] for row in entries(COLUMNS)}
    telling = re.compile(r"^(name|head_name|address|phone|id_raw|id_no|birth_date|certificate_no)$")
    assert {marks[name] for name in marks if telling.match(name)} == {"identity"}
