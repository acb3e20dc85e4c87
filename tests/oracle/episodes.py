"""Which flags are open from day to day (rules, section 3: Episodes)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from tests.oracle.bounds import FALSE
from tests.oracle.judge import Judgement, Outcome, Subject

NEW, OPEN, HELD, CLOSED = "new", "open", "held", "closed"


@dataclass(frozen=True)
class Flag:
    """An episode on one day."""

    state: str
    certainty: str
    first_seen: date
    outcome: Outcome | None


@dataclass
class Register:
    """Open episodes by rule and the name they began under; names last from day to day.

    `merged` counts, by rule, the episodes that ended on the last day because an older one lives on for both subjects.
    """

    began: dict[Subject, date] = field(default_factory=dict)
    merged: Counter[str] = field(default_factory=Counter)
    open: dict[Subject, date] = field(default_factory=dict)
    origin: dict[Subject, Subject] = field(default_factory=dict)

    def enter(
        self, day: date, judgement: Judgement, lasting: Callable[[str], str], leads_to: Mapping[str, str]
    ) -> dict[Subject, Flag]:
        """The flags that are new, open, held or closed on a day, those that ended in a merge aside.

        `lasting` gives a subject's lasting name, `leads_to` the name that lives on for one that is no more.
        """
        self._follow(leads_to)
        named = {(rule, lasting(subject)): outcome for (rule, subject), outcome in judgement.outcomes.items()}
        flags = self._flags(day, named, [subject for subject in self.open if subject[0] != "Q01"])
        still_open = {subject for subject, flag in flags.items() if flag.state != CLOSED}
        open_a = {(rule, key) for rule, key in judgement.outcomes if (rule, lasting(key)) in still_open}
        q01 = {(rule, lasting(key)): outcome for (rule, key), outcome in judgement.q01(open_a).items()}
        flags |= self._flags(day, q01, [subject for subject in self.open if subject[0] == "Q01"])
        self.began = {
            self.origin.get(subject, subject): flag.first_seen
            for subject, flag in flags.items() if flag.state != CLOSED
        }
        return flags

    def _follow(self, leads_to: Mapping[str, str]) -> None:
        """Under which name each episode stands today; where several of a rule meet the one that began first."""
        self.merged, self.open, self.origin = Counter(), {}, {}
        for (rule, name), first_seen in sorted(self.began.items(), key=lambda entry: entry[1]):
            today = rule, leads_to.get(name, name)
            if today in self.open:
                self.merged[rule] += 1
            else:
                self.open[today], self.origin[today] = first_seen, (rule, name)

    def _flags(self, day: date, outcomes: Mapping[Subject, Outcome], opened: list[Subject]) -> dict[Subject, Flag]:
        flags = {
            subject: Flag(NEW, outcome.answer, day, outcome)
            for subject, outcome in outcomes.items()
            if subject not in self.open and outcome.is_raised(subject[0])
        }
        return flags | {subject: self._continued(subject, outcomes.get(subject)) for subject in opened}

    def _continued(self, subject: Subject, outcome: Outcome | None) -> Flag:
        """A subject that is gone has left every source by that source's own word: a stale source keeps its rows."""
        if outcome is None:
            return Flag(CLOSED, FALSE, self.open[subject], outcome)
        state = HELD if outcome.is_held else CLOSED if outcome.answer == FALSE else OPEN
        return Flag(state, outcome.answer, self.open[subject], outcome)
