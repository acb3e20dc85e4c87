"""What people decide about identity: recorded once, approved by a second person, withdrawn but never changed.

SAME and DIFFERENT are in force once somebody other than the author approved them, and until they are withdrawn;
UNSURE needs no approval, for it changes nothing but the queue. Of one pair the newest judgement in force rules.
IDs and phones that somebody writes into a reason are masked before it is recorded.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, create_engine, select

from lowincome.errors import ContractBroken
from lowincome.mask import mask_text
from lowincome.register import chain
from lowincome.register.models import Judgement, JudgementReview
from lowincome.register.turn import take_turn

VERDICTS = ("SAME", "DIFFERENT", "UNSURE")
APPROVED, WITHDRAWN = "APPROVED", "WITHDRAWN"
Row = dict[str, Any]


def propose(url: str, anchors: tuple[str, str], verdict: str, author: str, reason: str, at: datetime) -> int:
    """Record what somebody decided of two records; its number. Raises ContractBroken when it cannot be one."""
    left, right = sorted(anchors)
    if verdict not in VERDICTS or left == right or not author.strip() or not reason.strip():
        raise ContractBroken(
            what="not a judgement",
            where="judgement",
            expected=f"two records, an author, a reason and one of {', '.join(VERDICTS)}",
            next_step="give all of them",
        )
    row: Row = {"left_anchor": left, "right_anchor": right, "verdict": verdict}
    row |= {"author": author, "reason": mask_text(reason), "decided_at": at}
    added = _write(url, lambda to: chain.add(to, Judgement, [row]))
    return int(added[0]["judgement_id"])


def approve(url: str, judgement_id: int, person: str, reason: str, at: datetime) -> None:
    """A second person approves. Raises ContractBroken for the author, an unknown number or a second approval."""
    _write(url, lambda to: _review(to, judgement_id, APPROVED, person, reason, at))


def withdraw(url: str, judgement_id: int, person: str, reason: str, at: datetime) -> None:
    """Undo: from the next freeze on everything is as if the judgement had not been. Raises ContractBroken as above."""
    _write(url, lambda to: _review(to, judgement_id, WITHDRAWN, person, reason, at))


def in_force(url: str) -> list[Row]:
    """The newest judgement in force of every pair, by its number; UNSURE among them."""
    newest: dict[tuple[str, str], Row] = {}
    for row in every(url):
        is_in_force = row["verdict"] == "UNSURE" or row["approved_by"] is not None
        if is_in_force and row["withdrawn_by"] is None:
            newest[row["left_anchor"], row["right_anchor"]] = row
    return sorted(newest.values(), key=lambda row: int(row["judgement_id"]))


def every(url: str) -> list[Row]:
    """All judgements in the order of their coming, with who approved and who withdrew them."""
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [dict(row) for row in connection.execute(select(Judgement.__table__)).mappings()]
        reviews = list(connection.execute(select(JudgementReview.__table__)).mappings())
    engine.dispose()
    done = {(review["judgement_id"], review["action"]): review["person"] for review in reviews}
    for row in rows:
        row["approved_by"] = done.get((row["judgement_id"], APPROVED))
        row["withdrawn_by"] = done.get((row["judgement_id"], WITHDRAWN))
    return sorted(rows, key=lambda row: int(row["judgement_id"]))


def _write(url: str, change: Any) -> Any:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            take_turn(connection)
            return change(connection)
    finally:
        engine.dispose()


def _review(connection: Connection, number: int, action: str, person: str, reason: str, at: datetime) -> None:
    author = connection.execute(select(Judgement.author).where(Judgement.judgement_id == number)).scalar()
    known = select(JudgementReview.action).where(JudgementReview.judgement_id == number)
    done = {row.action for row in connection.execute(known)}
    if author is None or action in done or WITHDRAWN in done or (action == APPROVED and person == author):
        raise ContractBroken(
            what=f"judgement {number} cannot be {action.lower()} by this person",
            where="judgement",
            expected="a known judgement, not withdrawn, reviewed once, approved by another than its author",
            next_step="list the judgements: python -m lowincome judgements",
        )
    row = {"judgement_id": number, "action": action, "person": person, "reason": mask_text(reason), "reviewed_at": at}
    chain.add(connection, JudgementReview, [row])
