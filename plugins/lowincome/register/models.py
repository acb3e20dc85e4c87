"""Tables of the register. Rows are only ever added; the state of a flag is derived from its events."""

from datetime import date

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """Metadata of the register."""


class RegisterDay(Base):
    """One entry of a data date. A day run again is a new revision; the earlier one stays readable."""

    __tablename__ = "register_day"
    data_date: Mapped[date] = mapped_column(Date, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(String(64))
    flags_new: Mapped[int] = mapped_column(Integer)
    flags_open: Mapped[int] = mapped_column(Integer)
    flags_held: Mapped[int] = mapped_column(Integer)
    flags_closed: Mapped[int] = mapped_column(Integer)


class Flag(Base):
    """One episode of one subject and rule. The id follows from rule, subject and first day."""

    __tablename__ = "flag"
    flag_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[str] = mapped_column(String(32))
    first_seen: Mapped[date] = mapped_column(Date)
    __table_args__ = (UniqueConstraint("rule_id", "subject_id", "first_seen"),)


class FlagEvent(Base):
    """A transition of an episode: opened, held, released, certainty or closed. Grain: flag, day, revision."""

    __tablename__ = "flag_event"
    flag_id: Mapped[str] = mapped_column(ForeignKey("flag.flag_id"), primary_key=True)
    data_date: Mapped[date] = mapped_column(Date, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    event: Mapped[str] = mapped_column(String(16))
    certainty: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    household_id: Mapped[str | None] = mapped_column(String(32))
    person_id: Mapped[str | None] = mapped_column(String(32))
    rule_version: Mapped[int] = mapped_column(Integer)
    direction: Mapped[str] = mapped_column(String(1))
    district: Mapped[str | None] = mapped_column(String(6))
    __table_args__ = (Index("ix_flag_event_day", "data_date", "revision"),)
