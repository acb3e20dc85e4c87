"""What a transport is given: one source, one day, one landing to write into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from lowincome.errors import SettingsInvalid
from lowincome.sources.connection import Connection
from lowincome.sources.landing import LandingWriter
from lowincome.sources.retry import Patience


class FetchSpec(Protocol):
    """The part of a source's page that transports read."""

    @property
    def id(self) -> str:
        """The source's name."""

    @property
    def transport(self) -> str:
        """Key of TRANSPORTS."""

    @property
    def options(self) -> Mapping[str, Any]:
        """Paths, page sizes, file patterns: all that tells one source of a transport from the next."""


@dataclass(frozen=True)
class Job:
    """One delivery to bring. `since` None asks for the full state; `ticket` is an export asked for before."""

    spec: FetchSpec
    connection: Connection
    data_date: date
    since: date | None
    writer: LandingWriter
    patience: Patience = field(default_factory=Patience)
    ticket: str | None = None

    def option(self, name: str) -> Any:
        """A mandatory option of the source's page."""
        return option(self.spec, name)

    def page_size(self, default: int) -> int:
        """Rows asked for at a time: the connection's, else the page's, else the default."""
        fallback = float(self.spec.options.get("page_size", default))
        return int(self.connection.number("page_size", fallback))


def option(spec: FetchSpec, name: str) -> Any:
    """A mandatory option of a source's page; SettingsInvalid names it when it is not there."""
    if name not in spec.options:
        raise SettingsInvalid(
            what=f"option {name} is missing", where=f"source page {spec.id}", next_step="add it under options"
        )
    return spec.options[name]
