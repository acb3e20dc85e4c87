"""Episodes of a household and its people, and what was said about flags, as the register knows them.

What was opened for an id belongs to it for ever. While the id leads to another, as after a merge, it is the other's
too; when that is undone, nothing of the one is shown with the other.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, select

from lowincome.redirects import together
from lowincome.register.answered import still_one
from lowincome.register.episodes import heir, known, of_flags
from lowincome.register.models import Disposition, Flag

Row = dict[str, Any]


def episodes(engine: Engine, subjects: Sequence[str], leads_to: Mapping[str, str] | None = None) -> list[Row]:
    """Every episode of these households and persons, and of all that are one with them, with its last event.

    Newest first.
    """
    groups = together(leads_to or {})
    ids = {one for subject in subjects for one in groups.get(subject, {subject})}
    with engine.connect() as connection:
        found = known(connection, Flag.subject_id.in_(ids))
    rows = [episode.last | {"rule_id": episode.rule_id, "first_seen": episode.first_seen} for episode in found.values()]
    return sorted(rows, key=lambda row: (row["first_seen"], row["flag_id"]), reverse=True)


def answers(engine: Engine, flag_ids: Collection[str], leads_to: Mapping[str, str] | None = None) -> list[Row]:
    """What caseworkers said of these flags and those merged into them, oldest first, under the flag that lives on."""
    redirects = leads_to or {}
    groups = together(redirects)
    with engine.connect() as connection:
        found = of_flags(connection, flag_ids)
        ids = {one for episode in found.values() for one in groups.get(episode.subject_id, ())}
        found |= known(connection, Flag.subject_id.in_(ids))
        living = {flag: heir(episode, found, redirects).flag_id for flag, episode in found.items()}
        query = (
            select(Flag.rule_id, Disposition.__table__)
            .join(Flag, Flag.flag_id == Disposition.flag_id)
            .where(Disposition.flag_id.in_(living), *still_one(connection, redirects))
            .order_by(Disposition.disposition_id)
        )
        said = [dict(row) for row in connection.execute(query).mappings()]
    told = [row | {"flag_id": living[row["flag_id"]]} for row in said]
    return [row for row in told if row["flag_id"] in flag_ids]
