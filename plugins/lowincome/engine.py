"""Runs one SQL file over named inputs into one Parquet file. The only import of duckdb.

Where LOWINCOME_ENGINE names another engine (scaled_out), that one runs the same statements with the same answers.

Where keys are set (keys.py) files are read and written through the sealed filesystem, and nothing is spilled to disk.
"""

import atexit
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa

from lowincome.aside import aside
from lowincome.disk import disk_full, full, written_whole
from lowincome.errors import AuditFailed, SettingsInvalid
from lowincome.keys import keyring
from lowincome.lake import digest
from lowincome.scaled_out import scaled_out
from lowincome.sealed import PROTOCOL, is_sealed

QueryFailed = duckdb.Error


@dataclass(frozen=True)
class Files:
    """Parquet files that were all written alike; in `row_number` their rows bear their place, counted from 0."""

    paths: Sequence[Path]
    row_number: str | None = None


Input: TypeAlias = Sequence[Path] | Files | pa.Table | str
"""Parquet files, a table in memory, or the SELECT of a view over the inputs before it."""
ROWS_A_GROUP = 122_880
"""DuckDB's own size of a group of rows."""
ROWS_PUT_ASIDE = 20_480
"""Of rows that wait for their order: every thread holds a group until it is whole, beside what it joins."""
KEPT, SCRATCH = "zstd, compression_level 1", "lz4"
"""How tables of the lake and tables of one step are compressed; a higher level costs a third more and saves 5 %."""


WRITTEN = "parquet_version v2, dictionary_size_limit 5000"
"""Version 2 tells a key by its difference from the one before. A column of more values than that has no dictionary: of
names and keys one is only ever begun, and thrown away. Together 7 % less work and 7 % smaller files."""


@cache
def _database(is_sealing: bool) -> duckdb.DuckDBPyConnection:
    """The process's one database in memory; sessions are cursors of it, each with its own temporary views.

    Its own encryption of what it spills needs an extension that does not come with it: sealed rows stay in memory.
    """
    database = duckdb.connect(":memory:")
    database.execute("set allocator_background_threads = true")  # what it freed goes back to the system between queries
    _set(database, "memory_limit", "LOWINCOME_MEMORY_LIMIT", _limit(), "a size such as 500MB or 2GB")
    if threads := os.environ.get("LOWINCOME_THREADS"):
        _set(database, "threads", "LOWINCOME_THREADS", threads, "a whole number from 1 on")
    database.execute(f"set temp_directory = {_text('' if is_sealing else str(_spill()))}")
    if is_sealing:
        from lowincome.sealed_filesystem import SealedFilesystem

        database.execute("set enable_external_file_cache = false")
        database.register_filesystem(SealedFilesystem())
        atexit.register(database.unregister_filesystem, PROTOCOL)
    return database


def _spill() -> Path:
    """Where what does not fit into memory is put: a folder of this process alone, which goes with it.

    What DuckDB writes there is as readable as the umask says, and stays where the process is killed.
    """
    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(aside("spill"))


def _set(database: duckdb.DuckDBPyConnection, option: str, setting: str, value: str, expected: str) -> None:
    try:
        database.execute(f"set {option} = $value", {"value": value})
    except duckdb.Error:
        raise SettingsInvalid(
            what=f"the engine's {option} cannot be set", where=setting, expected=expected, found=value,
            next_step="correct the setting") from None


def _limit() -> str:
    return os.environ.get("LOWINCOME_MEMORY_LIMIT") or "2GB"


@contextmanager
def _session(
    sql: str, inputs: Mapping[str, Input], output: Path | None = None
) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A connection, and the statement over every input that it names; memory is bounded by LOWINCOME_MEMORY_LIMIT.

    SettingsInvalid when, even with what it puts aside on disk, the engine cannot do with so little, or a disk is full:
    that is no fault of the data, and nobody's delivery is refused for it.
    """
    connection, named = _database(keyring() is not None).cursor(), _only_named(sql, inputs)
    try:
        connection.execute("set TimeZone = 'Asia/Shanghai'")
        for name, source in named.items():
            if isinstance(source, pa.Table):
                connection.register(name, source)
        yield connection, _over(named, sql)
    except duckdb.OutOfMemoryException:
        raise SettingsInvalid(
            what="the engine has too little memory, or too little room for what it puts aside", where="the engine",
            expected="a higher LOWINCOME_MEMORY_LIMIT, or more room in the temporary folder", found=_limit(),
            next_step="raise the setting and run the step again; nothing was replaced") from None
    except QueryFailed as error:
        refusal = _out_of_room(error, output) or _refusal(named.values())
        if refusal:
            raise refusal from None
        raise
    finally:
        connection.close()


def _named(sql: str, inputs: Mapping[str, Input]) -> set[str]:
    """The inputs that a SELECT names, itself or through a view: to make a view of each of all would cost more."""
    named = set(re.findall(r"\w+", sql)) & inputs.keys()
    views = [source for name in named if isinstance(source := inputs[name], str)]
    before = {name: source for name, source in inputs.items() if name not in named}
    return named.union(*(_named(view, before) for view in views))


def _only_named(sql: str, inputs: Mapping[str, Input]) -> dict[str, Input]:
    named = _named(sql, inputs)
    return {name: source for name, source in inputs.items() if name in named}


def run_sql(
    sql_file: Path, inputs: Mapping[str, Input], output: Path, compression: str = KEPT, rows_a_group: int = ROWS_A_GROUP
) -> int:
    """Write the file's single SELECT to `output` as Parquet; the number of rows written."""
    return write_query(sql_file.read_text("utf-8"), inputs, output, compression, rows_a_group)


