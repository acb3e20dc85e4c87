"""The verbs that ask of frozen days: why a rule answered as it did, and what changed law would do."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from lowincome.day_tables import known_tables, outcome_tables
from lowincome.errors import AuditFailed
from lowincome.lake import Lake
from lowincome.rules import catalogue, explanation, rehearsal
from lowincome.rules import stage as rules_stage
from lowincome.rules.parameters import in_force, load_parameters, policy_table
from lowincome.run import read_run
from lowincome.settings import read_settings

Counts = dict[str, Any]


def explain(data_date: str, rule_id: str, subject: str) -> Counts:
    """Why a rule answered as it did for one household or person: see docs/explanations.md.

    `subject` is a household or person id, or any source's key of one. AuditFailed when the day knows none such.
    """
    return explainer(data_date)(rule_id, subject)


def explainer(data_date: str) -> Callable[[str, str], Counts]:
    """`explain` for many rules and subjects of one day, which is opened once."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    run, law = read_run(Lake(settings.lake), day), load_parameters()
    known = known_tables(run, settings) | outcome_tables(run.lake, day)
    known |= {"run": run.table(settings.identity_key), "policy": policy_table(law, day),
              "earlier_outcome": known["outcome"], "open_flag": rules_stage.open_today(known)}
    known = rules_stage.completed(known)
    rules, in_force_on_day = {rule.id: rule for rule in catalogue.rules()}, in_force(law, day)

    def one(rule_id: str, subject: str) -> Counts:
        found = explanation.find_subject(rules[rule_id], subject, known) if rule_id in rules else None
        if found is None:
            raise AuditFailed(what="the day knows no such rule or subject", where=f"{data_date} {rule_id} {subject}",
                              next_step="take rule and key from flags.csv or links.csv of the day")
        return explanation.explain(rules[rule_id], found, known, in_force_on_day)

    return one


def rehearse(first: str, last: str, pages: Sequence[str]) -> Counts:
    """What changed pages of law would do to the frozen days from first to last; the register is not touched."""
    settings, law = read_settings(), rehearsal.law_in_force()
    changed = law.changed_by(Path(page) for page in pages)
    report: Counts = {"flags": [], "visits": []}
    listed: tuple[rehearsal.Raised, rehearsal.Raised] | None = None
    for day in _frozen_days(Lake(settings.lake), date.fromisoformat(first), date.fromisoformat(last)):
        run = read_run(Lake(settings.lake), day)
        inputs, clock = known_tables(run, settings), run.table(settings.identity_key)
        before, after = (rehearsal.raised(inputs, clock, one) for one in (law, changed))
        report["flags"] += rehearsal.compare(day, before, after)
        was_listed = listed or (before, before)
        report["visits"].append({
            "data_date": day, "now": rehearsal.visits(was_listed[0], before),
            "rehearsed": rehearsal.visits(was_listed[1], after)})
        listed = (before, after)
    return report


def _frozen_days(lake: Lake, first: date, last: date) -> list[date]:
    """The days of a range that were frozen; AuditFailed when there is none."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    frozen = [day for day in days if lake.lock(day).exists()]
    if not frozen:
        raise AuditFailed(what="no day of the range is frozen", where=f"{first} to {last}",
                          next_step="choose days that were run")
    return frozen
