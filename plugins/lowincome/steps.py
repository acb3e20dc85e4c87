"""The steps of a day, from what was brought in to what is published: small references in, small references out.

Each step reads its settings, does one thing through the stages and returns counts and references, never rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from lowincome import audit
from lowincome.aside import aside
from lowincome.chain_verbs import deleted_files, seal_published
from lowincome.day_tables import LAYERS, PREVIOUS, known_tables
from lowincome.decisions import decide, freeze_decisions
from lowincome.deliver import past
from lowincome.deliver import publish as publishing
from lowincome.deliver import stage as deliver_stage
from lowincome.deliver.day import Day
from lowincome.deliver.recipients import read_recipients
from lowincome.deliver.report import write_archive
from lowincome.deliver.results import read_results
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.household import stage as household_stage
from lowincome.lake import Lake, read_json, replace_file, write_json, write_table
from lowincome.lineage import index_day
from lowincome.redirects import leads_to
from lowincome.register import ledger, statistics
from lowincome.resolve import stage as resolve_stage
from lowincome.returns import stage as returns_stage
from lowincome.rules import catalogue
from lowincome.rules import stage as rules_stage
from lowincome.rules.parameters import in_force, load_parameters
from lowincome.run import Run, continue_run
from lowincome.run import freeze as freeze_run
from lowincome.settings import INCLUDE, Settings, read_settings
from lowincome.sources import spec as source_pages
from lowincome.sources.faults import fault_words
from lowincome.sources.standardise import source_day
from lowincome.turns import alone
from lowincome.web import prepare

Counts = dict[str, Any]


@alone
def freeze(data_date: str) -> Counts:
    """Name every input of the day by digest. Nothing after this says "latest"."""
    lake, day = Lake(read_settings().lake), date.fromisoformat(data_date)
    sources = {name: _frozen_source(lake, page, day) for name, page in source_pages.registry().items()}
    previous, url = _previous(lake, day), read_settings().register_url
    before = date.fromisoformat(previous["data_date"]) if previous else None
    decisions = freeze_decisions(lake, url, day, before)
    run = freeze_run(lake, day, sources, previous, decisions, ledger.first_run(url, day))
    return {"run_id": run.run_id, "sources": {name: entry["state"] for name, entry in sources.items()}}


@alone
def resolve(data_date: str) -> Counts:
    """Records to persons."""
    return _stage("resolved", resolve_stage.build, data_date)


@alone
def assemble(data_date: str) -> Counts:
    """Families of several systems to households, facts in force."""
    return _stage("households", household_stage.build, data_date)


@alone
def evaluate(data_date: str) -> Counts:
    """Rules on households and persons."""
    return _stage("outcomes", rules_stage.build, data_date)


@alone
def register(data_date: str) -> Counts:
    """Enter the day's outcomes in the ledger; what is new, open, held and closed."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    lake = Lake(settings.lake)
    ledger.migrate(settings.register_url)
    run, outcomes = continue_run(lake, day), [lake.partition("outcomes", "outcome", day)]
    if "flag_day" in (before := run.lock["previous"]):
        ledger.check_remembers(settings.register_url, date.fromisoformat(before["data_date"]))
    rows = ledger.apply(settings.register_url, day, run.run_id, outcomes, leads_to(lake, day))
    write_table(rows, lake.partition("outcomes", "flag_day", day))
    index_day(run)
    states = rows.column("state").to_pylist()
    return {state: states.count(state) for state in ("new", "open", "held", "closed")}


@alone
def return_errors(data_date: str) -> Counts:
    """What each source's owner has to correct: found today, still open, corrected."""
    return _stage("returns", returns_stage.build, data_date)


