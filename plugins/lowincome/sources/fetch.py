"""The one way a source's delivery comes in: pick the transport by the source's page, land once."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from lowincome.errors import SettingsInvalid
from lowincome.sources import cursor_api, database, export_api, file_drop, snapshot_api
from lowincome.sources.connection import Connection
from lowincome.sources.job import FetchSpec, Job
from lowincome.sources.landing import Delivery, LandingRef, LandingWriter
from lowincome.sources.retry import Patience

Transport = Callable[[Job], Delivery]

TRANSPORTS: Mapping[str, Transport] = {
    "export_api": export_api.fetch,
    "snapshot_api": snapshot_api.fetch,
    "cursor_api": cursor_api.fetch,
    "file_drop": file_drop.fetch,
    "database": database.fetch,
}


def fetch(
    spec: FetchSpec, connection: Connection, data_date: date, since: date | None, landing: Path, run_id: str,
    *, patience: Patience | None = None, ticket: str | None = None,
) -> LandingRef:
    """Bring one source's delivery of a day into `landing`, whole or not at all.

    `since` None asks for the full state. `ticket` is the id of an export asked for before (`export_api.submit`).
    """
    transport, patience = _transport(spec), patience or Patience()
    if landing.name != run_id:
        raise SettingsInvalid(what="a landing is named by its run id", where=spec.id, expected=run_id,
                              found=landing.name, next_step="take the folder from Lake.landing")
    with LandingWriter(landing) as writer:
        delivery = transport(Job(spec, connection, data_date, since, writer, patience, ticket))
        received_at = datetime.fromtimestamp(patience.clock(), UTC).isoformat(timespec="seconds")
        return writer.commit(spec.id, data_date, delivery, received_at)


def _transport(spec: FetchSpec) -> Transport:
    if spec.transport not in TRANSPORTS:
        raise SettingsInvalid(what="the transport is not known", where=f"source page {spec.id}",
                              expected=", ".join(TRANSPORTS), found=spec.transport, next_step="correct the page")
    return TRANSPORTS[spec.transport]
