"""What the engine answered once is brought again where a test's day asks the same of the same rows.

Days that tests run differ from one another in a few rows, and most of their statements find again what they found. An
answer follows from the statement, from the bytes and names of the files that it reads and from the settings: where all
are the same, so is the answer. Only days of `run_day` and `ingest_day` and single deliveries are answered so; a test
that calls a step itself, to see it give the same bytes again, has every statement run.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.keys import keyring

from tests.source_day import settings

Inputs = Mapping[str, engine.Input]
FILE = re.compile(r"'(/[^'\n]+)'")
_WRITTEN: dict[str, tuple[int, bytes]] = {}
_FOUND: dict[str, pa.Table] = {}


@contextmanager
def answered_before() -> Iterator[None]:
    """Within it a statement is run once a process; over sealed files, of which no two are alike, each time."""
    with pytest.MonkeyPatch.context() as patch:
        if keyring() is None:
            patch.setattr(engine, "query", _query)
            patch.setattr(engine, "write_query", _write_query)
        yield


_asked_anew, _written_anew = engine.query, engine.write_query


def _query(sql: str | Path, inputs: Inputs) -> pa.Table:
    text = sql.read_text("utf-8") if isinstance(sql, Path) else sql
    asked = follows_from(text, inputs)
    if asked not in _FOUND:
        _FOUND[asked] = _asked_anew(text, inputs)
    return _FOUND[asked]


def _write_query(sql: str, inputs: Inputs, output: Path, *form: Any, **more: Any) -> int:
    asked = follows_from(sql, inputs, *form, *more.items())
    if asked not in _WRITTEN:
        rows = _written_anew(sql, inputs, output, *form, **more)
        _WRITTEN[asked] = rows, output.read_bytes()
        return rows
    rows, content = _WRITTEN[asked]
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(content)
    return rows


def follows_from(sql: str, inputs: Inputs, *form: Any) -> str:
    """A digest of all that an answer follows from."""
    named = {name: _content(source) for name, source in engine._only_named(sql, inputs).items()}
    return _digest(repr((_by_content(sql), named, form, settings())).encode())


def _content(source: engine.Input) -> object:
    if isinstance(source, str):
        return _by_content(source)
    if isinstance(source, pa.Table):
        return _digest(_stream(source))
    if isinstance(source, engine.Files):
        return "alike", source.row_number, [_file(path) for path in source.paths]
    return [_file(path) for path in source]


def _by_content(sql: str) -> str:
    """A statement that names its files by what stands in them, not by where they lie."""
    return FILE.sub(lambda found: repr(_file(Path(found[1]))), sql)


def _file(path: Path) -> object:
    return (path.name, _digest(path.read_bytes())) if path.is_file() else str(path)


def _stream(table: pa.Table) -> memoryview:
    """The schema and the rows."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return memoryview(sink.getvalue())


def _digest(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()