@alone
def prepare_pages(data_date: str) -> Counts:
    """Prepare what the pages show of the day; they show it once the day is published."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    run = continue_run(Lake(settings.lake), day)
    folder = run.lake.pages(day, run.run_id)
    answered = statistics.answered_flags(settings.register_url, day)
    inputs, view = known_tables(run, settings), run.table(settings.identity_key)
    rows = prepare.build(inputs, view, catalogue.as_dicts(), answered, folder)
    prepare.remove_old(folder.parents[1], day)
    return rows


@alone
def publish(data_date: str) -> Counts:
    """Write the day's folder whole, or not at all."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    run = continue_run(Lake(settings.lake), day)
    inputs, run_table = known_tables(run, settings), run.table(settings.identity_key)
    inputs["person_area"] = [run.lake.partition("outcomes", "person_area", day)]
    with aside("publish") as folder:
        tables = deliver_stage.published(inputs, run_table, folder)
        known = {**inputs, **{name: [file] for name, file in tables.items()}, "run": run_table}
        told = _day(run, settings, _audit_published(known, tables))
        build = partial(deliver_stage.build, inputs, run_table, tables, told, folder)
        folder = publishing.publish(settings.output, day, lambda into: build(folder=into), deleted_files)
    found = read_results(folder)
    past.keep(_published(run.lake), past.record(found))
    write_archive(settings.output / "reports", _published(run.lake), data_date[:7])
    seal_published(folder, data_date, run.run_id)
    return {"folder": str(folder), "state": found["state"], "held": _held(found)}


def release(data_date: str, districts: list[str], who: str, reason: str) -> Counts:
    """A person lets held lists go, with the reason; the day is published again with them.

    ContractBroken, and nothing is let go, where one of the lists is not held that day or nobody says why.
    """
    _check_held(data_date, districts)
    folder = Lake(read_settings().lake).root / "released" / data_date
    for code in dict.fromkeys(districts):
        decide(folder / f"{code}.json", "released", f"{data_date}/{code}", who, reason)
    return publish(data_date)


DAY: tuple[Callable[[str], Counts], ...] = (
    freeze, resolve, assemble, evaluate, register, return_errors, prepare_pages, publish)


def _held(found: Counts) -> list[str]:
    """Districts whose lists wait for a person, of what a published day says of itself."""
    return sorted(code for code, entry in found["worklists"].items() if entry["held_because"])


def _check_held(data_date: str, districts: list[str]) -> None:
    folder = read_settings().output / data_date
    held = _held(read_results(folder)) if folder.exists() else []
    others = sorted({*districts} - {*held})
    if others:
        raise ContractBroken(
            what=f"no list of {', '.join(others)} is held", where=f"release of {data_date}",
            expected=f"of the lists held that day: {', '.join(held) or 'none is'}",
            next_step="nothing was let go; the day's validation report names the lists that are held",
        )


def _frozen_source(lake: Lake, page: source_pages.SourceSpec, day: date) -> Counts:
    good = source_day.last_good_day(lake, page.id, day, inclusive=True)
    today = source_day.read(lake, page.id, day) or source_day.mark_absent(lake, page.id, day, "nothing was fetched")
    source_day.check_balance(today)
    as_of = good["data_date"] if good else None
    is_stale = as_of is None or (day - date.fromisoformat(as_of)).days > page.max_age
    state = today["state"]
    return {
        "state": state if state != "missing" or not is_stale or as_of is None else "stale",
        "as_of": as_of,
        "is_stale": is_stale,
        "inputs": good["inputs"] if good else [],
        "tables": _tables_in_force(good, today),
    }


def _tables_in_force(good: Counts | None, today: Counts) -> Counts:
    """Tables of the last good day; rows listed by key belong to the day on which they came."""
    tables: Counts = dict(good["tables"]) if good else {}
    if today["state"] != "ok":
        for listed in ("rejected_record", "odd_record"):
            tables.pop(listed, None)
    return tables


