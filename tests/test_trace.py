"""Lineage both ways: a flag names the lines of the files it follows from, a record all that it touched."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from lowincome import __main__, lineage
from lowincome.errors import ContractBroken
from lowincome.lake import digest
from lowincome.register import access, dispositions
from lowincome.register.dispositions import Answer
from lowincome.settings import read_settings
from lowincome.trace_verbs import Places, trace_flag, trace_record

from tests.conftest import day_runner
from tests.small_day import D, answer, flags

NEXT = D + timedelta(days=1)
MOTHER, CAR = "province_check:SD1/1", answer("A04", quantity=2)
NOW = datetime(2026, 11, 23, 9)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Places, Row]]:
    """Two days with the mother's cars flagged; on the second the province did not come. Looked at and answered."""
    with pytest.MonkeyPatch.context() as patch:
        run = day_runner(tmp_path_factory.mktemp("trace"), patch)
        flag = flags(run(facts=[CAR]))["B04"]
        flags(run(NEXT, province_check=None))
        places = Places.of_settings()
        for action, subject in (("card", flag["household_id"]), ("workbook", "370102"), ("workbook", "370103"),
                                ("list", "370102"), ("card", "somebody else")):
            access.append(places.register, NOW, {"user_name": "zhang", "action": action, "subject": subject,
                                                 "reason": "worklist", "data_date": NEXT, "detail": ""})
        found = Answer(flag["flag_id"], "confirmed", NEXT, "", "zhang", NOW, "page", NEXT)
        assert dispositions.record(read_settings().register_url, [found]) == ["recorded"]
        yield places, flag


def of(found: list[Row], key: str) -> Row:
    return next(one for one in found if one["record_key"] == key)


def test_a_flag_names_the_line_of_the_file_that_its_record_stands_in(told: tuple[Places, Row]) -> None:
    places, flag = told
    found = trace_flag(places, flag["flag_id"], D)
    record = of(found["records"], MOTHER)
    place = next(one for one in record["arrivals"] if one["table_name"] == "economic_fact")
    file = places.lake.root / place["path"]
    assert record["is_evidence"]
    assert hashlib.sha256(file.read_bytes()).hexdigest() == place["sha256"]
    line = gzip.decompress(file.read_bytes()).splitlines()[place["line"] - 1]
    assert json.loads(line)["reportNo"] == "SD1"
    assert found["lock"]["sha256"] == digest(places.lake.lock(D))


def test_every_record_of_the_people_of_a_flag_is_behind_it_and_no_other(told: tuple[Places, Row]) -> None:
    places, flag = told
    keys = {one["record_key"] for one in trace_flag(places, flag["flag_id"], D)["records"]}
    listed = {*flag["person_keys"].split("|"), *flag["household_keys"].split("|"), *flag["evidence"].split("|")} - {""}
    assert listed <= keys
    assert not [key for key in keys if key.startswith("rural_revitalization")]


def test_a_source_that_did_not_come_is_traced_to_the_day_it_last_came(told: tuple[Places, Row]) -> None:
    places, flag = told
    found = trace_flag(places, flag["flag_id"])
    assert found["data_date"] == NEXT
    assert {one["data_date"] for one in of(found["records"], MOTHER)["arrivals"]} == {D}
    roster = of(found["records"], "assistance_roster:J1/1")
    assert {(one["data_date"], one["file"]) for one in roster["arrivals"]} == {(NEXT, "assist_member.parquet")}


def test_a_record_names_every_list_with_its_flag_by_digest_and_seal(told: tuple[Places, Row]) -> None:
    places, flag = told
    found = trace_record(places, MOTHER)
    assert [one["data_date"] for one in found["lists"]] == [D, NEXT]
    for day in found["lists"]:
        folder = places.output / ".versions" / day["folder"]
        assert {path: digest(folder / path) for path in day["files"]} == day["files"]
        assert [path[:16] for path in day["files"] if path != "flags.csv"] == ["worklists/370102"]
        assert digest(folder / "manifest.json") == day["manifest_sha256"]
        assert isinstance(day["entry_no"], int)
    mine = next(one for one in found["flags"] if one["flag_id"] == flag["flag_id"])
    assert (mine["first_date"], mine["last_date"], mine["days"]) == (D, NEXT, 2)


def test_a_record_names_who_looked_what_left_and_what_was_found(told: tuple[Places, Row]) -> None:
    places, flag = told
    found = trace_record(places, MOTHER)
    assert [(one["action"], one["subject"]) for one in found["looks"]] == [("card", flag["household_id"])]
    assert [(one["action"], one["subject"]) for one in found["exports"]] == [("workbook", "370102")]
    assert [one["flag_id"] for one in found["findings"]] == [flag["flag_id"]]


def test_a_record_of_another_household_touched_none_of_it(told: tuple[Places, Row]) -> None:
    places, flag = told
    other = next(one for one in lineage.touched_by(places.lake, ["rural_revitalization:RH1"]))
    assert other["flag_id"] != flag["flag_id"]
    keys = [one["record_key"] for one in trace_flag(places, other["flag_id"], D)["records"]]
    rural = next(key for key in keys if "rr_monitor" in key)
    found = trace_record(places, rural)
    assert flag["flag_id"] not in [one["flag_id"] for one in found["flags"]]
    assert found["looks"] == found["findings"] == []


def test_a_payment_touches_what_its_household_touches(told: tuple[Places, Row]) -> None:
    places, _ = told
    arrived = lineage.arrivals(places.lake, "assistance_roster:payment/J1/202610/2026-10-10", is_full=True)
    assert [(one["table_name"], one["data_date"]) for one in arrived] == [("payment", NEXT)]
    assert lineage.owners(places.lake, arrived) == ["assistance_roster:J1"]
    found = trace_record(places, "assistance_roster:payment/J1/202610/2026-10-10")
    assert told[1]["flag_id"] in [one["flag_id"] for one in found["flags"]]


def test_a_record_that_left_its_source_is_found_in_the_newest_landing_that_had_it(told: tuple[Places, Row]) -> None:
    places, _ = told
    gone = lineage.arrivals(places.lake, f"rural_revitalization:rr_monitor_{D:%Y%m%d}.csv:1", is_full=True)
    assert {one["data_date"] for one in gone} == {D}


def test_what_nobody_delivered_is_refused_with_a_next_step(told: tuple[Places, Row]) -> None:
    places, _ = told
    with pytest.raises(ContractBroken, match="no landing brought"):
        trace_record(places, "city_check:nobody")
    with pytest.raises(ContractBroken, match="no such flag"):
        trace_flag(places, "F0")


def test_the_verb_prints_json(told: tuple[Places, Row], capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["trace", "--record", MOTHER]) == 0
    assert json.loads(capsys.readouterr().out)["record_key"] == MOTHER


def test_days_are_indexed_one_by_one(told: tuple[Places, Row]) -> None:
    assert lineage.indexed_days(told[0].lake) == [D, date(2026, 11, 23)]
