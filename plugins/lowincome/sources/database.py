"""A source that is a database (the bureau's roster): all tables in one read-only, repeatable-read transaction.

Rows are streamed in chunks from a server-side cursor into Parquet, so neither side holds a table in memory,
and plain reads under MVCC keep no user waiting.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from lowincome.errors import ContractBroken
from lowincome.sources.connection import Connection, invalid
from lowincome.sources.job import Job
from lowincome.sources.landing import Delivery
from lowincome.sources.redact import safe_text
from lowincome.sources.retry import Transient
from sqlalchemy import exc

CHUNK = 20_000
POSTGRESQL, OUR_DRIVER = "postgres", "postgresql+psycopg"
"""How any PostgreSQL URL begins, and the one driver of it that is installed here."""
OWN_SETTINGS = ("sqlalchemy_url", "page_size")
"""Of `extra`: what this transport reads and no driver knows."""
DENIED = ("28", "3D", "42")  # SQLSTATE classes: authorisation, no such database, no such object or no right
DENIALS = ("authentication failed", "does not exist", "no pg_hba.conf entry", "permission denied")
_Read = tuple[sa.Column[Any], pa.DataType, Callable[[Any], Any]]


def fetch(job: Job) -> Delivery:
    """Every table of the source as of one moment, one Parquet file a table; always the full state."""
    return job.patience.run(job.spec.id, lambda: _fetch_once(job))


def database_url(connection: Connection) -> sa.URL:
    """`extra.sqlalchemy_url`, else the connection's own fields as a URL; PostgreSQL's with our own driver."""
    text = connection.extra.get("sqlalchemy_url")
    try:
        url = sa.make_url(str(text)) if text else _own_url(connection)
    except (exc.ArgumentError, ValueError):
        raise invalid(connection.conn_id, "the database URL cannot be read", "correct sqlalchemy_url") from None
    return url.set(drivername=OUR_DRIVER) if url.drivername.startswith(POSTGRESQL) else url


def _own_url(connection: Connection) -> sa.URL:
    """As Airflow writes it: what a URI's query says, such as `sslmode`, stands in `extra` as text."""
    if connection.conn_type == "sqlite":
        return sa.URL.create("sqlite", database=connection.host or connection.schema)
    query = {name: value for name, value in connection.extra.items()
             if isinstance(value, str) and name not in OWN_SETTINGS}
    return sa.URL.create(
        connection.conn_type, connection.login or None, connection.password or None, connection.host or None,
        connection.port, connection.schema or None, query,
    )


def _fetch_once(job: Job) -> Delivery:
    job.writer.discard()
    url = database_url(job.connection)
    tables = job.option("tables")
    with _faults(job, url), _transaction(job.connection, url) as transaction:
        totals = {table["part"]: _land_table(job, transaction, table["table"], table["part"]) for table in tables}
    return Delivery(None, f"{url.get_backend_name()}://{url.host or ''}/{Path(url.database or '').name}", totals)


@contextmanager
def _transaction(connection: Connection, url: sa.URL) -> Iterator[sa.Connection]:
    """One moment of the database, read-only. SQLite: one BEGIN on a file opened for reading."""
    engine = _engine(connection, url)
    try:
        with engine.connect() as opened:
            is_sqlite = engine.dialect.name == "sqlite"
            isolation = {} if is_sqlite else {"isolation_level": "REPEATABLE READ"}
            read_only = {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}
            session = opened.execution_options(**isolation, **read_only)
            with session.begin():
                yield session
    finally:
        engine.dispose()


def _engine(connection: Connection, url: sa.URL) -> sa.Engine:
    try:
        if url.get_backend_name() != "sqlite":
            return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
        _must_exist(connection, url)
        engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True)
    except (exc.ArgumentError, ImportError):
        raise invalid(connection.conn_id, "the database driver is not known here", "correct sqlalchemy_url") from None
    sa.event.listen(engine, "connect", _sqlite_reads_only)
    sa.event.listen(engine, "begin", lambda opened: opened.exec_driver_sql("BEGIN"))
    return engine


def _must_exist(connection: Connection, url: sa.URL) -> None:
    """SQLite would make a missing file, and answer that it is empty."""
    if not Path(url.database or "").is_file():
        raise Transient("the database file is not there")


def _sqlite_reads_only(dbapi: Any, record: object) -> None:
    dbapi.isolation_level = None  # the driver must not begin or end transactions of its own
    dbapi.execute("PRAGMA query_only = ON")


