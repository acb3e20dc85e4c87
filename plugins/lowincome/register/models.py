"""Tables of the register. Rows are only ever added; the state of a flag is derived from its events."""

from datetime import date, datetime

from sqlalchemy import Date, DateTime, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ROWS_AT_A_TIME = 10_000
"""How many rows of a long answer are in memory."""


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
    events_sha256: Mapped[str] = mapped_column(String(64))


class Flag(Base):
    """One episode of one subject and rule. The id follows from rule, subject and first day."""

    __tablename__ = "flag"
    flag_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[str] = mapped_column(String(32))
    first_seen: Mapped[date] = mapped_column(Date)
    __table_args__ = (
        UniqueConstraint("rule_id", "subject_id", "first_seen"),
        Index("ix_flag_subject", "subject_id"),
    )


class FlagEvent(Base):
    """A transition of an episode: opened, held, certainty, moved or closed. Grain: flag, day, revision.

    moved: to the id to which that of its subject leads since a merge, or back home.
    """

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


class Disposition(Base):
    """What a caseworker found about one flag. Append-only: the newest answer of a flag is in force.

    `list_date` is the worklist that was answered; `counts_from` the first data date whose list the answer shapes.
    """

    __tablename__ = "disposition"
    disposition_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    flag_id: Mapped[str] = mapped_column(ForeignKey("flag.flag_id"), index=True)
    finding: Mapped[str] = mapped_column(String(16))
    visited_on: Mapped[date] = mapped_column(Date)
    remark: Mapped[str] = mapped_column(Text)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[datetime] = mapped_column(DateTime)
    channel: Mapped[str] = mapped_column(String(16))
    list_date: Mapped[date] = mapped_column(Date)
    counts_from: Mapped[date] = mapped_column(Date, index=True)


class AnsweredSubject(Base):
    """An id that was one with the subject of an answered flag, on the list that was answered. Grain: answer and id.

    An answer counts, and is shown, while all that it was about are one.
    """

    __tablename__ = "answered_subject"
    disposition_id: Mapped[int] = mapped_column(ForeignKey("disposition.disposition_id"), primary_key=True)
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)


class AnswerFile(Base):
    """A filled workbook that was imported, known by its digest: the same file again changes nothing."""

    __tablename__ = "answer_file"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    received_at: Mapped[datetime] = mapped_column(DateTime)
    rows: Mapped[int] = mapped_column(Integer)
    recorded: Mapped[int] = mapped_column(Integer)
    rejected: Mapped[int] = mapped_column(Integer)


class AccessEntry(Base):
    """One look at personal data on the pages, or one export. Times are UTC. subject: an item, districts or a file."""

    __tablename__ = "access_log"
    entry_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)
    user_name: Mapped[str] = mapped_column(String(128))
    action: Mapped[str] = mapped_column(String(16))
    subject: Mapped[str] = mapped_column(String(256))
    reason: Mapped[str] = mapped_column(String(16))
    data_date: Mapped[date] = mapped_column(Date)
    detail: Mapped[str] = mapped_column(String(512))
    __table_args__ = (
        Index("ix_access_log_subject", "subject"),
        Index("ix_access_log_action", "action", "data_date"),
    )


class Judgement(Base):
    """What a person decided of two source records: SAME, DIFFERENT or UNSURE. Append-only; the newest of a pair rules.

    Records are named by anchors that stay the same from day to day and hold no personal data; the lower stands left.
    """

    __tablename__ = "judgement"
    judgement_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    left_anchor: Mapped[str] = mapped_column(String(128), index=True)
    right_anchor: Mapped[str] = mapped_column(String(128))
    verdict: Mapped[str] = mapped_column(String(16))
    author: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(DateTime)


class JudgementReview(Base):
    """What became of a judgement: APPROVED by a second person, or WITHDRAWN. Once each."""

    __tablename__ = "judgement_review"
    judgement_id: Mapped[int] = mapped_column(ForeignKey("judgement.judgement_id"), primary_key=True)
    action: Mapped[str] = mapped_column(String(16), primary_key=True)
    person: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    reviewed_at: Mapped[datetime] = mapped_column(DateTime)


class Alert(Base):
    """A cause of trouble (trouble.KINDS) was opened, changed or closed. Grain: one such event. Times are UTC.

    mark tells whether anything new is to be said; about holds what is said: JSON, name → what is found there.
    """

    __tablename__ = "alert"
    alert_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    event: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(DateTime)
    mark: Mapped[str] = mapped_column(String(64))
    about: Mapped[str] = mapped_column(Text)


class AlertTold(Base):
    """An event of a cause was told to engineers through a channel, once."""

    __tablename__ = "alert_told"
    alert_no: Mapped[int] = mapped_column(ForeignKey("alert.alert_no"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)


class AuditEntry(Base):
    """One link of the audit chain (register/chain.py): what was sealed, the digest of its content, the running hash."""

    __tablename__ = "audit_entry"
    entry_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    row_key: Mapped[str] = mapped_column(String(160))
    algorithm: Mapped[str] = mapped_column(String(8))
    content: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_entry_row", "kind", "row_key"),)


class AuditHead(Base):
    """The one row that says where the chain ends; the only row of the register that changes."""

    __tablename__ = "audit_head"
    head_no: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry_no: Mapped[int] = mapped_column(Integer)
    hash: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(8))