def write_query(
    sql: str, inputs: Mapping[str, Input], output: Path, compression: str = KEPT, rows_a_group: int = ROWS_A_GROUP
) -> int:
    """Write one SELECT to `output` as Parquet; the number of rows written.

    Scratch tables may compress less; a sorted table that is asked for single keys is found faster in smaller groups.
    A kept file has the bytes of its rows and types alone, whatever plan found them; no lock names a scratch table.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if other := scaled_out():
        return int(other.write_query(sql, _only_named(sql, inputs), output, compression, rows_a_group))
    with written_whole(output), _session(sql, inputs, output) as (connection, statement):
        form = f"format parquet, {WRITTEN}, compression {compression}, row_group_size {rows_a_group}"
        told = statement if compression == SCRATCH else _optional(statement)
        (rows,) = connection.execute(f"copy ({told}) to {literal(output)} ({form})").fetchall()[0]
    return int(rows)


def write_in_order(rows: str, order: str, inputs: Mapping[str, Input], output: Path) -> int:
    """Write the rows of one SELECT to `output` as `write_query` does, in `order` (columns of theirs); their number.

    They are put aside in a file beside it first: by the first table of a union the engine (DuckDB 2.0) decides whether
    to sort in memory, and stops where the rest does not fit; what a statement joins it holds beside what it sorts.
    """
    waiting = output.with_name(f"{output.name}.aside")
    try:
        write_query(rows, inputs, waiting, SCRATCH, ROWS_PUT_ASIDE)
        return write_query(f"select * from aside order by {order}", {"aside": [waiting]}, output)
    finally:
        waiting.unlink(missing_ok=True)


def query(sql: str | Path, inputs: Mapping[str, Input]) -> pa.Table:
    """The rows of one SELECT, given as text or as a file, as an Arrow table."""
    text = sql.read_text("utf-8") if isinstance(sql, Path) else sql
    if other := scaled_out():
        return other.query(text, _only_named(text, inputs))
    with _session(text, inputs) as (connection, statement):
        return connection.sql(statement).to_arrow_table()


def alike(files: Sequence[Path]) -> Input:
    """An input of many files that were all written alike: their columns are not compared, so a year opens fast."""
    return Files(files)


def numbered(file: Path, column: str) -> Input:
    """An input whose rows bear, in `column`, their place in the file: known without a scan, by every thread."""
    return Files([file], column)


def count(source: Input) -> int:
    """The number of rows of an input."""
    return int(query("select count(*) as n from t", {"t": source}).column("n")[0].as_py())


def _over(inputs: Mapping[str, Input], sql: str) -> str:
    """The statement with its files and views told before it: as views of the connection each would be planned twice.

    They stand outside of it, for one of its own WITH may bear the name of an input, which then means the former.
    """
    told = {name: bare(source) if isinstance(source, str) else _selected(name, source)
            for name, source in inputs.items() if not isinstance(source, pa.Table)}
    views = ", ".join(f'"{name}" as not materialized (\n{select}\n)' for name, select in told.items())
    return f"with {views} select * from (\n{bare(sql)}\n)" if views else bare(sql)


def _optional(statement: str) -> str:
    """The statement with columns of which no plan knows that they are never null: it would mark them as required.

    TRY is what the plan does not see through; the column is worked out below it, so that an error stays one.
    """
    return f"select try(columns(*)) from (\n{statement}\n)"


def bare(sql: str) -> str:
    """A statement that may stand inside another."""
    return sql.strip().rstrip(";")


def _selected(name: str, source: Sequence[Path] | Files) -> str:
    """The rows of some files."""
    if not source:
        raise ValueError(f"input {name}: no files; pass an empty table of the right schema instead")
    paths = source.paths if isinstance(source, Files) else source
    files = ", ".join(literal(path) for path in paths)
    if not isinstance(source, Files):
        return f"select * from read_parquet([{files}], union_by_name = true, hive_partitioning = false)"
    if source.row_number is None:
        return f"select * from read_parquet([{files}], hive_partitioning = false)"
    rows = f"read_parquet([{files}], file_row_number = true)"
    return f"select * exclude (file_row_number), file_row_number as {source.row_number} from {rows}"


def _out_of_room(error: duckdb.Error, output: Path | None) -> SettingsInvalid | None:
    """Which folder took no more, if that is why a query failed.

    The engine names a file that it writes or puts aside; not one that is sealed, and then nothing is put aside.
    """
    said, written = full(error), re.search(r'write file \\?"([^"\\]+)', str(error))
    file = Path(written[1]) if written else output or Path(tempfile.gettempdir(), "aside")
    return disk_full(file.parent, said) if said else None


def _refusal(inputs: Iterable[Input]) -> AuditFailed | None:
    """Which file was changed or lacks its key, if that is why a query failed: the engine tells only a trace of it."""
    files = (path for source in inputs if not isinstance(source, pa.Table | str)
             for path in (source.paths if isinstance(source, Files) else source))
    try:
        for path in files:
            if path.exists() and is_sealed(path):
                digest(path)
    except AuditFailed as error:
        return error
    return None


def literal(path: Path) -> str:
    """A file as SQL names it."""
    return _text(f"{PROTOCOL}://{path.absolute()}" if keyring() else str(path))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
