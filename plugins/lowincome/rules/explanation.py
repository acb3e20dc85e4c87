"""Why a rule answered as it did: facts with their source keys, the steps, the parameters, what is unknown.

An explanation is JSON that stands for itself: `recompute` gives the same answer from nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.rules import amounts
from lowincome.rules.amounts import Subject
from lowincome.rules.answers import criterion_view, subject_views
from lowincome.rules.catalogue import Rule
from lowincome.rules.formula import Formula, Ledger, number, parameter, step
from lowincome.rules.message import sentence
from lowincome.rules.parameters import InForce
from lowincome.settings import INCLUDE

SQL = INCLUDE / "sql" / "explain"
Row = dict[str, Any]
READS = (
    "run", "policy", "household", "household_key", "household_member", "roster_member", "person_link", "winning_fact",
    "counted_settlement", "household_figure", "person_figure", "certificate_in_force", "overpayment",
    "identity_conflict", "discrepancy", "open_flag", "earlier_outcome",
)
"""The day's tables that explanations are made of."""
Builder = Callable[[Subject, Ledger, Row], Formula]


def explain(rule: Rule, subject_id: str, known: Mapping[str, engine.Input], law: dict[str, InForce]) -> dict[str, Any]:
    """The explanation of one rule for one household or person (money in yuan).

    `known` holds the day's tables (READS); the subject is one that `find_subject` found.
    """
    inputs: dict[str, engine.Input] = {name: known[name] for name in READS}
    inputs["asked_subject"] = pa.table({"subject_id": [subject_id]})
    for table in ("counted_member", "member_fact", "member_settlement"):
        inputs[table] = engine.query(SQL / f"{table}.sql", inputs)
    asked = _asked(rule, subject_id, inputs)
    subject, place = _subject(inputs), _place(rule, subject_id, inputs)
    ledger = Ledger()
    if place["district"] is None:
        criteria = [_unplaced(ledger)]
    else:
        criteria = [_criterion(name, asked[name] | place, subject, ledger) for name in rule.criteria]
    return {
        "rule": rule.id, "rule_version": rule.version, "data_date": place["data_date"].isoformat(),
        "subject": subject_id, "household_id": place["household_id"], "district": place["district"],
        "legal_basis": rule.legal_basis, "criteria": criteria, "facts": ledger.facts, "statements": ledger.statements,
        "parameters": _parameters(rule, place, law), "unknowns": sorted(set(ledger.unknowns)),
        "observed": _observed(rule, asked),
        **{f"sentence_{language}": sentence(rule, list(asked.values()), language) for language in ("zh", "en")},
    }


def find_subject(rule: Rule, key: str, known: Mapping[str, engine.Input]) -> str | None:
    """The id of the household or person that a key (an id, or a source's own key) belongs to on the day."""
    inputs: dict[str, engine.Input] = {name: known[name] for name in ("household_key", "person_link")}
    inputs["asked_key"] = pa.table({"key": [key]})
    found = engine.query(SQL / f"{rule.subject}_of_key.sql", inputs).column("subject_id").to_pylist()
    return str(found[0]) if found else None


def _asked(rule: Rule, subject_id: str, inputs: dict[str, engine.Input]) -> dict[str, Row]:
    told = pa.table({"subject_id": [subject_id]})
    views = criterion_view(rule.criteria, subject_views(inputs, told, (rule.subject,)))
    rows = engine.query("select * from criterion where subject_id = (select subject_id from asked_subject)", views)
    return {row["criterion"]: row for row in rows.to_pylist()}


def _subject(inputs: dict[str, engine.Input]) -> Subject:
    members, facts, settlements = (
        engine.query(f"select * from {name}", inputs).to_pylist()
        for name in ("counted_member", "member_fact", "member_settlement"))
    run = engine.query("select window_first_month, window_last_month from run", inputs).to_pylist()[0]
    return Subject(members, facts, settlements, range(run["window_first_month"], run["window_last_month"] + 1))


def _place(rule: Rule, subject_id: str, inputs: dict[str, engine.Input]) -> Row:
    """Where the subject stands and the parameter values that hold there."""
    return dict(engine.query(SQL / f"{rule.subject}_place.sql", inputs).to_pylist()[0])


def _criterion(name: str, row: Row, subject: Subject, ledger: Ledger) -> dict[str, Any]:
    build = FORMULAS.get(name)
    keys = sorted(set(filter(None, (row["evidence"] or "").split("|"))))
    formula = build(subject, ledger, row) if build else ledger.statement(name, row["outcome"], keys)
    return {"criterion": name, "is_told": bool(row["is_told"]), "formula": formula, "evidence": keys}


