"""The one place where areas are applied: a desk is given the files of its member's districts and no others."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.settings import INCLUDE
from lowincome.web import days
from lowincome.web.office import Office, Rows
from lowincome.web.staff import Member

SQL = INCLUDE / "sql" / "web"


@dataclass(frozen=True)
class Desk:
    """What one member of the staff sees of one published day. Every page query about people goes through `rows`."""

    folder: Path
    data_date: date
    districts: tuple[str, ...]
    held: tuple[str, ...]

    def rows(self, name: str, tables: tuple[str, ...], ask: pa.Table | None = None) -> Rows:
        """Rows of include/sql/web/<name>.sql over these tables; `ask` is its one row of questions."""
        if not self.districts:
            return []
        inputs: dict[str, engine.Input] = {table: self._files(table) for table in tables}
        answer: Rows = engine.query(SQL / f"{name}.sql", inputs | ({} if ask is None else {"ask": ask})).to_pylist()
        return answer

    def with_held(self) -> "Desk":
        """Also the districts whose list is held: for counts and answers, never for rows that a list would show."""
        return replace(self, districts=(*self.districts, *self.held), held=())

    def within(self, districts: Iterable[str]) -> "Desk":
        """The same desk with fewer districts: never one that it did not have."""
        asked = set(districts)
        return replace(self, districts=tuple(code for code in self.districts if code in asked))

    def _files(self, table: str) -> list[Path]:
        return [self.folder / district / f"{table}.parquet" for district in self.districts]


def open_desk(office: Office, member: Member) -> Desk | None:
    """A desk on the newest published day; None when no day is published or the member has no district.

    A district whose list is held, because it jumps beyond its history, shows nothing until somebody releases it.
    """
    day = days.newest_day(office.output)
    if day is None or not member.districts:
        return None
    held = days.held_districts(office.output, day)
    shown = tuple(code for code in member.districts if code not in held)
    folder = office.lake.pages(day, days.manifest(office.output, day)["run_id"])
    return Desk(folder, day, shown, tuple(code for code in member.districts if code in held))


def question(**values: Any) -> pa.Table:
    """The one-row `ask` view of a query; text that is not asked is null."""
    return pa.table({name: [value] for name, value in values.items()}, schema=_schema(values))


def _schema(values: dict[str, Any]) -> pa.Schema:
    kinds = {int: pa.int64(), date: pa.date32(), bool: pa.bool_()}
    return pa.schema([(name, kinds.get(type(value), pa.string())) for name, value in values.items()])
