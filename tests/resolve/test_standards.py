"""IDs, names, phones and addresses in standard form: the labelled set is right to the last cell."""

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from lowincome import engine, schema
from lowincome.resolve import alphabet
from lowincome.resolve.stage import lists
from lowincome.scaled_out import on_one_machine
from lowincome.settings import INCLUDE
from lowincome.sources.standardise.mapping import expressions

from tests.resolve import nasty
from tests.resolve.small import resolve

SQL = INCLUDE / "sql" / "resolve"
RUN = pa.table({"data_date": pa.array([date(2026, 11, 22)], pa.date32()), "identity_key": ["key of the test"]})
IDS = [*nasty.ids(200), *nasty.ODD_IDS]
NAMES = [*nasty.names(250), *nasty.ODD_NAMES]
PHONES = list(nasty.phones(60))


def as_read(cells: list[nasty.Cell], parse: str) -> list[str | None]:
    """The cells as the standardise layer reads them, which is on one machine whatever engine runs the day."""
    reading = expressions()[parse].replace("{c}", f"({expressions()['clean']})").replace("{x}", "written")
    table = pa.table({"place": range(len(cells)), "written": [cell.written for cell in cells]})
    with on_one_machine():
        read = engine.query(f"select {reading} as cell from t order by place", {"t": table})
    return list(read.column("cell").to_pylist())


def identities(column: str, values: list[str | None]) -> list[dict[str, object]]:
    rows = [
        {"source": "city_check", "record_key": f"city_check:{n:06d}", "id_type": "1", "is_valid": True, column: value}
        for n, value in enumerate(values)
    ]
    empty = {table: schema.TABLES[table].empty_table() for table in ("check_report", "subsidy")}
    records = pa.Table.from_pylist(rows, schema.TABLES["person_record"])
    chosen = (SQL / "chosen_record.sql").read_text("utf-8")
    known = {**empty, "person_record": records, "run": RUN, "chosen_record": chosen}
    return list(engine.query(SQL / "current_record.sql", known).to_pylist())


def wrong(cells: list[nasty.Cell], found: list[object]) -> Counter[str]:
    return Counter(cell.kind for cell, value in zip(cells, found, strict=True) if cell.means != value)


def test_the_labelled_set_is_large_and_has_every_kind() -> None:
    cells = [*IDS, *NAMES, *PHONES, *nasty.ADDRESSES]
    assert len(cells) >= 5000
    assert len({cell.kind for cell in cells}) >= 40


def test_every_id_is_read_right() -> None:
    found = [row["id_no"] for row in identities("id_raw", as_read(IDS, "id"))]
    assert wrong(IDS, found) == Counter()


def test_every_name_is_read_right() -> None:
    names = as_read(NAMES, "text")
    written = {"written_name": alphabet.same_characters(pa.array({name for name in names if name}, pa.string()))}
    key = {row["name"]: row["name_key"] for row in engine.query(SQL / "name_standard.sql", written).to_pylist()}
    found = [key.get(name) for name in names]
    assert wrong(NAMES, found) == Counter()


def test_every_phone_is_read_right() -> None:
    found = [row["phone_key"] for row in identities("phone", as_read(PHONES, "digits"))]
    assert wrong(PHONES, found) == Counter()


def test_every_address_is_read_right() -> None:
    cells = nasty.ADDRESSES
    located = pa.table({"address": [cell.written for cell in cells]})
    rows = engine.query(SQL / "address_standard.sql", {"located": located, **lists()}).to_pylist()
    found = {row["address"]: f"{row['address_key']}@{row['district'] or ''}" for row in rows}
    assert wrong(cells, [found[cell.written] for cell in cells]) == Counter()


@pytest.mark.parametrize(("area", "is_known"), [("370102", True), ("371202", True), ("379999", False)])
def test_an_area_that_no_list_knows_is_a_warning_and_never_a_refusal(
    area: str, is_known: bool, tmp_path: Path
) -> None:
    number = nasty.with_check_digit(f"{area}19600102232")
    (row,) = resolve(tmp_path, [{"key": "city_check:1", "name": "王秀英", "id": number}]).table("person")
    assert (row["id_no"], row["is_area_known"]) == (number, is_known)


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        (date(1960, 1, 2), date(1960, 1, 2), "exact"),
        (date(1960, 1, 2), date(1960, 2, 1), "near"),
        (date(1960, 1, 1), date(1960, 8, 9), "near"),
        (date(1960, 3, 5), date(1960, 4, 8), "near"),
        (date(1960, 3, 5), date(1960, 3, 6), "near"),
        (date(1960, 3, 5), date(1985, 3, 6), "different"),
        (date(1960, 3, 5), date(1961, 3, 5), "near"),
        (date(1960, 3, 5), None, "unknown"),
    ],
)
def test_a_birth_date_may_be_near(left: date, right: date | None, level: str) -> None:
    assert compared(left_birth=left, right_birth=right)["birth"] == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("王秀英", "王秀英", "exact"),
        ("王?英", "王秀英", "compatible"),
        ("王秀英", "王英", "near"),
        ("王秀英", "王英秀", "near"),
        ("王秀英", "王秀芳", "near"),
        ("王秀英", "王秀瑛", "sound"),
        ("王秀英", "王绣瑛", "sound"),
        ("王秀英", "汪秀英", "sound"),
        ("王英", "王瑛", "sound"),
        ("王秀英", "王秀音", "near"),
        ("王英", "王音", "surname"),
        ("王英", "王瑛瑛", "surname"),
        ("王〇", "王凌", "surname"),
        ("王秀英", "李秀英", "near"),
        ("王英", "王芳", "surname"),
        ("王秀英", "李红梅", "different"),
        ("阿卜杜热合", "阿卜杜热合曼", "compatible"),
        ("王秀英", None, "unknown"),
    ],
)
def test_names_are_compared_by_character(left: str, right: str | None, level: str) -> None:
    assert compared(left_name=left, right_name=right)["name"] == level


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("370102196001022324", "370102196001022344", "near"),
        ("370102196001022324", "370102196001022234", "near"),
        ("370102196001022324", "370102196001022243", "far"),
        ("370102196001022324", None, "unknown"),
    ],
)
def test_ids_are_near_when_one_slip_apart(left: str, right: str | None, level: str) -> None:
    assert compared(left_id=left, right_id=right)["id"] == level


def compared(**sides: object) -> dict[str, str]:
    names = ("name", "part", "sex", "phone", "address", "id")
    kinds = {f"{side}_{name}": pa.string() for side in ("left", "right") for name in names}
    kinds |= {"left_key": pa.string(), "right_key": pa.string(), "is_mate": pa.bool_()}
    kinds |= {"left_birth": pa.date32(), "right_birth": pa.date32()}
    pair = pa.Table.from_pylist([{name: sides.get(name) for name in kinds}], pa.schema(kinds))
    return dict(engine.query(SQL / "compared_pair.sql", {**lists(), "pair": pair}).to_pylist()[0])


def test_a_number_whose_birth_date_lies_in_the_year_0_has_none(tmp_path: Path) -> None:
    records = [{"key": f"city_check:{year}", "id": f"370102{year}0101232X"} for year in ("0000", "0001")]
    found = resolve(tmp_path, records).table("current_record")
    assert [(row["id_kind"], row["id_birth"]) for row in found] == [("invalid", None), ("invalid", date(1, 1, 1))]
