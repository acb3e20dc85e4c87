"""Held lists and the person who lets them go: what is asked, and what an answer becomes."""

import hashlib
from collections.abc import Mapping
from typing import Any

from lowincome import steps
from lowincome.deliver import past
from lowincome.deliver.results import read_results
from lowincome.errors import AuditFailed
from lowincome.lake import Lake
from lowincome.settings import read_settings

Answer = Mapping[str, Any]
"""A response as Airflow's approval returns it: `params_input` with the reason, `responded_by_user` with id and name."""


def questions(data_date: str) -> list[dict[str, Any]]:
    """One question for every held list of the newest published day: its facts, and an id that lasts while they do.

    Nobody is asked about an earlier day that is published again: its lists are not worked any more.
    """
    if data_date < past.newest_date(Lake(read_settings().lake).root / "published"):
        return []
    held = {code: listed for code, listed in _lists(data_date).items() if listed["held_because"]}
    return [_question(data_date, code, listed) for code, listed in sorted(held.items())]


def release(data_date: str, district: str, because: str, answer: Answer) -> dict[str, Any]:
    """Let the list go that was asked about.

    AuditFailed without a reason, without a person who may answer, or when the list is no longer held as it was asked.
    """
    who, reason = responder(answer), given_reason(answer)
    if _lists(data_date)[district]["held_because"] != because:
        raise _refused(data_date, district, "the list is not held as it was asked", "answer its newest question")
    return steps.release(data_date, [district], who, reason)


def approvers() -> list[dict[str, str]] | None:
    """Airflow's users who may answer, as its approval takes them; None: whoever Airflow lets."""
    return list(read_settings().approvers) or None


def responder(answer: Answer) -> str:
    """Who answered, by Airflow's name and id."""
    user, allowed = answer["responded_by_user"] or {}, [user["id"] for user in approvers() or []]
    if not user.get("id"):
        raise _refused("approval", "", "nobody is named as the one who answered", "clear `approve` and answer again")
    if allowed and str(user["id"]) not in allowed:
        raise _refused("approval", "", "who answered is not among LOWINCOME_APPROVERS", "let one of them answer")
    return str(user["id"]) if user["name"] == user["id"] else f"{user['name']} ({user['id']})"


def given_reason(answer: Answer) -> str:
    """Why the list may go; never empty."""
    reason = str(answer["params_input"].get("reason") or "").strip()
    if not reason:
        raise _refused("approval", "", "it was approved without a reason", "clear `approve` and answer with one")
    return reason


def _lists(data_date: str) -> dict[str, dict[str, Any]]:
    lists: dict[str, dict[str, Any]] = read_results(read_settings().output / data_date)["worklists"]
    return lists


def _question(data_date: str, code: str, listed: dict[str, Any]) -> dict[str, Any]:
    asked = {"data_date": data_date, "district": code, "name": listed["district"], "because": listed["held_because"]}
    mark = hashlib.sha256(listed["held_because"].encode()).hexdigest()[:8]
    return {"id": f"{data_date}-{code}-{mark}", "facts": asked}


def _refused(data_date: str, district: str, what: str, next_step: str) -> AuditFailed:
    return AuditFailed(what=what, where=f"{data_date} {district}".strip(), next_step=next_step)
