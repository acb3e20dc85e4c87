"""python -m lowincome <verb>: the same steps as the DAGs, without Airflow, with a progress display."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from lowincome import steps
from lowincome.errors import PipelineError, SourceUnavailable
from lowincome.sources.spec import registry


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; 0 when done, 1 when a step failed (its message says what to do next)."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True)
    try:
        options.verb(options, console)
    except PipelineError as error:
        console.print(f"[bold red]{type(error).__name__}[/] {error}", highlight=False)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lowincome", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="verb")
    run = _verb(verbs, "run", _run, "fetch every source and publish the day")
    run.add_argument("--days", type=int, default=1, help="consecutive data dates, beginning with --data-date")
    run.add_argument("--no-fetch", action="store_true", help="use what was landed before")
    for name in ("freeze", "resolve", "assemble", "evaluate", "register", "prepare_pages", "publish"):
        _verb(verbs, name, _single(getattr(steps, name)), str(getattr(steps, name).__doc__))
    for name in ("fetch", "standardise"):
        verb = _verb(verbs, name, _single_source(getattr(steps, name)), str(getattr(steps, name).__doc__))
        verb.add_argument("--source", required=True, choices=sorted(registry()))
    accept = _verb(verbs, "accept-shrink", _accept_shrink, str(steps.accept_shrink.__doc__))
    for name in ("--source", "--who", "--reason"):
        accept.add_argument(name, required=True)
    release = _verb(verbs, "release", _release, str(steps.release.__doc__))
    release.add_argument("--district", required=True, action="append", help="district code; may be given again")
    for name in ("--who", "--reason"):
        release.add_argument(name, required=True)
    return parser


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
    console.print(steps.accept_shrink(options.source, options.data_date, options.who, options.reason))


def _release(options: argparse.Namespace, console: Console) -> None:
    console.print(steps.release(options.data_date, options.district, options.who, options.reason))


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
            steps.fetch(source, data_date)
        record = steps.standardise(source, data_date)
    except PipelineError as error:
        waits = isinstance(error, SourceUnavailable)
        console.print(f"[yellow]{source} {'late' if waits else 'failed'}[/] {error}", highlight=False)
        record = steps.missing(source, data_date, str(error))
    counts = {key: record[key] for key in ("state", "rows_in", "kept", "quarantined", "refused")}
    console.print(f"{data_date} {source} {counts}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
