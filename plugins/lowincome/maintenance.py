"""Upkeep between days: the disks are watched, what has expired is deleted. Airflow's own database is the DAG's."""

import shutil

from lowincome.errors import AuditFailed
from lowincome.retention import delete_expired
from lowincome.settings import read_settings

LEAST_FREE = 0.1
"""Share of a disk that must be free: a day of the city writes a hundredth of what a year keeps."""


def watch_disks() -> dict[str, float]:
    """Free share of the disks that hold home, output and anchors; AuditFailed when one is under LEAST_FREE."""
    settings = read_settings()
    free = {}
    for name in ("home", "output", "anchors"):
        folder = getattr(settings, name)
        folder.mkdir(parents=True, exist_ok=True)
        disk = shutil.disk_usage(folder)
        free[name] = disk.free / disk.total
    low = sorted(name for name, share in free.items() if share < LEAST_FREE)
    if low:
        raise AuditFailed(
            what="a disk is almost full", where=", ".join(low), expected=f"{LEAST_FREE:.0%} free",
            found=", ".join(f"{free[name]:.1%}" for name in low), next_step="see docs/runbook.md#disk")
    return free


def retain() -> dict[str, int]:
    """Delete what has expired by the newest published day; files by kind, none before the first day."""
    days = sorted(path.name for path in read_settings().output.glob("????-??-??"))
    return delete_expired(days[-1]) if days else {}