def _unplaced(ledger: Ledger) -> dict[str, Any]:
    """Outside Jinan or unknown: nothing is evaluated."""
    formula = ledger.statement("the area is one of Jinan's districts", None, [])
    return {"criterion": "inside_jinan", "is_told": False, "formula": formula, "evidence": []}


def _parameters(rule: Rule, place: Row, law: dict[str, InForce]) -> dict[str, Any]:
    used = {}
    for name in sorted(rule.parameters):
        one = law[name]
        value = place.get(one.parameter.column)
        used[name] = {
            "value": None if value is None else str(value / 100 if one.parameter.kind == "money" else value),
            "unit": one.parameter.unit, "from": one.version.valid_from.isoformat(), "document": one.version.document,
            "status": one.version.status, "is_assumption": one.is_assumption, "title_zh": one.parameter.title_zh,
        }
    return used


def _observed(rule: Rule, asked: dict[str, Row]) -> dict[str, Any] | None:
    """What was observed, the threshold, and how far apart they are (the margin, on the nearer bound)."""
    row = asked.get(rule.observed or "")
    if row is None:
        return None
    texts = {name: None if row[name] is None else format(row[name].normalize(), "f")
             for name in ("low", "high", "threshold")}
    is_known = row["threshold"] is not None and row["low"] is not None
    nearest = row["high"] if row["high"] is not None and is_known and row["high"] < row["threshold"] else row["low"]
    margin = format((nearest - row["threshold"]).normalize(), "f") if is_known else None
    return texts | {"unit": row["unit"], "margin": margin}


def _income_formula(compare: str, limit: Callable[[Subject], Formula], is_carrying: bool = True) -> Builder:
    return lambda subject, ledger, row: step(
        compare, amounts.income(subject, ledger, is_carrying), limit(subject))


def _standard(subject: Subject) -> Formula:
    return amounts.limit_per_month(parameter("standard"), subject)


def _borderline(subject: Subject) -> Formula:
    twice = step("times", parameter("standard"), parameter("borderline_multiple"))
    return amounts.limit_per_month(step("least", twice, parameter("minimum_wage")), subject)


def _disposable(subject: Subject) -> Formula:
    return step("times", parameter("disposable_income"), number(len(subject.members)))


def _vehicles(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    return step("at_least", amounts.holdings(subject, ledger, ["A04"], "quantity"), parameter("vehicle_limit"))


def _dwellings(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    return step("at_least", amounts.holdings(subject, ledger, ["A03"], "quantity"), parameter("dwelling_limit"))


def _assets(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    limit = step("times", parameter("asset_months"), parameter("standard"), number(len(subject.members)))
    return step("above", amounts.holdings(subject, ledger, ["A01", "A02", "A07"], "amount"), limit)


def _businesses(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    return amounts.businesses(subject, ledger)


def _property(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    parts = (build(subject, ledger, row) for build in (_assets, _vehicles, _dwellings, _businesses))
    return step("not", step("any", *parts))


def _rigid(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    expense = amounts.burden(subject, ledger)
    share = step("times", parameter("rigid_ratio"), amounts.total_income(subject, ledger))
    return step("all", step("above", expense, number(0)), step("at_least", expense, share))


def _burden(subject: Subject, ledger: Ledger, row: Row) -> Formula:
    """Above the higher trigger; or above the lower one, for members of BY households and monitored persons."""
    expense = amounts.burden(subject, ledger)
    above = {name: step("above", expense, step("times", parameter(name), parameter("disposable_income")))
             for name in ("medical_trigger", "medical_trigger_lower")}
    is_lower = ledger.statement("member of a BY household or monitored against relapse", row["is_lower_trigger"], [])
    return step("any", above["medical_trigger"], step("all", is_lower, above["medical_trigger_lower"]))


FORMULAS: dict[str, Builder] = {
    "income_below_standard": _income_formula("below", _standard),
    "income_from_standard": _income_formula("at_least", _standard),
    "income_up_to_borderline": _income_formula("at_most", _borderline),
    "income_below_disposable": _income_formula("below", _disposable),
    "income_above_standard": _income_formula("above", _standard, is_carrying=False),
    "vehicles_over_limit": _vehicles, "dwellings_over_limit": _dwellings, "assets_over_limit": _assets,
    "business_with_capital": _businesses, "property_within_limit": _property, "rigid_expense_share": _rigid,
    "burden_over_trigger": _burden,
}
