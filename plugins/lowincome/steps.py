"""The verbs that the DAGs and the command line call: small references in, small references out.

Each step reads its settings, does one thing through the stages and returns counts and references, never rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from functools import partial, wraps
from pathlib import Path
from typing import Any, ParamSpec

import pyarrow as pa

from lowincome import audit, schema
from lowincome.areas import area_codes
from lowincome.chain_verbs import seal_decision, seal_published
from lowincome.decisions import freeze_decisions
from lowincome.deliver import past
from lowincome.deliver import publish as publishing
from lowincome.deliver import stage as deliver_stage
from lowincome.deliver.day import Day
from lowincome.deliver.recipients import read_recipients
from lowincome.deliver.report import write_archive
from lowincome.deliver.results import read_results
from lowincome.errors import AuditFailed, ContractBroken, PipelineError
from lowincome.household import stage as household_stage
from lowincome.lake import Lake, read_json, replace_file, write_json, write_table
from lowincome.lineage import index_day
from lowincome.redirects import leads_to
from lowincome.register import ledger, statistics
from lowincome.resolve import stage as resolve_stage
from lowincome.returns import stage as returns_stage
from lowincome.rules import catalogue, explanation, rehearsal
from lowincome.rules import stage as rules_stage
from lowincome.rules.parameters import in_force, load_parameters, policy_table
from lowincome.run import Run, read_run
from lowincome.run import freeze as freeze_run
from lowincome.settings import INCLUDE, Settings, read_settings
from lowincome.sources import export_api
from lowincome.sources import fetch as fetching
from lowincome.sources import spec as source_pages
from lowincome.sources.connection import Connection, from_environment
from lowincome.sources.faults import fault_words, refusal_zh
from lowincome.sources.http import Refused
from lowincome.sources.standardise import day as standardising
from lowincome.sources.standardise import source_day
from lowincome.web import prepare

Counts = dict[str, Any]
Arguments = ParamSpec("Arguments")


def _alone(step: Callable[Arguments, Counts]) -> Callable[Arguments, Counts]:
    """Two runs of one data date take turns, step by step: both work on the same lock, so both give the same bytes."""

    @wraps(step)
    def alone(*names: Arguments.args, **more: Arguments.kwargs) -> Counts:
        with Lake(read_settings().lake).alone("-".join(str(name) for name in names)):
            return step(*names, **more)

    return alone


def fetch(source: str, data_date: str, connection: Connection | None = None, ticket: str | None = None) -> Counts:
    """Bring one source's delivery of a day into the landing, as received; `ticket` is an export asked for before.

    A failure is recorded as the source's day (refused or missing) and raised again.
    """
    day, page = date.fromisoformat(data_date), source_pages.registry()[source]
    lake = Lake(read_settings().lake)
    run_id = next_run_id(lake, source, day)
    folder = lake.landing(source, day, run_id)
    with _recorded(lake, source, day):
        login = connection or from_environment(page.connection)
        reference = fetching.fetch(page, login, day, _since(lake, page, day), folder, run_id, ticket=ticket)
    return {"source": source, "data_date": data_date, "run_id": run_id, **_reference(reference)}


def submit(source: str, data_date: str, connection: Connection) -> str:
    """Ask an export source for the day; the id of the export. A failure is recorded as in `fetch`."""
    day, page, lake = date.fromisoformat(data_date), source_pages.registry()[source], Lake(read_settings().lake)
    with _recorded(lake, source, day):
        return export_api.submit(page, connection, day, _since(lake, page, day))


@contextmanager
def _recorded(lake: Lake, source: str, day: date) -> Iterator[None]:
    """Whatever stops a source's delivery becomes the record of its day: refused by its contract, else missing."""
    try:
        yield
    except PipelineError as error:
        is_refused = isinstance(error, ContractBroken) and not isinstance(error, Refused)
        source_day.mark_absent(lake, source, day, str(error), "refused" if is_refused else "missing")
        raise


def is_export_ready(source: str, data_date: str, connection: Connection, ticket: str) -> bool:
    """Whether waiting is over: the export succeeded, or failed and `fetch` will ask anew."""
    return not export_api.poll(source_pages.registry()[source], connection, ticket).is_pending


