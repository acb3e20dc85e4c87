"""Evidence pack: what is known of one person on one day and why, sealed, verifiable offline, redactable.

A zip file. `fields.json` holds every field by its path, each with a random salt; `statement.json` holds the salted
digest of every field, and the digests of the day's manifest and lock. Making a pack enters who, why and the digest of
the statement in the access log, which the audit chain seals; `chain.jsonl` proves both seals up to anchored heads.
A field that is taken out leaves its digest behind, so the pack still verifies: scripts/verify_evidence.py, which needs
nothing of ours.
"""

import hashlib
import io
import json
import os
import re
import secrets
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine

from lowincome import day_tables, engine, inquiry, lineage
from lowincome.chain_verbs import anchor_chain
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.lake import Lake, replace_file
from lowincome.mask import mask_text
from lowincome.register import access, chain, traces
from lowincome.run import Run, read_run
from lowincome.settings import read_settings
from lowincome.sources.spec import registry

OWN_ROWS = ("person_record", "economic_fact", "certificate", "monitored_household", "subsidy", "settlement")
"""Standardised tables whose rows are about one person."""
MAY_NAME_OTHERS = {"monitored_household": ("head_name",)}
OF_ANOTHER = "(of another person)"
PURPOSES = ("inquiry", "supervision", "complaint")
"""As on the pages; nobody needs a pack to work a list."""
LONGEST_REASON = 300
Row = dict[str, Any]
Tables = Mapping[str, engine.Input]


@dataclass(frozen=True)
class Asked:
    """Who makes the pack, for which purpose of the access log, and why in their own words."""

    who: str
    purpose: str
    reason: str
    at: datetime

    def detail(self, statement: bytes) -> str:
        """What the access log keeps; identifiers in the reason are masked."""
        return f"statement sha256 {hashlib.sha256(statement).hexdigest()}; {mask_text(self.reason)}"


