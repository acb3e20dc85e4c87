"""Two people found to be one, and parted again, in whole days: nobody's flag is lost and nobody's is made anew."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lowincome import linkage, schema
from lowincome.lake import Lake
from lowincome.redirects import leads_to
from lowincome.register import dispositions
from lowincome.register.dispositions import Answer
from lowincome.rules import stage as rules_stage
from lowincome.settings import read_settings

from tests.small_day import D, answer, flags
from tests.test_day import closed_because

AT = datetime(2026, 11, 23, 9, 0)
MOTHER, SON = "assistance_roster:J1/1", "rural_revitalization:rr_monitor_20261122.csv:1"
NEXT = D + timedelta(days=1)
CAR = [answer("A04", quantity=1)]
KEYS = ["key of the test", "key of another test"]
"""The key decides which of two ids is lower; of one age that of the more authoritative family lives on all the same."""


def households(lake: Lake, day: date) -> set[str]:
    return set(pq.read_table(lake.partition("households", "household", day)).column("household_id").to_pylist())


def answered(lake: Lake, layer: str, table: str) -> list[str]:
    """The flags with an answer, on the day after the undoing."""
    path = lake.partition(layer, table, NEXT + timedelta(days=1))
    return list(pq.read_table(path).column("flag_id").to_pylist())


@pytest.mark.parametrize("identity_key", KEYS)
def test_a_flag_of_a_household_that_joined_another_ends_by_its_rule_and_begins_anew_after_the_undoing(
    run_day: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, identity_key: str
) -> None:
    """The son's household is flagged for having no assistance; as his mother he stands in one that has it, and a car.

    What is answered of the car while the two are one counts for neither afterwards.
    """
    monkeypatch.setenv("LOWINCOME_IDENTITY_KEY", identity_key)
    alone, lake = flags(run_day(facts=CAR))["A08"], Lake(read_settings().lake)
    before = households(lake, D)
    number = linkage.judge(D.isoformat(), MOTHER, SON, "SAME", "甲", "户口本核实", AT)
    linkage.approve(number, "乙", "复核", AT)

    both = flags(run_day(NEXT, facts=CAR))
    merged, car = both["A08"], both["B04"]
    (gone,) = before - households(lake, NEXT)
    assert gone == alone["household_id"]
    assert {leads_to(lake, NEXT)[gone]} == households(lake, NEXT) == before - {gone}
    assert merged["household_keys"] == car["household_keys"] == (
        f"assistance_roster:J1|province_check:PH1|{alone['household_keys']}")
    assert (merged["flag_id"], merged["state"]) == (alone["flag_id"], "closed")
    assert closed_because(NEXT)[0].startswith("false: ")

    told = Answer(car["flag_id"], "not_confirmed", NEXT, "", "office", AT, "page", NEXT)
    dispositions.record(read_settings().register_url, [told], partial(leads_to, lake))
    linkage.withdraw(number, "丙", "查实为两人", AT)
    after = flags(run_day(NEXT + timedelta(days=1), facts=CAR))
    parted = after["A08"]
    assert after["B04"]["flag_id"] == car["flag_id"]
    assert answered(lake, "decisions", "disposition") == [car["flag_id"]]
    assert answered(lake, "households", "flag_answer") == []
    assert (parted["household_id"], parted["state"]) == (alone["household_id"], "new")
    assert households(lake, NEXT + timedelta(days=1)) == before
    assert leads_to(lake, NEXT + timedelta(days=1)) == {}


def test_a_flag_and_its_answer_go_home_when_the_merge_is_withdrawn_before_the_day_is_published_again(
    run_day: Callable[..., Path],
) -> None:
    first = flags(run_day())["A08"]
    url, lake = read_settings().register_url, Lake(read_settings().lake)
    dispositions.record(url, [Answer(first["flag_id"], "referred", D, "", "office", AT, "page", D)])
    run_day(NEXT)
    before = pq.read_table(lake.partition("outcomes", "flag_day", NEXT))
    number = linkage.judge(D.isoformat(), MOTHER, SON, "SAME", "甲", "户口本核实", AT)
    linkage.approve(number, "乙", "复核", AT)
    assert flags(run_day(NEXT))["A08"]["state"] == "closed"
    linkage.withdraw(number, "丙", "查实为两人", AT)
    run_day(NEXT)
    assert pq.read_table(lake.partition("outcomes", "flag_day", NEXT)) == before
    assert [row["flag_id"] for row in dispositions.in_force(url, NEXT)] == [first["flag_id"]]


def test_the_rules_look_for_an_open_flag_where_its_subject_stands_today() -> None:
    opened = [("F1", "P1", D), ("F2", "P2", NEXT), ("F3", "P3", D), ("F4", "H2", D)]
    rows = {
        "open_flag": [{"flag_id": flag, "rule_id": "A04", "subject_id": subject, "certainty": "certain",
                       "first_seen": first} for flag, subject, first in opened],
        "person_redirect": [{"person_id": "P2", "leads_to": "P1"}, {"person_id": "P3", "leads_to": "P4"}],
        "household_redirect": [{"household_id": "H2", "leads_to": "H1"}]}
    found = rules_stage.open_today({name: pa.Table.from_pylist(of, schema.TABLES[name]) for name, of in rows.items()})
    assert [(row["flag_id"], row["subject_id"]) for row in found.to_pylist()] == [
        ("F1", "P1"), ("F3", "P4"), ("F4", "H1")]
