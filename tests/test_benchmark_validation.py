"""Validation is held against a scan table by table: none that a day audits is left out, nor a question told wrongly."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lowincome.audit import Expectation
from lowincome.deliver.results import read_results

from benchmarks import validation
from benchmarks.day.run import Place
from benchmarks.validation import Cost
from tests.small_day import D


def test_what_is_measured_are_the_suites_of_the_day_but_those_of_deliveries(
    run_day: Callable[..., Path], tmp_path: Path
) -> None:
    told = read_results(run_day())["expectations"]
    audited = {(entry["suite"], entry["source"]) for entry in told if entry["table"] != "delivery"}
    asked = [*validation.of_sources(Place(tmp_path), D), *validation.of_stages(Place(tmp_path), D)]
    assert {(f"{one.layer}/{one.suite.stem}", one.source or one.layer) for one in asked} == audited


@pytest.mark.parametrize(("fails_when", "is_own"), [
    ("amount_fen < 0", True),
    ("paid_on > (select data_date from run)", True),
    ("household_key not in (select household_key from coverage)", False),
    ("paid_on > (select data_date from run) or id in (select id from payment group by id having count(*) > 1)", False),
    ("(select count(*) from (select id from payment)) > 0", False),
])
def test_a_row_answers_by_itself_where_no_other_row_and_no_table_but_the_date_is_looked_at(
    fails_when: str, is_own: bool
) -> None:
    asked = Expectation("asked", "record", "critical", "why", fails_when)
    assert validation.is_of_a_row_by_itself(asked) == is_own


def test_tables_together_cost_the_sum_of_each() -> None:
    assert validation.total([Cost(1, 2, 3, 4, 5), Cost(10, 20, 30, 40, 50)]) == Cost(11, 22, 33, 44, 55)