@dataclass(frozen=True)
class Person:
    """The one whom a pack is about: their id and all keys that name them or their household."""

    person_id: str
    record_keys: frozenset[str]
    household_keys: frozenset[str]

    def without_others(self, value: Any) -> Any:
        """The value, with everything that names another person's record or id left out."""
        if isinstance(value, dict):
            return {name: self.without_others(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self.without_others(part) for part in value]
        named = set(_key_pattern().findall(value)) if isinstance(value, str) else set()
        return OF_ANOTHER if named - self.record_keys - self.household_keys - {self.person_id} else value


@cache
def _key_pattern() -> re.Pattern[str]:
    """A record key, household key or person id inside a text."""
    return re.compile(rf"(?:{'|'.join(sorted(registry()))}):[^\s|,;()（），。；]+|\bP[0-9a-f]{{16}}\b")


def make_pack(data_date: str, key: str, asked: Asked, to: Path) -> Row:
    """Write the evidence pack of a person on a published day to `to`; who and why is logged and sealed first.

    `key` is a person id or the key of one of their records. Raises ContractBroken when the day knows no such person or
    the reason is missing, AuditFailed when the published day is not the frozen one.
    """
    if not asked.reason.strip() or len(asked.reason) > LONGEST_REASON:
        raise ContractBroken(what="a pack needs its reason", where="evidence",
                             expected=f"1 to {LONGEST_REASON} characters", next_step="say why it is made")
    settings, day = read_settings(), date.fromisoformat(data_date)
    run, (_, tables) = read_run(Lake(settings.lake), day), day_tables.frozen_day(data_date)
    files = _files(run, settings.output / data_date)
    person = _person(run, tables, key)
    fields = salted(_sections(run, tables, person))
    statement = _canonical({
        "person_id": person.person_id, "data_date": data_date, "run_id": run.run_id,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "fields": {path: field_digest(path, *salt_and_value) for path, salt_and_value in fields.items()}})
    register = create_engine(settings.register_url)
    entry = _logged(register, person, day, asked, statement)
    proof = _proof(register, settings.anchors, f"{data_date}/{run.run_id}", files["manifest.json"], entry)
    members = files | {"statement.json": statement, "fields.json": _canonical(fields),
                       "access.json": chain.canonical(entry), "chain.jsonl": proof}
    _write(packed(members), to)
    return {"pack": str(to), "fields": len(fields), "entry_id": entry["entry_id"]}


def _write(pack: bytes, to: Path) -> None:
    """Whole or not at all, and for its owner alone to read: it names a person, and may lie anywhere."""
    to.parent.mkdir(parents=True, exist_ok=True)
    candidate = to.with_name(f".{to.name}.candidate")
    candidate.unlink(missing_ok=True)
    with open(candidate, "xb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(pack)
    replace_file(candidate, to)


def salted(sections: Row) -> dict[str, tuple[str, Any]]:
    """Every field by its path, with a salt of its own: without it nobody can try values against the digest."""
    return {path: (secrets.token_hex(16), value) for path, value in _leaves(sections, "")}


def field_digest(path: str, salt: str, value: Any) -> str:
    """SHA-256 over path, salt and value, a JSON list without spaces."""
    return hashlib.sha256(_canonical([path, salt, value])).hexdigest()


def packed(members: Mapping[str, bytes]) -> bytes:
    """The zip file of some members: one layout, without times, so that no byte of it can be changed unseen."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as pack:
        for name in sorted(members):
            info = zipfile.ZipInfo(name)
            info.create_system = 3  # the same bytes on every system
            pack.writestr(info, members[name])
    return content.getvalue()


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list):
        for name, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(part, f"{path}/{name}" if path else str(name))
    else:
        yield path, value if isinstance(value, bool | int | None) else str(value)


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _files(run: Run, folder: Path) -> dict[str, bytes]:
    """The published manifest and the lock that it follows from, byte for byte."""
    manifest = (folder / "manifest.json").read_bytes() if (folder / "manifest.json").exists() else b"{}"
    if json.loads(manifest).get("run_id") != run.run_id:
        raise AuditFailed(what="the day as frozen is not published", where=str(run.data_date),
                          next_step="run `monitor_households` of this day to its end")
    return {"manifest.json": manifest, "run.lock.json": run.lake.lock(run.data_date).read_bytes()}


def _person(run: Run, tables: Tables, key: str) -> Person:
    asked = {**tables, "asked": lineage.asked([key])}
    found = lineage.rows("person_of_key", asked)
    if not found:
        raise ContractBroken(what="the day knows no such person", where=f"{run.data_date} {key}",
                             next_step="take a record key or person id from links.csv of the day")
    person_id = found[0]["person_id"]
    families = lineage.rows("family_of_person", {**tables, "asked": lineage.asked([person_id])})
    return Person(person_id, frozenset(lineage.keys_of_person(run, person_id)),
                  frozenset(row["household_key"] for row in families))


def _sections(run: Run, tables: Tables, person: Person) -> Row:
    """Everything the pack tells, before it is salted."""
    own = {**tables, "asked": lineage.asked(sorted(person.record_keys))}
    of_id = {**tables, "asked": lineage.asked([person.person_id])}
    flags = [_split(flag) for flag in lineage.rows("flag_of_person", of_id)]
    return {
        "person": engine.query("select * from person where person_id in (select key from asked)", of_id).to_pylist(),
        "source_row": {table: _own_rows(table, own) for table in OWN_ROWS},
        "arrival": [row for source, page in registry().items() for row in lineage.arrivals_of_run(
            run, source, page.load == "full", sorted(person.record_keys))],
        "flag": person.without_others(flags),
        "explanation": [person.without_others(one) for one in _explanations(run, person, flags)],
    }


def _split(flag: Row) -> Row:
    """A flag with its evidence as a list, so that each key stands by itself."""
    return flag | {"evidence": (flag["evidence"] or "").split("|")}


def _own_rows(table: str, own: Tables) -> list[Row]:
    query = f"select * from {table} where record_key in (select key from asked) order by all"
    rows: list[Row] = engine.query(query, own).to_pylist()
    return [row | dict.fromkeys(MAY_NAME_OTHERS.get(table, ()), OF_ANOTHER) for row in rows]


def _explanations(run: Run, person: Person, flags: list[Row]) -> Iterator[Row]:
    """Why each flag stands; the facts of others in the household are left out, their sum stays."""
    explain = inquiry.explainer(run.data_date.isoformat())
    for flag in flags:
        if flag["reason_zh"] is None:
            continue  # closed because its subject left the sources: nothing is judged of it
        found = explain(flag["rule_id"], flag["person_id"] if flag["subject"] == "person" else flag["household_id"])
        facts = {name: fact if _is_own(person, fact) else dict.fromkeys(fact, OF_ANOTHER)
                 for name, fact in found["facts"].items()}
        yield {"flag_id": flag["flag_id"]} | found | {"facts": facts}


def _is_own(person: Person, fact: Row) -> bool:
    """A fact that nobody answered has no key; it names its person."""
    return fact["key"] in person.record_keys or (fact["key"] is None and person.person_id in fact["what"])


def _logged(register: Engine, person: Person, day: date, asked: Asked, statement: bytes) -> Row:
    """Enter the pack in the access log, sealed; the row as it was stored."""
    entry = {"user_name": asked.who, "action": "pack", "subject": person.person_id, "reason": asked.purpose,
             "data_date": day, "detail": asked.detail(statement)}
    access.append(register, asked.at, entry)
    anchor_chain()
    own = traces.looks(register, [person.person_id])
    return next(row for row in reversed(own) if row["detail"] == entry["detail"])


def _proof(register: Engine, anchors: Path, day: str, manifest: bytes, entry: Row) -> bytes:
    """The entries from each of the two seals to the next anchored head, each after the entry before it."""
    days = [seal for seal in traces.seals(register, "published", [day])
            if seal["content"] == hashlib.new(seal["algorithm"], manifest).hexdigest()]
    if not days:
        raise AuditFailed(what="the published day is not sealed", where=day,
                          next_step="publish the day again, then `python -m lowincome chain verify`")
    looks = traces.seals(register, "access_log", [str(entry["entry_id"])])
    numbers = {number for seal in (days[-1], looks[-1])
               for number in range(seal["entry_no"] - 1, _anchored(anchors, seal["entry_no"]) + 1)}
    found = (one for first, last in _ranges(sorted(numbers)) for one in chain.entries(register, first, last))
    return b"".join(_canonical(one) + b"\n" for one in found)


def _anchored(anchors: Path, entry_no: int) -> int:
    """The first anchored head that an entry lies under."""
    return min(number for path in anchors.glob("*.json") if (number := int(path.stem)) >= entry_no)


def _ranges(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of numbers that follow each other, as first and last."""
    first = numbers[0]
    for one, following in zip(numbers, [*numbers[1:], None], strict=True):
        if following != one + 1:
            yield first, one
            first = following if following is not None else one
