"""What must stand open, day by day: the rules read over the world itself, never from a run of the pipeline."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.builder import Expected
from sandbox.judge.episodes import RULES, Open, judged
from sandbox.population import Household
from sandbox.world import World


def open_flags(flags: list[Open], planted: dict[int, str]) -> dict[str, list[dict[str, Any]]]:
    """Rule → the subjects with an open flag; `planted` tells the situation of a subject by its keys' identity.

    A person whom only the dated certificate files name bears no lasting key and is left out.
    """
    found: dict[str, list[dict[str, Any]]] = {rule: [] for rule in RULES}
    for flag in flags:
        keys = sorted(flag.subject.keys)
        if keys:
            kind = "household" if isinstance(flag.subject, Household) else "person"
            found[flag.rule].append({
                "key": keys[0], "keys": keys, "subject": kind,
                "situation": planted.get(id(flag.subject.keys), "background"), "certainty": flag.certainty})
    return {rule: sorted(entries, key=lambda entry: str(entry["key"])) for rule, entries in found.items()}


def plan(one: Expected, dates: list[date]) -> dict[str, Any]:
    """A planted situation, a near-miss too, and on which days it raises its rule."""
    return {
        "key": sorted(one.keys)[0], "keys": sorted(one.keys), "subject": one.subject, "situation": one.situation,
        "rule": one.rule, "why": one.why, "open": {day.isoformat(): one.certainty(day) for day in dates}}


def write_truth(folder: Path, world: World) -> None:
    """truth.json: every open flag of every rule and day. situations.json: every plan."""
    planted = {id(one.keys): one.situation for one in world.builder.expected}
    truth = {day.isoformat(): open_flags(flags, planted) for day, flags in judged(world.builder)}
    plans = [plan(one, list(world.config.dates)) for one in world.builder.expected]
    for name, content in (("truth.json", truth), ("situations.json", plans)):
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / name).write_text(text + "\n", encoding="utf-8")
