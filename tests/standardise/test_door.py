"""The door: what is refused, what stays in force, and that every row is accounted for."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lowincome import ingest
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.lake import Lake, read_json, write_json
from lowincome.sources.standardise import day, source_day

from tests import small_day
from tests.landing_of import land, ndjson
from tests.standardise.deliveries import (
    CERTIFICATE_COLUMNS,
    ID_A,
    NEXT,
    RURAL_COLUMNS,
    SOURCES,
    D,
    Record,
    book_of_certificates,
    city,
    city_item,
    deliver,
    found,
    holder,
    person,
    province,
    report,
    rows,
    rural,
    rural_row,
    standardise,
    workbook,
)

BROKEN = "x,y"


def told(record: Record, expectation: str) -> list[bool]:
    return [entry["success"] for entry in record["expectations"] if entry["expectation"] == expectation]


@pytest.mark.parametrize(("today", "state"), [(8, "ok"), (7, "refused")])
def test_a_snapshot_that_shrinks_by_more_than_a_fifth_is_refused(lake: Lake, today: int, state: str) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    record = rural(lake, *[rural_row()] * today, day=NEXT, door=True)
    assert record["state"] == state
    counts = [record[name] for name in ("rows_in", "kept", "quarantined", "refused")]
    assert counts == ([8, 8, 0, 0] if state == "ok" else [7, 0, 0, 7])


@pytest.fixture
def accept(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Somebody vouches for the day after the first, as on the command line."""
    monkeypatch.setenv("LOWINCOME_HOME", str(lake.root.parent))

    def accept(who: str = "Li", reason: str = "a township left") -> dict[str, Any]:
        return ingest.accept_shrink("rural_revitalization", NEXT.isoformat(), who, reason)

    return accept


def accepted(lake: Lake) -> list[Any]:
    return [read_json(path) for path in (lake.root / "accepted_shrink").rglob("*.json")]


def test_a_shrunken_snapshot_that_a_human_accepts_comes_in(lake: Lake, accept: Callable[..., Any]) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    rural(lake, *[rural_row()] * 2, day=NEXT, door=True)
    assert accept()["state"] == "ok"
    [word] = accepted(lake)
    assert (word["who"], word["reason"]) == ("Li", "a township left")


@pytest.mark.parametrize(("today", "state"), [(2, "ok"), (3, "refused")])
def test_who_accepts_a_shrunken_snapshot_vouches_for_no_other_of_the_same_day(
    lake: Lake, accept: Callable[..., Any], today: int, state: str
) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    rural(lake, *[rural_row()] * 2, day=NEXT, door=True)
    accept()
    assert rural(lake, *[rural_row()] * today, day=NEXT, door=True)["state"] == state


def test_what_was_accepted_before_deliveries_were_named_stays_accepted(lake: Lake) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    write_json(lake.root / "accepted_shrink" / "rural_revitalization" / f"{NEXT}.json", {"who": "somebody"})
    assert rural(lake, *[rural_row()] * 2, day=NEXT, door=True)["state"] == "ok"


@pytest.mark.parametrize(("lines", "found"), [
    (None, "no such day"), ([rural_row()] * 8, "the day is ok"), ([BROKEN] * 10, "the day is refused")])
def test_nobody_vouches_for_a_day_that_was_not_refused_because_it_shrank(
    lake: Lake, accept: Callable[..., Any], lines: list[str] | None, found: str
) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    if lines is not None:
        rural(lake, *lines, day=NEXT, header="x" if lines[0] == BROKEN else ",".join(RURAL_COLUMNS), door=True)
    with pytest.raises(ContractBroken, match=f"no shrunken delivery waits.*found {found}"):
        accept()
    assert accepted(lake) == []
    assert lake.source_day("rural_revitalization", NEXT).exists() is (lines is not None)


def test_nobody_vouches_for_a_delivery_that_was_landed_and_not_yet_looked_at(
    lake: Lake, accept: Callable[..., Any]
) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    rural(lake, *[rural_row()] * 2, day=NEXT, door=True)
    land(lake, "rural_revitalization", NEXT, {"rr_monitor_20261123_1.csv": ("file", b"x")}, run_id="0002")
    with pytest.raises(ContractBroken, match="no shrunken delivery waits"):
        accept()
    assert accepted(lake) == []