def _since(lake: Lake, page: source_pages.SourceSpec, day: date) -> date | None:
    """The last good day that an incremental source continues; None asks for the full state."""
    good = source_day.last_good_day(lake, page.id, day) if page.load == "incremental" else None
    return date.fromisoformat(good["data_date"]) if good else None


def next_run_id(lake: Lake, source: str, data_date: date) -> str:
    """Deliveries of one day are numbered in the order of their coming."""
    return f"{len(list(lake.landings(source, data_date).glob('[0-9]*'))) + 1:04d}"


@_alone
def standardise(source: str, data_date: str) -> Counts:
    """Bring the newest landing of a day through the door into the canonical tables."""
    lake = Lake(read_settings().lake)
    page = source_pages.registry()[source]
    return _summary(standardising.standardise(page, lake, date.fromisoformat(data_date), _audit_source_table))


def missing(source: str, data_date: str, reason: str) -> Counts:
    """Record that a source did not come; the day goes on with its last good one."""
    return _summary(source_day.mark_absent(Lake(read_settings().lake), source, date.fromisoformat(data_date), reason))


def accept_shrink(source: str, data_date: str, who: str, reason: str) -> Counts:
    """A person vouches for a snapshot that is much smaller than the day before."""
    lake = Lake(read_settings().lake)
    path = lake.root / "accepted_shrink" / source / f"{data_date}.json"
    _decide(path, "accepted_shrink", f"{data_date}/{source}", who, reason)
    return standardise(source, data_date)


@_alone
def freeze(data_date: str) -> Counts:
    """Name every input of the day by digest. Nothing after this says "latest"."""
    lake, day = Lake(read_settings().lake), date.fromisoformat(data_date)
    sources = {name: _frozen_source(lake, page, day) for name, page in source_pages.registry().items()}
    previous, url = _previous(lake, day), read_settings().register_url
    before = date.fromisoformat(previous["data_date"]) if previous else None
    decisions = freeze_decisions(lake, url, day, before)
    run = freeze_run(lake, day, sources, previous, decisions, ledger.first_run(url, day))
    return {"run_id": run.run_id, "sources": {name: entry["state"] for name, entry in sources.items()}}


@_alone
def resolve(data_date: str) -> Counts:
    """Records to persons."""
    return _stage("resolved", resolve_stage.build, data_date)


@_alone
def assemble(data_date: str) -> Counts:
    """Families of several systems to households, facts in force."""
    return _stage("households", household_stage.build, data_date)


@_alone
def evaluate(data_date: str) -> Counts:
    """Rules on households and persons."""
    return _stage("outcomes", rules_stage.build, data_date)


@_alone
def register(data_date: str) -> Counts:
    """Enter the day's outcomes in the ledger; what is new, open, held and closed."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    lake = Lake(settings.lake)
    ledger.migrate(settings.register_url)
    outcomes = _read(lake.partition("outcomes", "outcome", day))
    rows = ledger.apply(settings.register_url, day, read_run(lake, day).run_id, outcomes, leads_to(lake, day))
    write_table(rows, lake.partition("outcomes", "flag_day", day))
    index_day(read_run(lake, day))
    states = rows.column("state").to_pylist()
    return {state: states.count(state) for state in ("new", "open", "held", "closed")}


@_alone
def return_errors(data_date: str) -> Counts:
    """What each source's owner has to correct: found today, still open, corrected."""
    return _stage("returns", returns_stage.build, data_date)


@_alone
def prepare_pages(data_date: str) -> Counts:
    """Prepare what the pages show of the day; they show it once the day is published."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    run = read_run(Lake(settings.lake), day)
    folder = run.lake.pages(day, run.run_id)
    answered = statistics.answered_flags(settings.register_url, day)
    inputs, view = _inputs(run, settings), run.table(settings.identity_key)
    rows = prepare.build(inputs, view, catalogue.as_dicts(), answered, folder)
    prepare.remove_old(folder.parents[1], day)
    return rows


@_alone
def publish(data_date: str) -> Counts:
    """Write the day's folder whole, or not at all."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    run = read_run(Lake(settings.lake), day)
    inputs, run_table = _inputs(run, settings), run.table(settings.identity_key)
    tables = deliver_stage.published(inputs, run_table)
    told = _day(run, settings, _audit_published({**inputs, **tables, "run": run_table}, tables))
    build = partial(deliver_stage.build, inputs, run_table, tables, told)
    folder = publishing.publish(settings.output, day, lambda into: build(folder=into))
    found = read_results(folder)
    past.keep(_published(run.lake), past.record(found))
    write_archive(settings.output / "reports", _published(run.lake), data_date[:7])
    seal_published(folder, data_date, run.run_id)
    held = sorted(code for code, entry in found["worklists"].items() if entry["held_because"])
    return {"folder": str(folder), "state": found["state"], "held": held}


