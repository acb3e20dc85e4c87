"""The data dictionary and the schema say the same, both ways, and every column has its sensitivity."""

import re
from pathlib import Path

import pyarrow.parquet as pq
from lowincome import schema
from lowincome.lake import Lake
from lowincome.register.models import Base
from lowincome.web import prepare

from tests.web import world

TEXT = (Path(__file__).parents[1] / "docs" / "data-dictionary.md").read_text("utf-8")
REST, REGISTER = TEXT.split("## Register")
TABLES, COLUMNS = REST.split("## Tables")[1].split("## Columns")
SENSITIVE = {"identity", "health", "finance", "none"}


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
    assert [row[0] for row in entries(COLUMNS) if len(row) != 4 or not row[1] or row[3] not in SENSITIVE] == []


def test_columns_that_name_a_person_are_marked_as_identity() -> None:
    marks = {row[0].strip("` "): row[3] for row in entries(COLUMNS)}
    telling = re.compile(r"^(name|head_name|address|phone|id_raw|id_no|birth_date|certificate_no)$")
    assert {marks[name] for name in marks if telling.match(name)} == {"identity"}


def test_every_column_of_the_register_has_a_meaning_and_a_sensitivity_and_no_other_is_described() -> None:
    described = [row[0].strip("` ") for row in entries(REGISTER)]
    assert sorted(described) == sorted(
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns)
    allowed = SENSITIVE | {"staff", "free text"}
    assert [row[0] for row in entries(REGISTER) if len(row) != 3 or not row[1] or row[2] not in allowed] == []


def test_pages_hold_no_identity_column_that_is_not_masked_and_no_detail_of_health(tmp_path: Path) -> None:
    world.prepare_day(tmp_path, world.D, {"H370102000001": "370102"})
    folder = Lake(tmp_path).pages(world.D, f"run-{world.D}") / "370102"
    held = {name for path in folder.glob("*.parquet") for name in pq.read_schema(path).names}
    marks = {row[0].strip("` "): row[3] for row in entries(COLUMNS)}
    assert {name for name in held if marks.get(name) == "identity"} - set(prepare.MASKS) <= {
        "sex", "relation"}
    assert {name for name in held if marks.get(name) == "health"} <= {"is_dead", "is_in_custody"}
