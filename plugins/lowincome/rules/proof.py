"""What an outcome stands on: the records behind its criteria, the one that is false, and the sentence that tells it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pyarrow as pa

from lowincome.rules.catalogue import LANGUAGES, Rule
from lowincome.rules.message import sentence


class Asked(NamedTuple):
    """How one criterion was answered for one subject, as in the table criterion."""

    criterion: str
    low: Any
    high: Any
    threshold: Any
    unit: str | None
    outcome: bool | None
    limbs: str | None


def proved(rule: Rule, subjects: pa.ChunkedArray, asked: pa.Table) -> Mapping[str, pa.Array]:
    """Columns evidence, false_criterion, reason_zh and reason_en for the subjects in their order.

    Of a subject that `asked` (the rule's rows of the table criterion) does not name nothing is told.
    """
    answers, records = _by_subject(asked)

    @cache
    def told(said: tuple[Asked, ...]) -> tuple[str, ...]:
        rows = [one._asdict() for one in said]
        return tuple(sentence(rule, rows, language) for language in LANGUAGES)

    names = subjects.to_pylist()
    nothing = (None,) * len(LANGUAGES)
    sentences = [told(tuple(answers[name])) if name in answers else nothing for name in names]
    columns: dict[str, list[str | None]] = {
        "evidence": ["|".join(sorted(records.get(name, ()))) for name in names],
        "false_criterion": [_first_false(answers.get(name, ())) for name in names],
        **{f"reason_{language}": [texts[place] for texts in sentences] for place, language in enumerate(LANGUAGES)},
    }
    return {name: pa.array(values, pa.string()) for name, values in columns.items()}


def _by_subject(asked: pa.Table) -> tuple[dict[str, list[Asked]], dict[str, set[str]]]:
    """The answers about each subject by criterion, and the keys of the records behind them."""
    answers: dict[str, list[Asked]] = defaultdict(list)
    records: dict[str, set[str]] = defaultdict(set)
    columns = (asked[name].to_pylist() for name in ("subject_id", "evidence", *Asked._fields))
    for subject, evidence, *answer in zip(*columns, strict=True):
        answers[subject].append(Asked._make(answer))
        if evidence:
            records[subject].update(filter(None, evidence.split("|")))
    return answers, records


def _first_false(answers: Sequence[Asked]) -> str | None:
    return min((one.criterion for one in answers if one.outcome is False), default=None)
