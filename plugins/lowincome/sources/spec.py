"""The registry of sources: one YAML page each, read strictly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lowincome import schema
from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE

TRANSPORTS = ("export_api", "snapshot_api", "cursor_api", "file_drop", "database")
READERS = ("json", "csv", "xlsx", "parquet")
LOADS = ("full", "incremental")
COUNTS_AS = ("rows", "facts", "other")
UNKNOWN = ("null", "reject", "keep", "silent")


@dataclass(frozen=True)
class FieldSpec:
    """How one canonical column is read from the source's own field; docs/sources.md tells every key.

    `origin` is the source's name (for nested rows `level.name`), `parse` names an expression of
    include/sql/standardise/expressions.yaml. A required field that is missing or unreadable rejects the
    row; an optional one that is unreadable becomes null (unknown) and is counted as a finding. A cell that is a word
    of the lists under `blank` (include/sql/standardise/blank_words.yaml) is empty.
    """

    parse: str
    origin: str | None = None
    required: bool = False
    codes: Mapping[str, Any] | None = None
    unknown: str = "null"
    prefix: str = ""
    value: str | None = None
    blank: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSpec:
    """How one canonical table is read from one part of a landing."""

    name: str
    part: str
    record_key: str
    fields: Mapping[str, FieldSpec]
    levels: Mapping[str, str] = field(default_factory=dict)
    document: str = ""
    must_hold: str = ""
    told_apart_by: str = ""
    reject_when: Mapping[str, str] = field(default_factory=dict)
    finding_when: Mapping[str, str] = field(default_factory=dict)
    compute: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ("record_key",)
    newest: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    counts_as: str = "rows"


@dataclass(frozen=True)
class SourceSpec:
    """One source: who sends what, how it is fetched, and what its fields mean."""

    id: str
    title: str
    title_zh: str
    publisher: str
    purpose: str
    connection: str
    transport: str
    schedule: str
    reader: str
    load: str
    max_age: int
    max_shrink: float
    options: Mapping[str, Any]
    tables: tuple[TableSpec, ...]
    known_defects: tuple[str, ...] = ()
    required_columns: tuple[str, ...] = ()
    known_columns: tuple[str, ...] = ()
    expected_rows: tuple[int, int] = (0, 100_000_000)

    @property
    def has_lasting_keys(self) -> bool:
        """Whether a record has the same key in every delivery; false where its place in the file names it."""
        return not any("{_position}" in table.record_key for table in self.tables)

    @property
    def others(self) -> tuple[str, ...]:
        """Tables of neither persons nor facts whose rows lie apart from the persons': each is counted by itself.

        One that is read from the persons' own rows is not: its rows were counted with them.
        """
        counted = {table.part for table in self.tables if table.counts_as == "rows"}
        return tuple(table.name for table in self.tables if table.counts_as == "other" and table.part not in counted)


def load_spec(page: Path) -> SourceSpec:
    """One source from its YAML page; SettingsInvalid names the file and the wrong key."""
    content = yaml.load(page.read_text("utf-8"), yaml.CSafeLoader)
    try:
        tables = tuple(_table(name, table) for name, table in content.pop("tables").items())
        for name in ("known_defects", "required_columns", "known_columns", "expected_rows"):
            content[name] = tuple(content.get(name, getattr(SourceSpec, name)))
        spec = SourceSpec(tables=tables, **content)
    except (TypeError, KeyError, AttributeError) as error:
        raise SettingsInvalid(
            what=f"the source page cannot be read ({error})", where=page.name, next_step="correct the page"
        ) from error
    _check(spec, page)
    return spec


@cache
def registry(folder: Path | None = None) -> dict[str, SourceSpec]:
    """Every source by id, from include/sources."""
    pages = sorted((folder or INCLUDE / "sources").glob("*.yaml"))
    return {spec.id: spec for spec in map(load_spec, pages)}


def _table(name: str, content: dict[str, Any]) -> TableSpec:
    fields = {column: FieldSpec(**_field(entry)) for column, entry in content.pop("fields").items()}
    for tuple_key in ("key", "newest", "owner"):
        if tuple_key in content:
            content[tuple_key] = tuple(content[tuple_key])
    return TableSpec(name=name, fields=fields, **content)


def _field(entry: dict[str, Any]) -> dict[str, Any]:
    """A field page: `{from: …, parse: …}`; YAML's `from` is Python's keyword."""
    entry = dict(entry)
    if "from" in entry:
        entry["origin"] = entry.pop("from")
    if "blank" in entry:
        entry["blank"] = tuple(entry["blank"])
    if entry.get("codes"):
        entry["codes"] = {str(code): meaning for code, meaning in entry["codes"].items()}
    return entry


def _check(spec: SourceSpec, page: Path) -> None:
    for key, found in _wrong(spec, page):
        raise SettingsInvalid(
            what=f"value of {key} is not allowed", where=page.name, found=found,
            next_step="see docs/sources.md for the allowed values",
        )


def _wrong(spec: SourceSpec, page: Path) -> Iterator[tuple[str, str]]:
    """Every key whose value no code reads, with the value."""
    allowed = {
        "id": spec.id == page.stem,
        "transport": spec.transport in TRANSPORTS,
        "reader": spec.reader in READERS,
        "load": spec.load in LOADS,
        "max_shrink": 0 < spec.max_shrink < 1,
        "max_age": spec.max_age >= 0,
    }
    yield from ((key, str(getattr(spec, key))) for key, is_allowed in allowed.items() if not is_allowed)
    counted = [table.name for table in spec.tables if table.counts_as == "rows"]
    if counted != ["person_record"]:
        yield "counts_as", f"rows: {', '.join(counted) or 'none'}"
    for table in spec.tables:
        yield from _wrong_in_table(table)
        if table.document not in ("", *(other.name for other in spec.tables)):
            yield f"{table.name}.document", table.document


def _wrong_in_table(table: TableSpec) -> Iterator[tuple[str, str]]:
    if table.name not in schema.TABLES:
        yield "tables", table.name
    if table.counts_as not in COUNTS_AS:
        yield f"{table.name}.counts_as", table.counts_as
    for column, entry in table.fields.items():
        if entry.unknown not in UNKNOWN:
            yield f"{table.name}.{column}.unknown", entry.unknown
        if entry.origin is None and entry.value is None:
            yield f"{table.name}.{column}", "neither from nor value"
