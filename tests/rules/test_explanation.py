"""Every flag of a day follows from its own explanation, recomputed by a reader that knows nothing else."""

import csv
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from lowincome import ingest, inquiry, steps
from lowincome.errors import AuditFailed
from lowincome.rules.recompute import recompute
from lowincome.sources.connection import from_fields
from lowincome.sources.spec import registry

from sandbox.running import running_sandbox

D = date(2026, 11, 20)
Explain = Callable[[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One published day over the sandbox's planted situations; the folder."""
    home = tmp_path_factory.mktemp("explained")
    with pytest.MonkeyPatch.context() as patch, running_sandbox(home / "sandbox", households=10, days=1) as sandbox:
        for name, value in {"HOME": home, "OUTPUT": home / "output", "IDENTITY_KEY": "key of the test"}.items():
            patch.setenv(f"LOWINCOME_{name}", str(value))
        for source in registry():
            ingest.fetch(source, D.isoformat(), partial(from_fields, source, sandbox.connections[source]))
            ingest.standardise(source, D.isoformat())
        for step in steps.DAY:
            step(D.isoformat())
        yield home / "output" / D.isoformat()


def flags(folder: Path) -> list[dict[str, str]]:
    with (folder / "flags.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def explained(day: Path) -> Explain:
    """Explanations of the day as a reader of the JSON gets them; each is asked for once and read anew."""
    explain = inquiry.explainer(D.isoformat())
    told = cache(lambda rule, subject: json.dumps(explain(rule, subject)))
    return lambda rule, subject: dict(json.loads(told(rule, subject)))


def test_every_flag_is_recomputed_from_its_explanation_alone(day: Path, explained: Explain) -> None:
    rows = flags(day)
    assert len({row["rule_id"] for row in rows}) >= 12
    found = {row["flag_id"]: recompute(explained(row["rule_id"], row["person_id"] or row["household_id"]))
             for row in rows}
    assert found == {row["flag_id"]: row["certainty"] for row in rows}


def test_an_explanation_names_the_evidence_and_every_parameter_with_its_document(day: Path, explained: Explain) -> None:
    row = next(row for row in flags(day) if row["rule_id"] == "A01")
    found = explained("A01", row["household_keys"].split("|")[0])
    assert {key for entry in found["criteria"] for key in entry["evidence"]} == set(row["evidence"].split("|"))
    assert all(one["document"] and one["from"] for one in found["parameters"].values())
    assert {f"{name}@{one['from']}" for name, one in found["parameters"].items()} == set(row["parameters"].split("|"))
    assert found["observed"]["margin"].startswith("-")


def test_a_no_and_a_cannot_tell_are_explained_too(day: Path, explained: Explain) -> None:
    flagged = {row["household_id"] for row in flags(day) if row["rule_id"] == "A01"}
    with (day / "links.csv").open(encoding="utf-8") as file:
        others = sorted({row["household_id"] for row in csv.DictReader(file)} - flagged - {""})[:40]
    answers = {recompute(explained("A01", household)) for household in others}
    assert answers == {"false", "unknown"}


def test_a_fact_that_is_changed_by_hand_changes_the_answer(day: Path, explained: Explain) -> None:
    row = next(row for row in flags(day) if row["rule_id"] == "B04")
    found = explained("B04", row["household_id"])
    for fact in found["facts"].values():
        fact.update(low="0", high="0")
    assert recompute(found) == "false"


def test_a_day_whose_quantities_an_older_version_kept_otherwise_is_explained_alike(
    day: Path, explained: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = next(row for row in flags(day) if row["rule_id"] == "B04")
    monkeypatch.setattr(inquiry, "outcome_tables", lambda lake, data_date: {})
    again = json.loads(json.dumps(inquiry.explain(D.isoformat(), "B04", row["household_id"])))
    assert again == explained("B04", row["household_id"])


def test_an_explanation_holds_no_name_and_no_id_number(day: Path, explained: Explain) -> None:
    with (day / "links.csv").open(encoding="utf-8") as file:
        persons = {row["person_id"] for row in csv.DictReader(file)}
    text = "".join(json.dumps(explained(row["rule_id"], row["person_id"] or row["household_id"])) for row in
                   flags(day)[:20])
    assert persons and not any(part.isdecimal() and len(part) == 18 for part in text.replace('"', " ").split())


def test_a_subject_that_the_day_does_not_know_is_an_error_with_a_next_step(day: Path, explained: Explain) -> None:
    with pytest.raises(AuditFailed, match=r"flags\.csv or links\.csv"):
        explained("A01", "assistance_roster:nobody")
