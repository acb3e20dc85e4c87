"""The bureau's own database: four tables behind any SQLAlchemy URL, in the state of a chosen day."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    CHAR,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
)

from sandbox.timeline import Row, end_of
from sandbox.world import World

CHUNK = 5000
METADATA = MetaData()
HOUSEHOLD = Table(
    "assist_household", METADATA,
    Column("household_no", String(20), primary_key=True), Column("programme", String(2), nullable=False),
    Column("urban_rural", String(10)), Column("area_code", String(12)), Column("approved_on", Date, nullable=False),
    Column("status", String(10), nullable=False), Column("ended_on", Date), Column("monthly_amount", Numeric(12, 2)),
    Column("review_class", String(2)), Column("next_review_on", Date), Column("gradual_exit_until", Date),
    Column("updated_at", DateTime, nullable=False))
MEMBER = Table(
    "assist_member", METADATA,
    Column("household_no", String(20), primary_key=True),
    Column("member_no", Integer, primary_key=True, autoincrement=False), Column("name", String(60)),
    Column("id_no", String(30)), Column("relation", String(2)), Column("sex", String(1)), Column("birth_date", Date),
    Column("phone", String(20)), Column("address", String(200)), Column("work_ability", String(2)),
    Column("single_person_dibao", Boolean), Column("left_on", Date), Column("updated_at", DateTime, nullable=False))
PAYMENT = Table(
    "assist_payment", METADATA,
    Column("household_no", String(20), primary_key=True), Column("month", CHAR(6), primary_key=True),
    Column("amount", Numeric(12, 2), nullable=False), Column("paid_on", Date, primary_key=True))
SUBSIDY = Table(
    "disability_subsidy", METADATA,
    Column("subsidy_no", String(20), primary_key=True), Column("id_no", String(30)), Column("name", String(60)),
    Column("kind", String(10), nullable=False), Column("monthly_amount", Numeric(12, 2)),
    Column("status", String(10), nullable=False), Column("start_month", CHAR(6), nullable=False),
    Column("end_month", CHAR(6)), Column("updated_at", DateTime, nullable=False))


def write_roster(url: str, world: World, as_of: date) -> dict[str, int]:
    """Replace the four tables by the state at the end of `as_of`, in one transaction; rows by table."""
    builder, end = world.builder, end_of(as_of)
    states: dict[Table, Iterable[Row]] = {
        HOUSEHOLD: (v.value for _, v in builder.coverages.before(end)),
        MEMBER: (v.value for _, v in builder.roster_members.before(end)),
        PAYMENT: (row for row in builder.payments if row["paid_on"] <= as_of),
        SUBSIDY: (v.value for _, v in builder.subsidies.before(end))}
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            METADATA.create_all(connection)
            return {table.name: _replace(connection, table, rows) for table, rows in states.items()}
    finally:
        engine.dispose()


def _replace(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    connection.execute(table.delete())
    records = [_in_yuan(row) for row in rows]
    for start in range(0, len(records), CHUNK):
        connection.execute(table.insert(), records[start:start + CHUNK])
    return len(records)


def _in_yuan(row: Row) -> dict[str, Any]:
    money = {name: Decimal(row[name]) / 100 for name in ("monthly_amount", "amount") if row.get(name) is not None}
    return row | money
