"""The verbs of the audit chain: seal what is given out, anchor the head elsewhere, export and verify."""

import argparse
import json
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Engine

from lowincome import published
from lowincome.errors import AuditFailed
from lowincome.lake import Lake, read_json, write_json
from lowincome.register import chain, ledger
from lowincome.settings import read_settings
from lowincome.version_folder import MANIFEST, Gone, name_of

SHOWN = 20
"""Faults that one message names."""


def add_verbs(verbs: Any) -> None:
    """Add the verb `chain` with its four actions."""
    actions = verbs.add_parser("chain", help="the audit chain of the register").add_subparsers(required=True)
    export = actions.add_parser("export", help="write every entry, a line each, for scripts/verify_chain.py")
    export.add_argument("file", type=Path)
    export.set_defaults(verb=lambda options, console: console.print(export_chain(options.file)))
    actions.add_parser("anchor", help="write the newest hash to the anchors").set_defaults(verb=_anchor)
    actions.add_parser("verify", help="hold the register and the published files against it").set_defaults(verb=_verify)
    use = actions.add_parser("use", help="hash entries from now on with another algorithm")
    use.add_argument("algorithm", choices=chain.ALGORITHMS)
    use.set_defaults(verb=_use)


def seal_published(folder: Path, data_date: str, run_id: str) -> None:
    """Seal a published day by its manifest, which names every file by digest, and anchor the head.

    Raises AuditFailed where the manifest is not the one by which the folder was named when it was published. A run may
    be published with several, one a version: a list that was held is released, a workbook gets another password.
    """
    manifest, version = (folder / MANIFEST).read_bytes(), folder.resolve().name
    if version != name_of(data_date, manifest):
        raise AuditFailed(what="the manifest is not the one that was published", where=version,
                          expected="the version named by the manifest's digest",
                          next_step="nothing was sealed; tell the security office, move the folder out of .versions as "
                          "evidence, then publish the day again")
    with _register() as engine:
        chain.seal_file(engine, "published", f"{data_date}/{run_id}", manifest)
        _anchor_head(engine)


def deleted_files() -> Gone:
    """Published files that retention deleted by a sealed proof."""
    settings = read_settings()
    with _register() as engine:
        return published.deleted(engine, Lake(settings.lake))


def seal_decision(kind: str, row_key: str, content: Any) -> None:
    """Seal a decision that is kept as a file: a released list, an accepted shrink."""
    with _register() as engine:
        chain.seal_file(engine, kind, row_key, chain.canonical(content))


def anchor_chain() -> dict[str, Any]:
    """Write the newest hash to LOWINCOME_ANCHORS, a file an entry number that is never written again.

    The folder belongs on another machine, or on paper: whoever can cut the register must not reach it.
    """
    with _register() as engine:
        return _anchor_head(engine)


def _anchor_head(engine: Engine) -> dict[str, Any]:
    head = chain.head(engine)
    path = read_settings().anchors / f"{head['entry_no']:012d}.json"
    if not path.exists():
        write_json(path, head)
    return head


def export_chain(file: Path) -> dict[str, int]:
    """Write every entry as a line of JSON; it holds digests and keys, no personal data."""
    with _register() as engine, file.open("w", encoding="utf-8") as lines:
        return {"entries": sum(bool(lines.write(_line(entry))) for entry in chain.entries(engine))}


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True) + "\n"


def verify_chain(since: date = date.min) -> dict[str, int]:
    """Hold the chain against itself and its anchors, and every row of the register and every published file of data
    dates from `since` on against the chain; how many held.

    AuditFailed names the first entry that breaks it, the rows and files that differ, or that the newest published day
    was not anchored: the second place is away, or a run was stopped between sealing and anchoring.
    """
    settings = read_settings()
    anchors = {int(path.stem): read_json(path)["hash"] for path in settings.anchors.glob("*.json")}
    with _register() as engine:
        broken, differ = chain.first_break(engine, anchors), chain.faults(engine)
        differ += published.faults(engine, settings.output, Lake(settings.lake), since)
        entries, sealed = chain.head(engine)["entry_no"], chain.newest(engine, published.KIND) or 0
    found = [f"entry {broken}: breaks the chain"] if broken else []
    if max(anchors, default=0) < sealed:
        found.append(f"entry {sealed}: the newest published day is under no anchor")
    found += [f"{fault.kind} {fault.row_key}: {fault.what}" for fault in differ]
    if found:
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise AuditFailed(what="the audit chain does not hold", where="register",
                          found="; ".join(found[:SHOWN]) + more,
                          next_step="keep a copy of the register, its log and the files, then see docs/audit-chain.md")
    return {"entries": entries, "anchors": len(anchors)}


def _register() -> AbstractContextManager[Engine]:
    return ledger.opened(read_settings().register_url)


def _anchor(options: argparse.Namespace, console: Console) -> None:
    console.print(anchor_chain())


def _use(options: argparse.Namespace, console: Console) -> None:
    with _register() as engine:
        chain.use(engine, options.algorithm)


def _verify(options: argparse.Namespace, console: Console) -> None:
    held = verify_chain()
    console.print(f"every row and file is as it was sealed: {held['entries']} entries, {held['anchors']} anchors")