@pytest.mark.parametrize(("who", "reason"), [("", "a township left"), ("Li", " ")])
def test_nobody_vouches_without_name_and_reason(
    lake: Lake, accept: Callable[..., Any], who: str, reason: str
) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    rural(lake, *[rural_row()] * 2, day=NEXT, door=True)
    with pytest.raises(ContractBroken, match="a decision needs"):
        accept(who, reason)
    assert accepted(lake) == []


def test_the_first_day_of_a_source_is_never_too_small(lake: Lake) -> None:
    assert rural(lake, rural_row(), door=True)["state"] == "ok"


def test_a_snapshot_is_measured_against_the_last_good_day_and_not_the_last_one(lake: Lake) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    for age in (1, 2):
        assert rural(lake, *[rural_row()] * 7, day=D + timedelta(days=age), door=True)["state"] == "refused"


def test_an_empty_snapshot_is_refused_where_rows_are_due(lake: Lake) -> None:
    record = deliver(lake, "assistance_roster", {
        name: (part, parquet_without_rows(content)) for name, (part, content) in small_day.roster().items()}, door=True)
    assert (record["state"], told(record, "rows_due")[0]) == ("refused", False)


def test_nobody_may_be_monitored_on_a_sources_first_day_and_the_next_one(lake: Lake) -> None:
    for day_of in (D, NEXT):
        record = rural(lake, day=day_of, door=True)
        assert (record["state"], record["rows_in"]) == ("ok", 0)


def test_a_snapshot_that_becomes_empty_is_refused_until_a_human_accepts_it(
    lake: Lake, accept: Callable[..., Any]
) -> None:
    rural(lake, rural_row(), door=True)
    assert rural(lake, day=NEXT, door=True)["state"] == "refused"
    assert accept()["state"] == "ok"


@pytest.mark.parametrize(("lines", "state"), [([BROKEN], "refused"), ([BROKEN, rural_row()], "ok")])
def test_a_first_snapshot_of_which_no_row_can_be_read_is_refused(
    lake: Lake, lines: list[str], state: str
) -> None:
    record = rural(lake, *lines, door=True)
    assert (record["state"], told(record, "rows_due")) == (state, [state == "ok"])


def parquet_without_rows(content: bytes) -> bytes:
    """The table's columns alone."""
    empty = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(content)).slice(0, 0), empty)
    return empty.getvalue()


@pytest.mark.parametrize(("reason", "state"), [("'x'", "ok"), ("''", "refused")])
def test_a_delivery_is_refused_where_a_row_is_put_aside_without_a_reason(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, reason: str, state: str
) -> None:
    listed = day.rejected_sql
    changed = f"select * replace ({reason} as reason) from"
    monkeypatch.setattr(day, "rejected_sql", lambda spec: f"{changed} ({listed(spec)})")
    record = rural(lake, rural_row(), BROKEN, door=True)
    assert (record["state"], told(record, "reason_given")) == (state, [state == "ok"])


def test_a_delivery_that_was_announced_with_other_rows_is_refused(lake: Lake) -> None:
    assert province(lake, report(), totals={"reports": 1}, door=True)["state"] == "ok"
    record = province(lake, report(), day=NEXT, totals={"reports": 2}, door=True)
    assert (record["state"], record["refused"]) == ("refused", 1)
    assert "delivery.as_announced" in record["reason"]


def test_a_refused_day_leaves_the_last_good_one_in_force(lake: Lake) -> None:
    good = rural(lake, *[rural_row()] * 10, door=True)
    rural(lake, rural_row(), day=NEXT, door=True)
    in_force = source_day.last_good_day(lake, "rural_revitalization", NEXT, inclusive=True)
    assert in_force is not None and in_force["tables"] == good["tables"]


