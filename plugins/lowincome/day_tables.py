"""Every table that is known of a frozen day: its sources, what its stages wrote, what people decided before it."""

from datetime import date
from typing import Any

import pyarrow as pa

from lowincome import schema
from lowincome.areas import area_codes
from lowincome.lake import Lake
from lowincome.run import Run, read_run
from lowincome.settings import Settings, read_settings
from lowincome.sources import spec as source_pages

LAYERS = ("resolved", "households", "outcomes", "returns")
"""What the stages of a day write, in their order."""
PREVIOUS = (
    ("households", "household_key"), ("households", "employment_answer"), ("resolved", "person_anchor"),
    ("resolved", "person_link"), ("households", "household_redirect"), ("outcomes", "flag_day"),
    ("outcomes", "outcome"), ("outcomes", "criterion"), ("outcomes", "dossier"), ("returns", "error_return"),
)


def frozen_day(data_date: str) -> tuple[pa.Table, dict[str, Any]]:
    """The run view of a frozen day and every table that is known of it, the view among them; for verbs that read."""
    settings = read_settings()
    run = read_run(Lake(settings.lake), date.fromisoformat(data_date))
    view = run.table(settings.identity_key)
    return view, {**known_tables(run, settings), "run": view}


def outcome_tables(lake: Lake, day: date) -> dict[str, Any]:
    """Every quantity that the day's rules were judged by."""
    files = (lake.root / "outcomes").glob(f"*/data_date={day.isoformat()}/part.parquet")
    return {path.parent.parent.name: [path] for path in sorted(files)}


def known_tables(run: Run, settings: Settings) -> dict[str, Any]:
    """Every table that is known of the day: frozen sources, what earlier stages wrote, empty where nothing is."""
    tables: dict[str, Any] = {}
    for name in schema.TABLES:
        frozen = run.inputs(name)
        built = [
            path
            for layer in LAYERS
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
