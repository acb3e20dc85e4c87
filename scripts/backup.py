"""Back an installation up, and put it back in an empty place: python scripts/backup.py save|restore FOLDER.

Where things lie is read from LOWINCOME_HOME, _OUTPUT and _REGISTER_URL, as by the pipeline; a register on PostgreSQL is
dumped and loaded by pg_dump and pg_restore, as LOWINCOME_ADMIN_URL where that is set: the pipeline's own user may not
make tables. The register is taken first: a lake that knows more than its register is completed by the next run, a
register that knows more than its lake is not. Not taken: Airflow's own database and logs, the sandbox, anchors outside
of the home (they are the second place), and keys that the environment holds. docs/operations.md says how to drill it.
"""

import argparse
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from lowincome.lake import read_json, write_json
from lowincome.settings import Settings, read_settings
from sqlalchemy import URL, make_url

NOT_OURS = shutil.ignore_patterns("airflow", "sandbox", "register.db*", ".*.candidate")


def save(settings: Settings, folder: Path) -> dict[str, str]:
    """Write a backup into a new folder; its manifest, which names every file by digest, comes last."""
    folder.mkdir(mode=0o700, parents=True)
    _dump(make_url(settings.register_url), folder / "register")
    for name, place in _places(settings).items():
        if place.exists():
            shutil.copytree(place, folder / name, symlinks=True, ignore=NOT_OURS)
    listed = dict(_files(folder))
    write_json(folder / "manifest.json", listed)
    return listed


def restore(settings: Settings, folder: Path) -> dict[str, str]:
    """Put a backup into empty places; SystemExit when it is not what its manifest says, or a place is not empty."""
    listed: dict[str, str] = read_json(folder / "manifest.json")
    differ = sorted(listed.items() ^ dict(_files(folder)).items())
    if differ:
        raise SystemExit(f"{folder} is not what was saved: {differ[0][0]} and {len(differ) - 1} more differ")
    places = _places(settings)
    full = [str(place) for place in places.values() if place.exists() and any(place.iterdir())]
    if full:
        raise SystemExit(f"{', '.join(full)}: not empty; restore into another place, or move what is there away")
    for name, place in places.items():
        if (folder / name).exists():
            shutil.copytree(folder / name, place, symlinks=True, dirs_exist_ok=True)
    _load(folder / "register", make_url(settings.register_url))
    return listed


def _places(settings: Settings) -> dict[str, Path]:
    """The folders of an installation by their names in a backup; an output in the home is saved with it."""
    is_apart = not settings.output.is_relative_to(settings.home)
    return {"home": settings.home} | ({"output": settings.output} if is_apart else {})


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file by the digest of its bytes, sealed as they may be, and every link by where it leads."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield str(path.relative_to(folder)), f"-> {path.readlink()}"
        elif path.is_file() and path != folder / "manifest.json":
            with path.open("rb") as file:
                yield str(path.relative_to(folder)), hashlib.file_digest(file, "sha256").hexdigest()


def _dump(register: URL, file: Path) -> None:
    """The register as it stands at one moment, whoever writes to it meanwhile."""
    if register.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(register.database))) as from_, closing(sqlite3.connect(file)) as into:
            from_.backup(into)
        return
    _run(register, "pg_dump", "--format=custom", f"--file={file}")


def _load(file: Path, register: URL) -> None:
    """Tables that `prepare_databases.py` has made empty are replaced, with their triggers and rights, or none is."""
    if register.get_backend_name() == "sqlite":
        shutil.copyfile(file, str(register.database))
        return
    _run(register, "pg_restore", "--clean", "--if-exists", "--exit-on-error", "--single-transaction", str(file))


def _run(register: URL, program: str, *arguments: str) -> None:
    """A program of PostgreSQL's; the password goes by the environment, where `ps` does not show it."""
    admin = os.environ.get("LOWINCOME_ADMIN_URL")
    url = make_url(admin).set(database=register.database) if admin else register
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    subprocess.run([program, f"--dbname={address}", *arguments], check=True,
                   env=os.environ | {"PGPASSWORD": str(url.password or "")})


def main() -> int:
    """Save or restore the installation that the environment describes."""
    parser = argparse.ArgumentParser(description=str(__doc__).split(":")[0])
    parser.add_argument("action", choices=("save", "restore"))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    listed = {"save": save, "restore": restore}[options.action](read_settings(), options.folder)
    print(f"{options.action}: {len(listed)} files and links; next: python -m lowincome chain verify")
    return 0


if __name__ == "__main__":
    sys.exit(main())
