"""python -m lowincome <verb>: the same steps as the DAGs, without Airflow, with a progress display."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from lowincome import chain_verbs, ingest, inquiry, key_verbs, linkage_verbs, steps, trace_verbs
from lowincome.collect import collect
from lowincome.errors import PipelineError, SourceUnavailable
from lowincome.rules.recompute import recompute
from lowincome.shanghai import SHANGHAI
from lowincome.sources.spec import registry


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when done, 1 when a step failed (its message says what to do next)."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True, markup=False, emoji=False)  # a publisher's brackets and colons are text
    try:
        options.verb(options, console)
    except PipelineError as error:
        console.print(Text(type(error).__name__, "bold red"), str(error), highlight=False)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lowincome", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="verb")
    run = _verb(verbs, "run", _run, "fetch every source and publish the day")
    run.add_argument("--days", type=int, default=1, help="consecutive data dates, beginning with --data-date")
    run.add_argument("--no-fetch", action="store_true", help="use what was landed before")
    for step in steps.DAY:
        _verb(verbs, step.__name__, _single(step), str(step.__doc__))
    for name, of_source in (("fetch", ingest.fetch), ("standardise", ingest.standardise)):
        verb = _verb(verbs, name, _single_source(of_source), str(of_source.__doc__))
        verb.add_argument("--source", required=True, choices=sorted(registry()))
    accept = _verb(verbs, "accept-shrink", _accept_shrink, str(ingest.accept_shrink.__doc__))
    for name in ("--source", "--who", "--reason"):
        accept.add_argument(name, required=True)
    release = _verb(verbs, "release", _release, str(steps.release.__doc__))
    release.add_argument("--district", required=True, action="append", help="district code; may be given again")
    for name in ("--who", "--reason"):
        release.add_argument(name, required=True)
    _add_inquiry(verbs)
    linkage_verbs.add_verbs(verbs, _verb)
    chain_verbs.add_verbs(verbs)
    key_verbs.add_verbs(verbs)
    trace_verbs.add_verbs(verbs)
    collecting = verbs.add_parser("collect", help="import filled worklists", description=str(collect.__doc__))
    collecting.set_defaults(verb=lambda options, console: console.print(collect(_now().isoformat())))
    return parser


def _add_inquiry(verbs: Any) -> None:
    explain = _verb(verbs, "explain", _explain, str(inquiry.explain.__doc__))
    explain.add_argument("--rule", required=True, help="a rule's id, such as A01")
    subject = explain.add_mutually_exclusive_group(required=True)
    subject.add_argument("--household", dest="subject", help="a household's id, or a source's key of it")
    subject.add_argument("--person", dest="subject", help="a person's id, or the key of one of their records")
    rehearse = verbs.add_parser("rehearse", help="what changed parameters or rules would do to past days")
    rehearse.add_argument("--parameters", required=True, nargs="+", help="pages that replace those of the same name")
    rehearse.add_argument("--from", dest="first", required=True, type=_iso_date, help="first data date")
    rehearse.add_argument("--to", dest="last", required=True, type=_iso_date, help="last data date")
    rehearse.set_defaults(verb=_rehearse)


def _verb(verbs: Any, name: str, function: Callable[..., None], text: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=text.split(".")[0], description=text)
    verb.add_argument("--data-date", required=True, type=_iso_date, help="the day the data describes, yyyy-mm-dd")
    verb.set_defaults(verb=function)
    return verb


def _iso_date(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _single(step: Callable[[str], dict[str, Any]]) -> Callable[..., None]:
    return lambda options, console: console.print(step(options.data_date))


def _single_source(step: Callable[..., dict[str, Any]]) -> Callable[..., None]:
    return lambda options, console: console.print(step(options.source, options.data_date))


def _accept_shrink(options: argparse.Namespace, console: Console) -> None:
    console.print(ingest.accept_shrink(options.source, options.data_date, options.who, options.reason))


def _release(options: argparse.Namespace, console: Console) -> None:
    console.print(steps.release(options.data_date, options.district, options.who, options.reason))


def _explain(options: argparse.Namespace, console: Console) -> None:
    """The sentence for people, the JSON for machines."""
    found = inquiry.explain(options.data_date, options.rule, options.subject)
    console.print(f"{options.rule} {recompute(found)}: {found['sentence_zh']}\n{found['sentence_en']}", highlight=False)
    print(json.dumps(found, ensure_ascii=False, indent=1))


def _rehearse(options: argparse.Namespace, console: Console) -> None:
    report = inquiry.rehearse(options.first, options.last, options.parameters)
    for title, rows in (("flags that would differ", report["flags"]), ("visits a day", report["visits"])):
        table = Table(*(rows[0] if rows else ["none"]), title=title, title_justify="left")
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        console.print(table)


def _run(options: argparse.Namespace, console: Console) -> None:
    first = date.fromisoformat(options.data_date)
    for offset in range(options.days):
        _one_day((first + timedelta(days=offset)).isoformat(), not options.no_fetch, console)


def _one_day(data_date: str, is_fetching: bool, console: Console) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(data_date, total=len(registry()) + len(steps.DAY))
        for source in registry():
            progress.update(task, description=f"{data_date} {source}")
            _ingest(source, data_date, is_fetching, console)
            progress.advance(task)
        for step in steps.DAY:
            progress.update(task, description=f"{data_date} {step.__name__}")
            result = step(data_date)
            progress.advance(task)
    console.print(f"{data_date} {result['state']}: {result['folder']}", highlight=False)


def _ingest(source: str, data_date: str, is_fetching: bool, console: Console) -> None:
    """A source that cannot be had degrades the day; it does not stop it."""
    try:
        if is_fetching:
            ingest.fetch(source, data_date)
        record = ingest.standardise(source, data_date)
    except PipelineError as error:
        waits = isinstance(error, SourceUnavailable)
        console.print(Text(f"{source} {'late' if waits else 'failed'}", "yellow"), str(error), highlight=False)
        record = ingest.missing(source, data_date, str(error))
    counts = {key: record[key] for key in ("state", "rows_in", "kept", "quarantined", "refused")}
    console.print(f"{data_date} {source} {counts}", highlight=False)


def _now() -> datetime:
    return datetime.now(SHANGHAI)


if __name__ == "__main__":
    sys.exit(main())
