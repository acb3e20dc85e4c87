"""What oracle and pipeline say differently of one day, in words."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.bounds import FALSE, UNKNOWN, Bounds
from tests.oracle.day import Row
from tests.oracle.episodes import CLOSED, HELD, Flag, Register
from tests.oracle.judge import Judgement, Outcome, Subject
from tests.oracle.pipeline import Pipeline, judged_rules
from tests.oracle.worlds import Delivery

ROUNDING = Fraction(1, 10**6)  # the pipeline shows observed quantities with six or eight decimals


def differences(pipeline: Pipeline, register: Register, delivery: Delivery) -> Iterator[str]:
    """Households, outcomes, flags and discrepancies of a day that has run, each difference a line."""
    on = delivery.date
    judgement = Judgement(pipeline.day(on))
    names = {row["forming_key"]: row["household_id"] for row in pipeline.table("households", "household", on)}
    found = [f"{on} {line}" for line in _households(judgement, pipeline, names, delivery)]
    if not found:
        leads_to = _leads_to(pipeline, delivery)
        flags = register.enter(on, judgement, lambda subject: names.get(subject, subject), leads_to)
        found += [f"{on} {line}" for line in _flags(judgement, pipeline, flags, names, delivery)]
        found += [f"{on} {line}" for line in _merged(pipeline, register, delivery)]
        found += [f"{on} {line}" for line in _outcomes(judgement, pipeline, flags, names, delivery)]
        found += [f"{on} {line}" for line in _discrepancies(judgement, pipeline, delivery)]
    yield from found


def _households(judgement: Judgement, pipeline: Pipeline, names: dict[str, str], delivery: Delivery) -> Iterator[str]:
    keys = {name: key for key, name in names.items()}
    theirs = {
        row["person_id"]: (keys[row["household_id"]], row["role"] == "member", bool(row["is_counted"]))
        for row in pipeline.table("households", "household_member", delivery.date)
    }
    view = judgement.view.households
    ours = {
        person: (household.key, person in household.members, person in view.counted(household))
        for person, household in view.home_of.items()
    }
    for person in sorted(ours.keys() | theirs.keys()):
        if ours.get(person) != theirs.get(person):
            who, said = _who(judgement, person), theirs.get(person)
            yield f"person {who}: stands in {ours.get(person)}, the pipeline says {said}"
    for key in sorted(judgement.households.keys() ^ names.keys()):
        yield f"household {key} is formed by {'the pipeline' if key in names else 'the oracle'} only"
    for row in pipeline.table("households", "household", delivery.date):
        household = judgement.households.get(row["forming_key"])
        place = view.place(household) if household else None
        ours_place = (place.district, place.residence) if place else (None, None)
        theirs_place = (row["district"], row["residence"] if row["district"] else None)
        if ours_place != theirs_place:
            yield f"household {row['forming_key']}: in {ours_place}, the pipeline says {theirs_place}"


def _flags(
    judgement: Judgement, pipeline: Pipeline, flags: dict[Subject, Flag], names: dict[str, str], delivery: Delivery
) -> Iterator[str]:
    theirs = {
        (row["rule_id"], row["person_id"] if row["subject"] == "person" else row["household_id"]): row
        for row in pipeline.table("outcomes", "flag_day", delivery.date) if not _is_merged(row)
    }
    for subject in sorted(flags.keys() | theirs.keys()):
        if subject[0] in judged_rules():
            ours, row = _ours(flags.get(subject)), _theirs(theirs.get(subject))
            if ours != row:
                yield f"flag {_what(judgement, names, subject)}: {ours}, the pipeline says {row}"


def _leads_to(pipeline: Pipeline, delivery: Delivery) -> dict[str, str]:
    persons, households = (
        pipeline.table(layer, table, delivery.date)
        for layer, table in (("resolved", "person_redirect"), ("households", "household_redirect"))
    )
    return {row["person_id"]: row["leads_to"] for row in persons} | {
        row["household_id"]: row["leads_to"] for row in households}


def _merged(pipeline: Pipeline, register: Register, delivery: Delivery) -> Iterator[str]:
    """Of two episodes of one day either may end, so only their number by rule is compared."""
    rows = pipeline.table("outcomes", "flag_day", delivery.date)
    theirs = Counter(row["rule_id"] for row in rows if _is_merged(row))
    if register.merged != theirs:
        yield f"merged flags by rule: {dict(register.merged)}, the pipeline says {dict(theirs)}"


def _is_merged(row: Row) -> bool:
    return (row["close_reason"] or "").startswith("merged: ")


def _ours(flag: Flag | None) -> tuple[Any, ...] | None:
    if flag is None:
        return None
    certainty = None if flag.state in (CLOSED, HELD) else flag.certainty
    return flag.state, certainty, flag.first_seen


def _theirs(row: Row | None) -> tuple[Any, ...] | None:
    if row is None:
        return None
    certainty = None if row["state"] in (CLOSED, HELD) else row["certainty"]
    return row["state"], certainty, row["first_seen"]


def _outcomes(
    judgement: Judgement, pipeline: Pipeline, flags: dict[Subject, Flag], names: dict[str, str], delivery: Delivery
) -> Iterator[str]:
    rows = pipeline.table("outcomes", "outcome", delivery.date)
    theirs = {
        (row["rule_id"], row["person_id"] if row["subject"] == "person" else row["household_id"]): row for row in rows
    }
    ours = {(rule, names.get(key, key)): outcome for (rule, key), outcome in judgement.outcomes.items()}
    ours |= {subject: flag.outcome for subject, flag in flags.items() if subject[0] == "Q01" and flag.outcome}
    for subject in sorted(ours.keys() | theirs.keys()):
        if subject[0] not in judged_rules():
            continue
        our_line, their_line = _answer(ours.get(subject)), _their_answer(theirs.get(subject))
        if subject in ours and not ours[subject].is_evaluated and their_line[0] in (FALSE, UNKNOWN):
            continue
        if subject[0] == "Q01" and subject not in ours:
            continue
        if our_line != their_line:
            yield f"outcome {_what(judgement, names, subject)}: {our_line}, the pipeline says {their_line}"
        elif line := _bounds_differ(ours.get(subject), theirs.get(subject)):
            yield f"observed {_what(judgement, names, subject)}: {line}"


def _answer(outcome: Outcome | None) -> tuple[str, bool | None]:
    """False and no row are one; whether a no is held shows in the flags."""
    if outcome is None or outcome.answer == FALSE:
        return FALSE, None
    return outcome.answer, outcome.is_held


def _their_answer(row: Row | None) -> tuple[str, bool | None]:
    if row is None or row["outcome"] == FALSE:
        return FALSE, None
    return row["outcome"], bool(row["is_held"])


def _bounds_differ(outcome: Outcome | None, row: Row | None) -> str | None:
    if outcome is None or row is None or outcome.observed is None or outcome.answer in (FALSE, UNKNOWN):
        return None
    low, high = _exact(row["observed_low"]), _exact(row["observed_high"])
    ours = outcome.observed
    same = low is not None and abs(low - ours.low) < ROUNDING and _same_high(ours, high)
    return (
        None
        if same
        else f"{_text(ours.low)}–{_text(ours.high)}, the pipeline says {row['observed_low']}–{row['observed_high']}"
    )


def _same_high(ours: Bounds, high: Fraction | None) -> bool:
    if ours.high is None or high is None:
        return ours.high is high
    return abs(high - ours.high) < ROUNDING


def _exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _text(number: Fraction | None) -> str:
    return "∞" if number is None else f"{float(number):.6f}"


def _discrepancies(judgement: Judgement, pipeline: Pipeline, delivery: Delivery) -> Iterator[str]:
    ours = {(line.person, line.item): (line.province, line.city) for line in judgement.discrepancies}
    theirs = {
        (row["person_id"], row["item_code"]): (row["province_amount_fen"], row["city_amount_fen"])
        for row in pipeline.table("outcomes", "discrepancy", delivery.date)
    }
    for key in sorted(ours.keys() | theirs.keys()):
        left, right = ours.get(key), theirs.get(key)
        same = (
            left
            and right
            and all(abs(a - Fraction(b) / 100) < ROUNDING for a, b in zip(left, right, strict=True) if b is not None)
        )
        if not same:
            yield f"discrepancy {_who(judgement, key[0])} {key[1]}: {left}, the pipeline says {right}"


def _what(judgement: Judgement, names: dict[str, str], subject: Subject) -> str:
    keys = {name: key for key, name in names.items()}
    rule, name = subject
    return f"{rule} {keys[name]}" if name in keys else f"{rule} {_who(judgement, name)}"


def _who(judgement: Judgement, person: str) -> str:
    keys = sorted(key for key, of in judgement.day.person_of.items() if of == person)
    return f"{person} ({', '.join(keys[:3])})"
