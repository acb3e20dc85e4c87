"""No statement of a day compares everybody with everybody: what it costs follows the rows, not their square."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import engine, ingest, steps
from lowincome.engine import Input
from lowincome.sources.spec import registry

from tests.conftest import day_ingester
from tests.small_day import answer

ROWS = 5_000
FEW = 100
"""Parameters, items, sources and days of the window are fewer; of people and their records there are `ROWS`."""
ONE_ROW = ("stale_source",)
"""Tables of one row, whatever the population."""
UNEQUAL = ("NL_JOIN", "NESTED_LOOP", "CROSS_PRODUCT", "PIECEWISE_MERGE", "IE_JOIN")


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Of each statement of a day, as if its files had 5,000 rows: how many rows its joins without equality try, at most
    with each row of the other side."""
    found: dict[str, int] = {}
    with pytest.MonkeyPatch.context() as patch:
        land = day_ingester(tmp_path_factory.mktemp("plans"), patch)
        day = land(facts=[answer("S05", quantity=0), answer("A04", quantity=1)])
        patch.setattr(engine, "_session", _looked_at(found))
        for source in registry():
            ingest.standardise(source, day)
        for step in steps.DAY:
            step(day)
    return found


def test_nobody_is_compared_with_everybody(compared: dict[str, int]) -> None:
    assert len(compared) > 150
    assert {statement: rows for statement, rows in compared.items() if rows >= FEW} == {}


def test_a_join_by_either_of_two_keys_is_seen() -> None:
    keys = pa.table({"a": [str(number) for number in range(ROWS)], "b": ["1"] * ROWS})
    either = "select count(*) from one inner join other on one.a in (other.a, other.b)"
    plan = _plan(either, {"one": keys, "other": keys})
    assert _smaller_side(plan) >= FEW


def test_a_join_by_one_key_is_none_of_them() -> None:
    keys = pa.table({"a": [str(number) for number in range(ROWS)]})
    plan = _plan("select count(*) from one inner join other on one.a = other.a", {"one": keys, "other": keys})
    assert _smaller_side(plan) == 0


def _looked_at(found: dict[str, int]) -> Any:
    """The engine's session, which first plans each statement over many rows."""
    session = engine._session

    @contextmanager
    def planned(sql: str, inputs: Mapping[str, Input], output: Path | None = None) -> Iterator[Any]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(engine, "_session", session)
            many = {name: _many(name, source) for name, source in engine._only_named(sql, inputs).items()}
            found[sql] = max(found.get(sql, 0), _smaller_side(_plan(sql, many)))
        with session(sql, inputs, output) as opened:
            yield opened

    return planned


def _plan(sql: str, inputs: Mapping[str, Input]) -> Any:
    with engine._session(sql, inputs) as (connection, statement):
        ((_, plan),) = connection.execute(f"explain (format json) {statement}").fetchall()
    return {"children": json.loads(plan)}


def _many(name: str, source: Input) -> Input:
    """A table of the lake with its rows again and again; what a step holds in memory stays as it is."""
    if isinstance(source, pa.Table | str) or name in ONE_ROW:
        return source
    rows = engine.query("select * from t", {"t": source})
    if not rows.num_rows:
        return pa.table({column.name: pa.nulls(ROWS, column.type) for column in rows.schema})
    return rows.take([number % rows.num_rows for number in range(ROWS)])


def _smaller_side(node: Any) -> int:
    """The most rows that the smaller side of a join without equality is thought to have."""
    sides = [_rows(child) for child in node["children"]]
    here = min(sides) if any(name in node.get("name", "") for name in UNEQUAL) else 0
    return max([here, *(_smaller_side(child) for child in node["children"])])


def _rows(node: Any) -> int:
    return int(node["extra_info"].get("Estimated Cardinality") or 0)
