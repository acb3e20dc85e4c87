"""What caseworkers found wrong, as facts not to be believed: set by an answer, ended by the source or by time."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from lowincome import engine, schema
from lowincome.findings import findings
from lowincome.redirects import redirect_view
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "household"


def correct(known: Mapping[str, engine.Input], corrects: Mapping[str, tuple[str, ...]]) -> pa.Table:
    """The corrections of a day (table correction), ended ones too, from what was known before it.

    `known` holds `run`, `answer` (the newest answer of every flag), `open_flag` and, as previous_<table>, the day
    before's disposition, correction, winning_fact, household_member, household_redirect and person_redirect;
    `corrects` the item codes by rule.
    """
    months = [(one.id, one.correction_months) for one in findings().values() if one.correction_months]
    pairs = [(rule, item) for rule, items in corrects.items() for item in items]
    asked: dict[str, engine.Input] = {
        "correcting_finding": _table(months, finding=pa.string(), correction_months=pa.int64()),
        "rule_item": _table(pairs, rule_id=pa.string(), item_code=pa.string()),
        **{name: known[f"previous_{name}"] for name in ("person_redirect", "household_redirect")},
        "redirect": redirect_view(),
    }
    return engine.query(SQL / "correction.sql", {**known, **asked}).cast(schema.TABLES["correction"])


def in_force(answers: pa.Table, corrections: pa.Table) -> pa.Table:
    """The answers less those whose correction ended: the source said something new, so the item is work again."""
    known = {"answer": answers, "correction": corrections}
    return engine.query(SQL / "answer_in_force.sql", known).cast(answers.schema)


def _table(rows: Sequence[tuple[object, ...]], **kinds: pa.DataType) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(kinds, row, strict=True)) for row in rows], pa.schema(list(kinds.items())))