def _land_table(job: Job, transaction: sa.Connection, table: str, part: str) -> int:
    """One table in chunks; the number of rows."""
    schema, _, name = table.rpartition(".")
    reflected = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=transaction)
    reads = [_read(column) for column in reflected.columns]
    arrow = pa.schema([pa.field(column.name, kind) for column, kind, _ in reads])
    query = sa.select(*(_as_stored(column, transaction.dialect.name) for column, _, _ in reads))
    options = {"stream_results": True, "yield_per": int(job.connection.number("page_size", CHUNK))}
    rows = 0
    with job.writer.file(f"{part}.parquet", part) as sink:
        with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), arrow, compression="zstd") as writer:
            for chunk in _chunks(job, table, transaction.execute(query, execution_options=options)):
                writer.write_batch(_batch(job, table, reads, arrow, chunk))
                rows += len(chunk)
        sink.rows = rows
    return rows


def _chunks(job: Job, table: str, result: sa.Result[Any]) -> Iterator[Sequence[sa.Row[Any]]]:
    """Rows as the driver reads them; what it cannot read is named by its table only."""
    chunks = result.partitions()
    while True:
        with _unfit_values(f"{job.spec.id} {table}"):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


def _batch(
    job: Job, table: str, reads: list[_Read], arrow: pa.Schema, chunk: Sequence[sa.Row[Any]]
) -> pa.RecordBatch:
    """Rows as columns of the database's own types."""
    arrays = []
    for (column, kind, convert), values in zip(reads, zip(*chunk, strict=True), strict=True):
        with _unfit_values(f"{job.spec.id} {table}.{column.name}", str(kind)):
            arrays.append(pa.array([None if value is None else convert(value) for value in values], kind))
    return pa.RecordBatch.from_arrays(arrays, schema=arrow)


@contextmanager
def _unfit_values(where: str, expected: str = "") -> Iterator[None]:
    """The libraries' own words would quote the value."""
    try:
        yield
    except (pa.ArrowException, ValueError, TypeError, ArithmeticError):
        raise ContractBroken(
            what="a value is not of its column's type", where=where, expected=expected,
            next_step="ask the database's keeper; the landing is refused",
        ) from None


def _read(column: sa.Column[Any]) -> _Read:
    """How a column's SQL type is kept: money as decimal, dates as dates, codes as text, the unknown as text."""
    kind = column.type
    if isinstance(kind, sa.Float):
        return column, pa.float64(), float
    if isinstance(kind, sa.Numeric):
        scale = 9 if kind.scale is None else kind.scale
        return column, pa.decimal128(kind.precision or 38, scale), lambda value: _decimal(value, scale)
    if isinstance(kind, sa.DateTime):
        return column, pa.timestamp("us", "Asia/Shanghai" if kind.timezone else None), _same
    for sql, arrow in ((sa.Boolean, pa.bool_()), (sa.Integer, pa.int64()), (sa.Date, pa.date32())):
        if isinstance(kind, sql):
            return column, arrow, _same
    return column, pa.string(), str


def _as_stored(column: sa.Column[Any], dialect: str) -> sa.ColumnElement[Any]:
    """SQLAlchemy rounds SQLite's numbers to the column's scale without a word; take them as they are."""
    is_rounded = dialect == "sqlite" and isinstance(column.type, sa.Numeric)
    return sa.type_coerce(column, sa.Float(asdecimal=False)).label(column.name) if is_rounded else column


def _decimal(value: Any, scale: int) -> Decimal:
    """Exact to the column's scale: SQLite hands money over as binary floats."""
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    rounded = number.quantize(Decimal(1).scaleb(-scale))
    if rounded != number:
        raise ValueError("more digits than the column has")
    return rounded


def _same(value: Any) -> Any:
    return value


@contextmanager
def _faults(job: Job, url: sa.URL) -> Iterator[None]:
    """Sort what a driver throws by its SQLSTATE; the statement and its values stay out."""
    try:
        yield
    except exc.NoSuchTableError as error:
        raise _lacking(job, f"no table {error.args[0]}") from None
    except exc.DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", "") or "")
        said = safe_text(error.orig, [url.password or ""]) if _may_show(error) else ""
        found = f"{type(error.orig).__name__} {state} {said}".strip()
        if state[:2] in DENIED or _is_lasting(error) or any(words in said for words in DENIALS):
            raise _lacking(job, found) from None
        raise Transient(found) from None


def _may_show(error: exc.DBAPIError) -> bool:
    """Data errors quote values; connection and permission errors do not."""
    return isinstance(error, exc.OperationalError | exc.ProgrammingError)


def _is_lasting(error: exc.DBAPIError) -> bool:
    return isinstance(error, exc.ProgrammingError | exc.DataError | exc.NotSupportedError | exc.IntegrityError)


def _lacking(job: Job, found: str) -> ContractBroken:
    return ContractBroken(
        what="the database refuses or lacks what was agreed", where=job.spec.id, found=found,
        next_step="ask the database's keeper for the tables and a read-only right to them",
    )