def release(data_date: str, districts: list[str], who: str, reason: str) -> Counts:
    """A person lets held lists go, with the reason; the day is published again with them."""
    folder = Lake(read_settings().lake).root / "released" / data_date
    for code in districts:
        _decide(folder / f"{code}.json", "released", f"{data_date}/{code}", who, reason)
    return publish(data_date)


def _decide(path: Path, kind: str, row_key: str, who: str, reason: str) -> None:
    """Keep a person's decision as a file, and seal it."""
    decision = {"who": who, "reason": reason}
    write_json(path, decision)
    seal_decision(kind, row_key, decision)


def frozen_day(data_date: str) -> tuple[pa.Table, dict[str, Any]]:
    """The run view of a frozen day and every table that is known of it, the view among them; for verbs that read."""
    settings = read_settings()
    run = read_run(Lake(settings.lake), date.fromisoformat(data_date))
    view = run.table(settings.identity_key)
    return view, {**_inputs(run, settings), "run": view}


DAY: tuple[Callable[[str], Counts], ...] = (
    freeze, resolve, assemble, evaluate, register, return_errors, prepare_pages, publish)


def explain(data_date: str, rule_id: str, subject: str) -> Counts:
    """Why a rule answered as it did for one household or person: see docs/explanations.md.

    `subject` is a household or person id, or any source's key of one. AuditFailed when the day knows none such.
    """
    return explainer(data_date)(rule_id, subject)


def explainer(data_date: str) -> Callable[[str, str], Counts]:
    """`explain` for many rules and subjects of one day, which is opened once."""
    settings, day = read_settings(), date.fromisoformat(data_date)
    run, law = read_run(Lake(settings.lake), day), load_parameters()
    known = _inputs(run, settings) | _outcome_tables(run.lake, day)
    known |= {"run": run.table(settings.identity_key), "policy": policy_table(law, day),
              "earlier_outcome": known["outcome"], "open_flag": rules_stage.open_today(known)}
    rules, in_force_on_day = {rule.id: rule for rule in catalogue.rules()}, in_force(law, day)

    def one(rule_id: str, subject: str) -> Counts:
        found = explanation.find_subject(rules[rule_id], subject, known) if rule_id in rules else None
        if found is None:
            raise AuditFailed(what="the day knows no such rule or subject", where=f"{data_date} {rule_id} {subject}",
                              next_step="take rule and key from flags.csv or links.csv of the day")
        return explanation.explain(rules[rule_id], found, known, in_force_on_day)

    return one


def rehearse(first: str, last: str, pages: Sequence[str]) -> Counts:
    """What changed pages of law would do to the frozen days from first to last; the register is not touched."""
    settings, law = read_settings(), rehearsal.law_in_force()
    changed = law.changed_by(Path(page) for page in pages)
    report: Counts = {"flags": [], "visits": []}
    listed: tuple[rehearsal.Raised, rehearsal.Raised] | None = None
    for day in _frozen_days(Lake(settings.lake), date.fromisoformat(first), date.fromisoformat(last)):
        run = read_run(Lake(settings.lake), day)
        inputs, clock = _inputs(run, settings), run.table(settings.identity_key)
        before, after = (rehearsal.raised(inputs, clock, one) for one in (law, changed))
        report["flags"] += rehearsal.compare(day, before, after)
        was_listed = listed or (before, before)
        report["visits"].append({
            "data_date": day, "now": rehearsal.visits(was_listed[0], before),
            "rehearsed": rehearsal.visits(was_listed[1], after)})
        listed = (before, after)
    return report


