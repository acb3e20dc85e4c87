"""What is known after some deliveries: the last good day of each source, and what earlier days said."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.day import MAX_AGE, SOURCES, Day, EmploymentAnswer, Row, employment_answers
from tests.oracle.worlds import Delivery

DEFAULT_MAX_AGE = 3


@dataclass
class Arrivals:
    """Every source's newest delivery, and every employment answer that was ever received."""

    newest: dict[str, tuple[date, dict[str, list[Row]]]] = field(default_factory=dict)
    employment: list[EmploymentAnswer] = field(default_factory=list)

    def take(self, delivery: Delivery) -> None:
        """A day's deliveries; a source that does not come keeps its last."""
        for source, tables in delivery.rows.items():
            self.newest[source] = delivery.date, tables
            self.employment += employment_answers(tables)

    @property
    def tables(self) -> dict[str, list[Row]]:
        """Rows of all sources by table."""
        joined: dict[str, list[Row]] = defaultdict(list)
        for _, tables in self.newest.values():
            for name, rows in tables.items():
                joined[name] += rows
        return joined

    def day(self, on: date, person_of: Mapping[str, str]) -> Day:
        """The data date with what is known on it."""
        stale = frozenset(source for source in SOURCES if self._is_stale(source, on))
        return Day(on, self.tables, dict(person_of), stale, tuple(self.employment))

    def _is_stale(self, source: str, on: date) -> bool:
        if source not in self.newest:
            return True
        return on - self.newest[source][0] > timedelta(days=MAX_AGE.get(source, DEFAULT_MAX_AGE))
