"""Waiting for an export in the triggerer: an export may take an hour, and no worker slot is held meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from airflow.sdk import BaseOperator, Connection
from airflow.triggers.base import BaseTrigger, TriggerEvent

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
CUTOFF = timedelta(hours=4)
"""From 00:30 until shortly before the day begins at 06:00, with the retries of `submit` before it."""


class ExportEnded(BaseTrigger):
    """Fires when waiting is over: the export is there, lost or cannot be asked for. `fetch` then says which.

    It carries the connection's id, never the connection, for triggers are rows of the metadata database.
    """

    def __init__(self, source: str, conn_id: str, data_date: str, export_id: str) -> None:
        super().__init__()
        self.asked = {"source": source, "conn_id": conn_id, "data_date": data_date, "export_id": export_id}

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Where the triggerer finds this class, and with what to make it again."""
        return "export_wait.ExportEnded", self.asked

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Ask more and more slowly; the requests run in a thread, so other triggers go on."""
        from airflow_bridge import known

        asked = self.asked
        login = known(asked["conn_id"], await Connection.async_get(asked["conn_id"]))
        pause = FIRST_PAUSE
        while not await asyncio.to_thread(_has_ended, asked["source"], asked["data_date"], login, asked["export_id"]):
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        yield TriggerEvent(asked["export_id"])


def _has_ended(source: str, data_date: str, login: Any, export_id: str) -> bool:
    from lowincome import ingest
    from lowincome.errors import PipelineError

    try:
        return ingest.is_export_ready(source, data_date, login, export_id)
    except PipelineError:
        return True


class WaitForExport(BaseOperator):
    """Defers at once; past the cutoff it fails, and the day goes on with the source's last good one."""

    template_fields = ("export_id",)

    def __init__(self, source: str, conn_id: str, export_id: Any, **options: Any) -> None:
        super().__init__(**options)
        self.source, self.conn_id, self.export_id = source, conn_id, export_id

    def execute(self, context: Any) -> None:
        """Hand over to the triggerer."""
        from airflow_bridge import data_date

        trigger = ExportEnded(self.source, self.conn_id, data_date(context), self.export_id)
        self.defer(trigger=trigger, method_name="ended", timeout=CUTOFF)

    def ended(self, context: Any, event: str) -> str:
        """The export's id; `fetch` finds out how it ended."""
        return event
