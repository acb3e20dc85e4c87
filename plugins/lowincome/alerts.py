"""The verbs that hold what is wrong against what engineers were told, and tell them what is new: a message a cause."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from lowincome import causes as words
from lowincome.deliver import past
from lowincome.deliver.alert_message import AlertMessage, alert_message
from lowincome.deliver.recipients import Recipient, read_recipients
from lowincome.deliver.results import read_results
from lowincome.errors import SourceUnavailable
from lowincome.lake import Lake, read_json, write_json
from lowincome.register import alerts as register
from lowincome.register import ledger
from lowincome.settings import Settings, read_settings
from lowincome.shanghai import SHANGHAI, local
from lowincome.sources import spec as source_pages
from lowincome.trouble import Cause, of_sources, records

LOOKED = ("missing", "refused", "stale", "held", "unpublished")
"""What a look finds; the other kinds are told by the task that meets them (`stand`)."""
OPERATIONS = "operations"
"""Under this name LOWINCOME_RECIPIENTS has the engineers' addresses."""
RECORDED_DAYS = 31
REGISTER: dict[str, Any] = {"kind": "register", "about": {"LOWINCOME_REGISTER_URL": "no answer"}}
Say = Callable[[Mapping[str, Any]], bool]
Send = Callable[[AlertMessage, Recipient | None], bool]
"""Send one message; whether there was anybody to send it to. SourceUnavailable when it could not be sent."""


def look(now: datetime) -> dict[str, str]:
    """Open, change and close the causes of the sources' days and of publication, as they are now; event by kind.

    now: with its zone. Only the newest day that was frozen counts, so that a source may still come before the day.
    """
    settings = read_settings()
    found = [*_source_causes(Lake(settings.lake)), *publication_causes(settings, now.astimezone(SHANGHAI))]
    return _enter(settings, now, LOOKED, {cause.kind: cause for cause in found})


def stand(kind: str, found: str | None, now: datetime) -> dict[str, str]:
    """A task met a cause (what it found), or met none (None), which closes it."""
    causes = {} if found is None else {kind: Cause(kind, {"maintenance": found})}
    return _enter(read_settings(), now, [kind], causes)


def tell(channel: str, send: Send, now: datetime, runbook: str) -> dict[str, int]:
    """Tell through one channel what it has not told yet. SourceUnavailable leaves the rest for the next try.

    That the register does not answer is told too, once, and raised; a receipt in the lake remembers it meanwhile.
    """
    settings = read_settings()
    lake, engineers = Lake(settings.lake), read_recipients(settings.recipients).get(OPERATIONS)
    receipt = lake.root / "told" / "register" / f"{channel}.json"

    def say(event: Mapping[str, Any]) -> bool:
        return send(_message(event, runbook), engineers)

    with lake.alone(f"alerts-{channel}"):
        try:
            with ledger.opened(settings.register_url) as engine:
                _register_answers(receipt, say)
                return _tell_untold(engine, channel, say, _utc(now))
        except OperationalError as error:
            _register_is_silent(receipt, say, _utc(now))
            raise SourceUnavailable(
                what="the register does not answer", where=f"alerts by {channel}", found=type(error.orig).__name__,
                next_step="see docs/runbook.md#register") from None


def _tell_untold(engine: Engine, channel: str, say: Say, at: datetime) -> dict[str, int]:
    total = {"told": 0, "nobody_to_tell": 0}
    for event in register.untold(engine, channel):
        is_sent = say(event)
        total["told" if is_sent else "nobody_to_tell"] += 1
        if is_sent:
            register.told(engine, event["alert_no"], channel, at)
    return total


def _register_is_silent(receipt: Path, say: Say, at: datetime) -> None:
    if not receipt.exists() and say({"event": "opened", "since": at} | REGISTER):
        write_json(receipt, {"since": at.isoformat()})


def _register_answers(receipt: Path, say: Say) -> None:
    if receipt.exists():
        say({"event": "closed", "since": datetime.fromisoformat(read_json(receipt)["since"])} | REGISTER)
        receipt.unlink()


def _source_causes(lake: Lake) -> Iterator[Cause]:
    frozen = sorted(path.parent.name for path in (lake.root / "runs").glob("*/run.lock.json"))
    pages = source_pages.registry()
    known = {source: days for source, days in records(lake, RECORDED_DAYS).items() if source in pages}
    if frozen:
        yield from of_sources(known, date.fromisoformat(frozen[-1]), {name: pages[name].max_age for name in known})


def publication_causes(settings: Settings, now: datetime) -> Iterator[Cause]:
    """Lists of the newest published day that wait, and a day that is due and not published; none before the first."""
    published = past.newest_date(Lake(settings.lake).root / "published")
    if not published:
        return
    lists = read_results(settings.output / published)["worklists"]
    held = {f"{code} {entry['district']}": entry["held_because"] for code, entry in sorted(lists.items())
            if entry["held_because"]}
    due = due_day(now, settings.publish_by).isoformat()
    if held:
        yield Cause("held", held)
    if published < due:
        yield Cause("unpublished", {due: published})


def due_day(now: datetime, publish_by: time) -> date:
    """The newest data date that must be published: yesterday once the hour has come, else the day before."""
    return now.date() - timedelta(days=1 if now.time() >= publish_by else 2)


def _enter(settings: Settings, now: datetime, looked: Any, causes: Mapping[str, Cause]) -> dict[str, str]:
    with ledger.opened(settings.register_url) as engine:
        return {row["kind"]: row["event"] for row in register.enter(engine, _utc(now), looked, causes)}


def _message(event: Mapping[str, Any], runbook: str) -> AlertMessage:
    since = local(event["since"])
    pages = source_pages.registry()
    about = {_title(pages[name]) if name in pages else name: _in_words(found) for name, found in event["about"].items()}
    return alert_message(event["event"], event["kind"], f"{since:%Y-%m-%d %H:%M}", about, runbook)


def _title(page: source_pages.SourceSpec) -> str:
    return f"{page.title_zh} {page.title} ({page.id})"


def _in_words(found: str) -> str:
    """What was found as it was told, with what is known of it in Chinese before it."""
    return "；".join(part for part in (words.sentence(found)["zh"], found) if part)


def _utc(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(tzinfo=None)
