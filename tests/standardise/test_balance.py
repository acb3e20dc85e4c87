"""The quarantine list balances: of every table as many lines as rows of it were counted as quarantined."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lowincome.lake import Lake

from tests.standardise import deliveries as sent
from tests.standardise.test_roster import TABLES, as_text

SHORT = settings(derandomize=True, deadline=None, database=None, max_examples=8,
                 suppress_health_check=list(HealthCheck))
JUNK = st.sampled_from([None, "", "x", "无", "2099-01-01", "209901", "-1", [], {}, 7])
Cells = dict[str, Any]


def changed(made: Callable[..., Any], junk: st.SearchStrategy[Any] = JUNK) -> st.SearchStrategy[list[Any]]:
    """Rows of one kind, each with some cells that cannot be read, some of them twice."""
    names = st.sampled_from(sorted(made()))
    rows = st.dictionaries(names, junk, max_size=2).map(lambda cells: made() | cells)
    return st.lists(rows, min_size=1, max_size=6).map(lambda rows: [*rows, *rows[:2]])


def texts(columns: Any) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(columns), st.sampled_from(["", "x", "无", "-1", "合计"]), max_size=3)


@st.composite
def reports(draw: st.DrawFn) -> list[Any]:
    """Reports that are broken as a whole, in a member or in an item, between lines that are none."""
    members = st.dictionaries(st.sampled_from(["memberNo", "items", "name"]), JUNK, max_size=1)
    found: list[Any] = draw(st.lists(st.sampled_from(["{", "null", "[]"]), max_size=2))
    for place, content in enumerate(draw(changed(sent.report))):
        if content["members"]:
            items = draw(changed(sent.item))
            both = [sent.report()["members"][0] | {"items": items, "memberNo": number} | draw(members)
                    for number in (1, 2)]
            content = {"reportNo": f"SD{place}"} | content | {"members": both}
        found.append(content)
    return found


def counted(record: dict[str, Any]) -> Counter[str]:
    """Quarantined rows as the day counts them, by table; a source's facts are one table."""
    facts = {"medical_insurance": "settlement"}.get(record["source"], "economic_fact")
    found = {"person_record": record["quarantined"], facts: record["facts"]["quarantined"]}
    return Counter(found | {table: counts["quarantined"] for table, counts in record["others"].items()})


def balances(lake: Lake, record: dict[str, Any]) -> None:
    assert record["state"] == "ok", record["reason"]
    listed = Counter(row["table_name"] for row in sent.rows(lake, record, "rejected_record"))
    assert +listed == +counted(record)


@pytest.fixture
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Lake]:
    """A new lake for each example."""
    return lambda: Lake(Path(tmp_path_factory.mktemp("lake")))


def test_every_quarantined_member_and_item_of_the_province_is_listed(fresh: Callable[[], Lake]) -> None:
    @SHORT
    @given(reports())
    def any_day(lines: list[Any]) -> None:
        lake = fresh()
        balances(lake, sent.province(lake, *lines))

    any_day()


def test_every_quarantined_person_and_item_of_the_city_is_listed(fresh: Callable[[], Lake]) -> None:
    @SHORT
    @given(changed(sent.person), changed(sent.city_item))
    def any_day(persons: list[Any], facts: list[Any]) -> None:
        lake = fresh()
        balances(lake, sent.city(lake, [*persons, None], facts))

    any_day()


def test_every_quarantined_insured_and_settlement_is_listed(fresh: Callable[[], Lake]) -> None:
    @SHORT
    @given(changed(sent.insured), changed(sent.settlement))
    def any_day(persons: list[Any], settlements: list[Any]) -> None:
        lake = fresh()
        balances(lake, sent.medical(lake, *settlements, persons=tuple(persons)))

    any_day()


def test_every_quarantined_row_of_the_rural_file_is_listed_once(fresh: Callable[[], Lake]) -> None:
    @SHORT
    @given(st.lists(texts(sent.RURAL_COLUMNS), min_size=1, max_size=6))
    def any_day(cells: list[dict[str, str]]) -> None:
        lake = fresh()
        balances(lake, sent.rural(lake, *(sent.rural_row(**row) for row in cells), "x,y"))

    any_day()


def test_every_quarantined_row_of_the_federations_workbook_is_listed_once(fresh: Callable[[], Lake]) -> None:
    @SHORT
    @given(st.lists(texts(sent.CERTIFICATE_COLUMNS), min_size=1, max_size=6))
    def any_day(cells: list[dict[str, str]]) -> None:
        lake = fresh()
        balances(lake, sent.certificates(lake, *(sent.holder(**row) for row in cells)))

    any_day()


def table(rows: list[Cells]) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([as_text(row) for row in rows]), content)
    return content.getvalue()


def test_every_quarantined_household_payment_and_subsidy_of_the_roster_is_listed_and_counted(
    fresh: Callable[[], Lake]
) -> None:
    junk = st.sampled_from([None, "", "x", "无"])

    @SHORT
    @given(st.fixed_dictionaries({name: changed(row.copy, junk) for name, row in TABLES.items()}))
    def any_day(parts: dict[str, list[Cells]]) -> None:
        lake = fresh()
        files = {f"{name}.parquet": (name, table(rows)) for name, rows in parts.items()}
        record = sent.deliver(lake, "assistance_roster", files)
        balances(lake, record)
        assert {name: counts["rows_in"] for name, counts in record["others"].items()} == {
            "coverage": len(parts["assist_household"]), "payment": len(parts["assist_payment"]),
            "subsidy": len(parts["disability_subsidy"])}

    any_day()


def test_rows_of_one_record_with_one_reason_are_as_many_lines_as_they_were(lake: Lake) -> None:
    late = sent.report(checkedOn="2026-11-30")
    late["members"][0]["items"] = [sent.item(), sent.item(itemCode="A01"), sent.item(itemCode="A02")]
    record = sent.province(lake, late)
    assert Counter(row["table_name"] for row in sent.rows(lake, record, "rejected_record")) == {
        "person_record": 1, "economic_fact": 3}


def test_a_row_of_another_sheet_hides_none_of_the_same_number(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that is rejected alone is listed, though a person's row stands rejected under its number."""
    spec = sent.SOURCES["disabled_federation"]
    tables = tuple(replace(table, reject_when={"severe": "level = '1'"}) if table.name == "certificate" else table
                   for table in spec.tables)
    monkeypatch.setitem(sent.SOURCES, spec.id, replace(spec, tables=tables))
    book = sent.workbook(sent.holder(证件状态=""))
    other = book.copy_worksheet(book.worksheets[0])
    other.title = "市中区"
    other.delete_rows(3)
    other.append(sent.holder(残疾等级="一级"))
    record = sent.book_of_certificates(lake, book)
    place = "disabled_federation:cl_cert_20261122.xlsx:"
    assert sent.quarantine(lake, record) == {
        (f"{place}历下区!3", "required:status"), (f"{place}市中区!3", "severe")}