def _previous(lake: Lake, day: date) -> Counts:
    """The newest earlier day that this one continues: its identities, what it knew and what it flagged."""
    folder = lake.root / "households" / PREVIOUS[0][1]
    days = sorted(path.parent.name.removeprefix("data_date=") for path in folder.glob("data_date=*/part.parquet"))
    earlier = [name for name in days if name < day.isoformat()]
    if not earlier:
        return {}
    before = date.fromisoformat(earlier[-1])
    paths = {table: lake.partition(layer, table, before) for layer, table in PREVIOUS}
    known = {name: lake.reference(path) for name, path in paths.items() if path.exists()}
    return {"data_date": earlier[-1]} | known


def _stage(layer: str, build: Callable[..., Counts], data_date: str) -> Counts:
    """Run one stage into candidates, audit each by its suite, then replace the partitions."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    lake = Lake(settings.lake)
    run = continue_run(lake, day)
    inputs, run_table = known_tables(run, settings), run.table(settings.identity_key)
    rows = build(inputs, run_table, lambda table: lake.candidate(lake.partition(layer, table, day)))
    candidates = {table: lake.candidate(lake.partition(layer, table, day)) for table in rows}
    known = {**inputs, **{table: [path] for table, path in candidates.items()}, "run": run_table}
    results = [result for table in rows for result in _audit(layer, table, known)]
    _door(layer, results)
    for table, path in candidates.items():
        replace_file(path, lake.partition(layer, table, day))
    write_json(lake.lock(day).parent / f"{layer}.json", {"rows": rows, "expectations": results})
    return rows


def _door(layer: str, results: list[Counts]) -> None:
    failed = [f"{r['table']}.{r['expectation']}" for r in results if r["severity"] == "critical" and not r["success"]]
    if failed:
        raise AuditFailed(
            what=f"critical expectations failed: {', '.join(failed)}",
            where=layer,
            next_step="nothing was replaced; read the failing keys in the validation report",
        )


def _audit_published(inputs: dict[str, Any], tables: Iterable[str]) -> list[Counts]:
    """Nothing is published that its suite has not passed."""
    suites = INCLUDE / "expectations" / "published"
    results = [asdict(result) for name in tables for result in audit.audit_table(suites / f"{name}.json", inputs)]
    _door("published", results)
    return results


def _day(run: Run, settings: Settings, published: list[Counts]) -> Day:
    """What the delivery tells of the frozen day."""
    lake, data_date = run.lake, run.data_date.isoformat()
    released = (lake.root / "released" / data_date).glob("*.json")
    pages = source_pages.registry().values()
    return Day(
        lock=run.lock,
        records=[*_days_for_report(run), {"source": "published", "expectations": published}],
        catalogue=catalogue.as_dicts(),
        titles={page.id: {key: getattr(page, key) for key in ("title", "title_zh", "publisher")} for page in pages},
        parameters={one.id: {"title_zh": one.title_zh, "title_en": one.title_en} for one in load_parameters()},
        recipients=read_recipients(settings.recipients),
        history=past.before(_published(lake), run.data_date),
        released={path.stem: read_json(path) for path in released},
        vault=lake.root / "locked_worklists",
        fault_words={page.id: fault_words(page) for page in pages},
        assumed=_assumed(run.data_date),
    )


def _assumed(day: date) -> list[str]:
    """The parameters that rules use on a day and that are assumptions then: a report names them whoever was flagged."""
    law = in_force(load_parameters(), day)
    used = {name for rule in catalogue.rules() for name in rule.parameters}
    return sorted(name for name in used if law[name].is_assumption)


def _published(lake: Lake) -> Path:
    """One small record of every published day."""
    return lake.root / "published"


def _days_for_report(run: Run) -> list[Counts]:
    days = [read_json(run.lake.source_day(name, run.data_date)) for name in sorted(run.lock["sources"])]
    for layer in LAYERS:
        path = run.lake.lock(run.data_date).parent / f"{layer}.json"
        days.append({"source": layer, "expectations": read_json(path)["expectations"]})
    return days


def _audit(layer: str, table: str, inputs: dict[str, Any]) -> list[Counts]:
    suite = INCLUDE / "expectations" / layer / f"{table}.json"
    return [asdict(result) for result in audit.audit_table(suite, inputs)] if suite.exists() else []
