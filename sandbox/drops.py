"""The files of a day: the rural bureau's CSV with md5 and ok, the federation's workbook with ok."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sandbox.certificates import certificate_workbook
from sandbox.monitor_csv import monitor_csv
from sandbox.timeline import Row, end_of
from sandbox.world import World

RURAL, FEDERATION = "rural_revitalization", "disabled_federation"


def write_drops(world: World, folder: Path, day: date) -> None:
    """Both files of a day under `folder`/rural and `folder`/federation; what was there of that day goes."""
    first, corrected = day == world.config.first_date, day in world.config.dates[1:2]
    write_rural(world, folder / "rural", day, is_corrected=corrected)
    write_federation(world, folder / "federation", day, is_corrected=not first and not corrected)


def write_rural(world: World, folder: Path, day: date, is_corrected: bool = False) -> None:
    """The monitor file; with a correction, an earlier file with fewer rows stands beside it."""
    rows = [row for _, v in world.builder.monitored.before(end_of(day)) for row in v.value]
    faults = _faults(world, RURAL, day)
    rows = _shrunken(rows, faults)
    stem = f"rr_monitor_{day:%Y%m%d}"
    _sweep(folder, stem)
    versions = {f"{stem}.csv": rows[: len(rows) * 95 // 100], f"{stem}_1.csv": rows} if is_corrected \
        else {f"{stem}.csv": rows}
    for name, lines in versions.items():
        content = monitor_csv(lines, world.config.seed, day, faults)
        digest = hashlib.md5(content).hexdigest()
        if "wrong_md5" in faults:
            digest = digest[::-1]
        if "missing_file" not in faults:
            (folder / name).write_bytes(content)
        if "missing_md5" not in faults:
            text = f"{digest.upper()}  {name}\n" if day.day % 2 else digest
            (folder / f"{name}.md5").write_text(text, encoding="ascii", newline="")
        if "missing_ok" not in faults:
            (folder / f"{name}.ok").write_bytes(b"")


def write_federation(world: World, folder: Path, day: date, is_corrected: bool = False) -> None:
    """The certificate workbook; no md5."""
    faults = _faults(world, FEDERATION, day)
    rows = _shrunken([v.value for _, v in world.builder.certificates.before(end_of(day))], faults)
    stem = f"cl_cert_{day:%Y%m%d}"
    _sweep(folder, stem)
    versions = {f"{stem}.xlsx": rows[: len(rows) * 95 // 100], f"{stem}_1.xlsx": rows} if is_corrected \
        else {f"{stem}.xlsx": rows}
    for name, lines in versions.items():
        if "missing_file" not in faults:
            certificate_workbook(folder / name, lines, world.config.seed, day, faults)
        if "missing_ok" not in faults:
            (folder / f"{name}.ok").write_bytes(b"")


def _faults(world: World, source: str, day: date) -> dict[str, float | None]:
    names = ("wrong_md5", "missing_md5", "missing_ok", "missing_file", "new_column", "missing_column", "unknown_code",
             "shrunken")
    found = {name: world.faults.file(source, name, day.isoformat()) for name in names}
    return {name: rule.value for name, rule in found.items() if rule is not None}


def _shrunken(rows: list[Row], faults: Mapping[str, float | None]) -> list[Row]:
    if "shrunken" not in faults:
        return rows
    return rows[: int(len(rows) * (faults["shrunken"] or 0.5))]


def _sweep(folder: Path, stem: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob(f"{stem}*")):
        old.unlink()
