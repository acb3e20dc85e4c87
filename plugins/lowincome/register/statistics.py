"""What became of flags, counted: the figures behind precision, time to the first visit and what is overdue."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, Subquery, and_, func, or_, select
from sqlalchemy.orm import aliased

from lowincome.register.models import UNKNOWN_AREA, Disposition, Flag, FlagEvent, RegisterDay

GRAIN = ("rule_id", "district", "first_seen", "visited_on", "finding", "is_open")


def groups(engine: Engine, districts: Sequence[str], since: date) -> list[dict[str, Any]]:
    """Counts of flags of these districts that were first seen since a day or are still open, and no others.

    Grain: rule_id, district (of the flag's last event; 000000: unknown), first_seen, visited_on (first visit; null:
    nobody went), finding (newest; null: none) and is_open; `flags` is their number.
    """
    known = _known_flags()
    wanted = (known.c.district.in_(districts), or_(known.c.first_seen >= since, known.c.is_open))
    grain = [known.c[name] for name in GRAIN]
    query = select(*grain, func.count().label("flags")).where(*wanted).group_by(*grain)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _known_flags() -> Subquery:
    """Every flag with its last event, its newest finding and its first visit; each step goes by a key of its table."""
    last, said = _last_events(), _answered()
    newest = aliased(Disposition)
    return (
        select(
            Flag.rule_id, Flag.first_seen, newest.finding, said.c.visited_on,
            func.coalesce(last.c.district, UNKNOWN_AREA).label("district"),
            (last.c.event != "closed").label("is_open"))
        .join(last, last.c.flag_id == Flag.flag_id)
        .outerjoin(said, said.c.flag_id == Flag.flag_id)
        .outerjoin(newest, newest.disposition_id == said.c.newest)
        .subquery()
    )


def _last_events() -> Subquery:
    """The last event of each flag, by the newest revision of its day."""
    revisions = select(func.max(RegisterDay.revision)).where(RegisterDay.data_date == FlagEvent.data_date)
    is_valid = FlagEvent.revision == revisions.correlate(FlagEvent).scalar_subquery()
    dates = select(FlagEvent.flag_id, func.max(FlagEvent.data_date).label("data_date")).where(is_valid)
    last = dates.group_by(FlagEvent.flag_id).subquery()
    is_last = and_(FlagEvent.flag_id == last.c.flag_id, FlagEvent.data_date == last.c.data_date)
    events = select(FlagEvent.flag_id, FlagEvent.event, FlagEvent.district)
    return events.join(last, is_last).where(is_valid).subquery()


def _answered() -> Subquery:
    """Each answered flag's newest answer and first visit."""
    answers = select(
        Disposition.flag_id, func.max(Disposition.disposition_id).label("newest"),
        func.min(Disposition.visited_on).label("visited_on"))
    return answers.group_by(Disposition.flag_id).subquery()