def test_a_later_delivery_of_the_day_that_is_refused_leaves_the_earlier_and_the_day_says_so(lake: Lake) -> None:
    good = rural(lake, *[rural_row()] * 10, door=True)
    record = deliver(lake, "rural_revitalization", {"rr_monitor_20261122_1.csv": ("file", b"x\n1")}, door=True)
    assert (record["state"], record["rows_in"], record["refused"]) == ("refused", 1, 1)
    assert (record["tables"], record["inputs"]) == (good["tables"], good["inputs"])
    assert len(rows(lake, record, "person_record")) == 10


def test_a_correction_that_was_refused_before_it_landed_is_not_undone_by_what_landed_earlier(lake: Lake) -> None:
    good = rural(lake, rural_row(), door=True)
    source_day.mark_absent(lake, "rural_revitalization", D, "wrong md5", "refused")
    record = standardise(SOURCES["rural_revitalization"], lake, D, lambda *_: [])
    assert (record["state"], record["reason"], record["tables"]) == ("refused", "wrong md5", good["tables"])


@pytest.mark.parametrize(("first", "then", "state"), [
    ("refused", "missing", "refused"), ("missing", "refused", "refused"), ("missing", "missing", "missing")])
def test_a_refusal_is_not_hidden_by_nothing_coming_after_it(lake: Lake, first: str, then: str, state: str) -> None:
    source_day.mark_absent(lake, "city_check", D, "one", first)
    assert source_day.mark_absent(lake, "city_check", D, "two", then)["state"] == state


def test_that_nothing_came_does_not_unmake_an_accepted_day(lake: Lake) -> None:
    rural(lake, rural_row(), door=True)
    assert source_day.mark_absent(lake, "rural_revitalization", D, "late")["state"] == "ok"


def test_changes_that_begin_after_the_last_good_day_are_refused(lake: Lake) -> None:
    city(lake, [person()], [])
    record = city(lake, [person()], [], D + timedelta(days=3), since=D + timedelta(days=2))
    assert record["state"] == "refused"
    assert "begins after the last good day" in record["reason"]
    assert city(lake, [person()], [], D + timedelta(days=4), since=D)["state"] == "ok"


@pytest.mark.parametrize("name", ["rows_in", "kept", "quarantined", "refused"])
@pytest.mark.parametrize("part", ["rows", "facts"])
def test_a_day_that_does_not_balance_fails(lake: Lake, name: str, part: str) -> None:
    record = city(lake, [person(), person(rybh="R2", gxsj=None)], [city_item(), city_item(je="x")])
    source_day.check_balance(record)
    counts = record if part == "rows" else record["facts"]
    counts[name] += 1
    with pytest.raises(AuditFailed, match=f"{part} of the source do not balance"):
        source_day.check_balance(record)


@pytest.mark.parametrize("name", ["rows_in", "kept", "quarantined", "refused"])
def test_a_day_whose_payments_do_not_balance_fails(lake: Lake, name: str) -> None:
    record = deliver(lake, "assistance_roster", small_day.roster())
    source_day.check_balance(record)
    record["others"]["payment"][name] += 1
    with pytest.raises(AuditFailed, match="payment of the source do not balance"):
        source_day.check_balance(record)


def test_a_record_from_before_other_tables_were_counted_still_balances(lake: Lake) -> None:
    record = deliver(lake, "assistance_roster", small_day.roster())
    del record["others"]
    source_day.check_balance(record)


def test_a_refused_day_refuses_its_payments_too(lake: Lake) -> None:
    files = {name: (part, parquet_without_rows(content) if part == "assist_member" else content)
             for name, (part, content) in small_day.roster().items()}
    record = deliver(lake, "assistance_roster", files, door=True)
    assert (record["state"], record["others"]["payment"]) == (
        "refused", {"rows_in": 1, "kept": 0, "quarantined": 0, "refused": 1})
    source_day.check_balance(record)


def test_persons_who_came_and_went_are_counted(lake: Lake) -> None:
    rural(lake, rural_row(), rural_row(姓名="甲"), rural_row(姓名="乙"))
    record = rural(lake, rural_row(姓名="丙"), rural_row(), rural_row(姓名="乙"), day=NEXT)
    assert [(row["added"], row["removed"]) for row in record["delivery"]] == [(1, 1), (None, None)]