def _frozen_days(lake: Lake, first: date, last: date) -> list[date]:
    """The days of a range that were frozen; AuditFailed when there is none."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    frozen = [day for day in days if lake.lock(day).exists()]
    if not frozen:
        raise AuditFailed(what="no day of the range is frozen", where=f"{first} to {last}",
                          next_step="choose days that were run")
    return frozen


def _outcome_tables(lake: Lake, day: date) -> dict[str, Any]:
    """Every quantity that the day's rules were judged by."""
    files = (lake.root / "outcomes").glob(f"*/data_date={day.isoformat()}/part.parquet")
    return {path.parent.parent.name: [path] for path in sorted(files)}


def _reference(reference: Any) -> Counts:
    return {key: value for key, value in asdict(reference).items() if isinstance(value, str | int)}


def _summary(record: Counts) -> Counts:
    return {
        key: record[key]
        for key in ("source", "data_date", "state", "reason", "rows_in", "kept", "quarantined", "refused")
    }


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


PREVIOUS = (
    ("households", "household_key"), ("households", "employment_answer"), ("resolved", "person_anchor"),
    ("households", "household_redirect"), ("outcomes", "flag_day"), ("returns", "error_return"),
)


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
    run = read_run(lake, day)
    inputs, run_table = _inputs(run, settings), run.table(settings.identity_key)
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


def _inputs(run: Run, settings: Settings) -> dict[str, Any]:
    """Every table that is known of the day: frozen sources, what earlier stages wrote, empty where nothing is."""
    tables: dict[str, Any] = {}
    for name in schema.TABLES:
        frozen = run.inputs(name)
        built = [
            path
            for layer in ("resolved", "households", "outcomes", "returns")
            if (path := run.lake.partition(layer, name, run.data_date)).exists()
        ]
        tables[name] = frozen or built or schema.TABLES[name].empty_table()
    for _, name in PREVIOUS:
        tables[f"previous_{name}"] = run.earlier("previous", name)
    for name in ("disposition", "answered_subject", "judgement", "open_flag", "correction"):
        tables[name] = run.earlier("decisions", name)
    tables["area_code"] = area_codes()
    tables["source_day"] = _source_days(run)
    return tables


def _source_days(run: Run) -> pa.Table:
    pages = source_pages.registry()
    rows = [
        {
            "source": name,
            "state": entry["state"],
            "as_of": entry["as_of"] and date.fromisoformat(entry["as_of"]),
            "is_stale": entry["is_stale"],
            "is_full": pages[name].load == "full",
            "is_keyed": pages[name].has_lasting_keys,
        }
        for name, entry in sorted(run.lock["sources"].items())
    ]
    return pa.Table.from_pylist(rows, schema.TABLES["source_day"])


def _audit_published(inputs: dict[str, Any], tables: Mapping[str, pa.Table]) -> list[Counts]:
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
    )


def _published(lake: Lake) -> Path:
    """One small record of every published day."""
    return lake.root / "published"


def _days_for_report(run: Run) -> list[Counts]:
    days = [_source_day(run, name) for name in sorted(run.lock["sources"])]
    for layer in ("resolved", "households", "outcomes", "returns"):
        path = run.lake.lock(run.data_date).parent / f"{layer}.json"
        days.append({"source": layer, "expectations": read_json(path)["expectations"]})
    return days


def _source_day(run: Run, name: str) -> Counts:
    record: Counts = read_json(run.lake.source_day(name, run.data_date))
    return record | {"reason_zh": refusal_zh(record["reason"] or "")}


def _audit(layer: str, table: str, inputs: dict[str, Any]) -> list[Counts]:
    suite = INCLUDE / "expectations" / layer / f"{table}.json"
    return [asdict(result) for result in audit.audit_table(suite, inputs)] if suite.exists() else []


def _audit_source_table(table: str, inputs: dict[str, Any], source: str) -> list[Counts]:
    """The table's suite, which must be there, and the one that its source may have of its own."""
    folder = INCLUDE / "expectations" / "standardised"
    own = folder / source / f"{table}.json"
    suites = [folder / f"{table}.json", *([own] if own.exists() else [])]
    return [asdict(result) for suite in suites for result in audit.audit_table(suite, inputs, source)]


def _read(path: Path) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(path)
