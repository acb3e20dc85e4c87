"""Who is asking: Airflow's user, their place in the staff page, their language. Nobody gets past this unnamed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import unquote

from fastapi import Depends, HTTPException, Request

from lowincome.mask import mask_text
from lowincome.web.desk import Desk, open_desk
from lowincome.web.office import Access, Office
from lowincome.web.staff import Member, find_member
from lowincome.web.words import LANGUAGES

LANGUAGE_COOKIE = "lowincome_language"
REASON_COOKIE = "lowincome_reason"
REASON_LENGTH = (8, 200)
"""Characters of a reason: a word is none, a page is read by nobody."""


class ReasonMissing(Exception):
    """A visitor whose work these cases are not has not said yet why they look."""


class NoRole(Exception):
    """A signed-in user without a role; `is_kept`: Airflow keeps roles, so that the staff page only says districts."""

    def __init__(self, name: str, is_kept: bool) -> None:
        super().__init__(name)
        self.name, self.is_kept = name, is_kept


@dataclass(frozen=True)
class Visitor:
    """One request of one member of the staff."""

    request: Request
    office: Office
    member: Member
    language: str

    @property
    def root(self) -> str:
        """The path under which the pages are mounted."""
        return str(self.request.scope.get("root_path", ""))

    def desk(self) -> Desk:
        """The visitor's view of the newest published day; 404 when there is none."""
        desk = open_desk(self.office, self.member)
        if desk is None:
            raise HTTPException(404)
        return desk

    @property
    def said(self) -> str:
        """The reason that the visitor gave for looking at cases, ID and phone numbers masked; empty: none yet."""
        text = mask_text(unquote(self.request.cookies.get(REASON_COOKIE, "")).strip())
        return text if is_reason(text) else ""

    def log(self, day: date, action: str, subject: str, reason: str, detail: str = "") -> None:
        """Enter a look or an export in the access log, before anything is shown."""
        if self.member.says_why:
            reason, detail = "supervision", f"{self.said} {detail}".strip()[:512]
        self.office.log_access(Access(self.member.name, action, subject, reason, day, detail))


def user_name() -> str:
    """The signed-in user. Replaced by Airflow's own check where the pages are mounted; by itself it admits nobody."""
    raise HTTPException(401)


def user_roles() -> frozenset[str] | None:
    """The roles that Airflow keeps for a user; None: it keeps none. Replaced where the pages are mounted."""
    return None


def visitor(
    request: Request,
    name: Annotated[str, Depends(user_name)],
    roles: Annotated[frozenset[str] | None, Depends(user_roles)],
) -> Visitor:
    """The visitor of a request; a user without a role is told how to get one (403)."""
    office: Office = request.app.state.office
    member = find_member(office.staff, name, roles)
    if member is None:
        raise NoRole(name, roles is not None)
    return Visitor(request, office, member, language_of(request))


def may_open(page: str) -> Callable[..., Visitor]:
    """A dependency that admits visitors whose roles open `page`; others get 403.

    Cases of a worklist are shown to those whose work they are; everybody else has to say why first.
    """

    def check(found: Annotated[Visitor, Depends(visitor)]) -> Visitor:
        if page not in found.member.pages:
            raise HTTPException(403)
        if page == "worklist" and found.member.says_why and not found.said:
            raise ReasonMissing
        return found

    return check


def is_reason(text: str) -> bool:
    """Whether a text can be a reason at all."""
    return REASON_LENGTH[0] <= len(text) <= REASON_LENGTH[1]


def language_of(request: Request) -> str:
    """Asked for in the address, else as chosen before, else Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return asked if asked in LANGUAGES else LANGUAGES[0]