@pytest.mark.parametrize(("days", "is_like"), [(4, False), (3, True)])
def test_a_day_is_compared_with_the_median_of_like_days(lake: Lake, days: int, is_like: bool) -> None:
    monday = date(2026, 11, 16)
    for age in range(days):
        rural(lake, *[rural_row()] * 100, day=monday + timedelta(days=age), door=age == 0)
    sunday, friday = monday + timedelta(days=6), monday + timedelta(days=4)
    assert all(told(rural(lake, *[rural_row()] * 400, day=friday, door=True), "like_other_days")) is is_like
    assert all(told(rural(lake, *[rural_row()] * 400, day=sunday, door=True), "like_other_days"))


def test_a_column_that_holds_nothing_any_more_is_reported(lake: Lake) -> None:
    rural(lake, *[rural_row(联系电话="13800000000")] * 20)
    record = rural(lake, *[rural_row()] * 20, day=NEXT)
    assert [row["vanished_columns"] for row in record["delivery"]] == ["phone", None]


def test_a_landed_file_that_changed_is_refused(lake: Lake, tmp_path: Path) -> None:
    rural(lake, rural_row())
    folder = lake.landing("rural_revitalization", D, "0001")
    (folder / "rr_monitor_20261122.csv").write_bytes(b"changed")
    record = standardise(SOURCES["rural_revitalization"], lake, D, lambda *_: [])
    assert (record["state"], "a landed file changed" in record["reason"]) == ("refused", True)


def test_what_the_engine_cannot_read_is_refused_without_its_own_words(lake: Lake) -> None:
    files: dict[str, Any] = {"f1.ndjson.gz": ("reports", ndjson(report()))}
    files["f1.ndjson.gz"] = ("reports", b"\x1f\x8b secret-370102196001022324")
    record = deliver(lake, "province_check", files)
    assert record["state"] == "refused"
    assert "370102196001022324" not in record["reason"]


def test_findings_name_columns_and_codes_and_never_values(lake: Lake) -> None:
    record = rural(lake, rural_row(与户主关系="370102196001022324", 证件类型="秘密"))
    assert set(found(record)) == {"person_record:unknown_code:relation", "person_record:unknown_code:id_type"}


@pytest.mark.parametrize(("title", "shown"), [
    (ID_A, "***"), ("370102 19600102 2324", "***"), ("tel13800000000", "tel***"), ("13800000000.5", "***.5"),
    ("2026-11-22", "2026-11-22")])
def test_a_title_that_is_an_id_or_a_phone_is_masked_in_the_finding(lake: Lake, title: str, shown: str) -> None:
    book = workbook([*holder(), "新"], titles=0)
    book.worksheets[0].cell(1, len(CERTIFICATE_COLUMNS) + 1, title)
    delivered = {
        "rural": ("file", rural(lake, rural_row() + ",新", header=",".join([*RURAL_COLUMNS, title]))),
        "federation": ("file", book_of_certificates(lake, book)),
        "city": ("persons", city(lake, [person(**{title: "新"})], [])),
    }
    for part, record in delivered.values():
        assert (record["state"], found(record)) == ("ok", {f"{part}:unknown_column:{shown}": 1})


@pytest.mark.parametrize(("reason", "kept"), [
    (f"本人 {ID_A} 电话 13800000000", f"本人 {ID_A[:4]}**********{ID_A[-4:]} 电话 138****0000"),
    ("a township left on 2026-11-20", "a township left on 2026-11-20")])
def test_an_id_or_phone_in_the_reason_of_a_decision_is_masked_before_it_is_kept(
    lake: Lake, accept: Callable[..., Any], reason: str, kept: str
) -> None:
    rural(lake, *[rural_row()] * 10, door=True)
    rural(lake, *[rural_row()] * 2, day=NEXT, door=True)
    accept(reason=reason)
    assert [word["reason"] for word in accepted(lake)] == [kept]
