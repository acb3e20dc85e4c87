"""A day whose files are sealed, while another thread wraps them anew all the time: its home tells nobody, its result is
the same. The same day in the clear shows that the search finds what it looks for.
"""

import io
import os
import shutil
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lowincome import ingest, steps
from lowincome.errors import AuditFailed
from lowincome.key_verbs import rotate_keys
from lowincome.lake import Lake, digest
from lowincome.run import read_run
from lowincome.sealed import MARK, is_sealed

from tests.landing_of import land
from tests.small_day import MOTHER, SON, D, answer, deliveries
from tests.test_planted_identifiers import texts

PLANTED = (MOTHER, SON, "王秀英", "赵某", "13800001234", "某街道")
IN_WORKLISTS = "某街道"
"""A visit needs the address; the list is closed by its recipient's password, not by these keys."""
KEYS = {"first": "11" * 32, "second": "22" * 32}


@dataclass(frozen=True)
class Made:
    """A published day: its home, its output, and how often its files were wrapped anew meanwhile."""

    home: Path
    output: Path
    wrapped: int = 0


def put_keys(path: Path, active: str, *names: str) -> None:
    """A file of keys in force, put in place whole."""
    part = path.with_suffix(".part")
    part.write_text("\n".join([f"active: {active}", "keys:", *(f"  {name}: '{KEYS[name]}'" for name in names)]))
    part.chmod(0o600)
    os.replace(part, path)


def run(folder: Path, files: dict[str, Any], patch: pytest.MonkeyPatch) -> Made:
    """The day in a home of its own."""
    for name, value in {"HOME": folder / "home", "OUTPUT": folder / "output", "IDENTITY_KEY": "key"}.items():
        patch.setenv(f"LOWINCOME_{name}", str(value))
    for source, delivered in files.items():
        land(Lake(folder / "home" / "lake"), source, D, delivered)
        ingest.standardise(source, D.isoformat())
    for step in steps.DAY:
        step(D.isoformat())
    return Made(folder / "home", folder / "output")


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return deliveries(D, [answer("A04", quantity=1)])


@pytest.fixture(scope="module")
def clear(files: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Made:
    with pytest.MonkeyPatch.context() as patch:
        return run(tmp_path_factory.mktemp("clear"), files, patch)


@pytest.fixture(scope="module")
def sealed(files: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """Both keys are known throughout; which one is active changes, and every file follows."""
    folder, stop, wrapped, failed = tmp_path_factory.mktemp("sealed"), threading.Event(), list[int](), list[Exception]()
    keys = folder / "keys.yaml"
    (folder / "home" / "lake").mkdir(parents=True)

    def rotate() -> None:
        try:
            while not stop.wait(0.5):
                put_keys(keys, ("second", "first")[len(wrapped) % 2], *KEYS)
                wrapped.append(rotate_keys()["wrapped"])
        except Exception as error:
            failed.append(error)

    with pytest.MonkeyPatch.context() as patch:
        put_keys(keys, "first", *KEYS)
        patch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(keys))
        patch.setenv("LOWINCOME_HOME", str(folder / "home"))
        rotating = threading.Thread(target=rotate)
        rotating.start()
        try:
            made = run(folder, files, patch)
        finally:
            stop.set()
            rotating.join()
        assert failed == []
        put_keys(keys, "second", *KEYS)
        rotate_keys()
        put_keys(keys, "second", "second")
        yield Made(made.home, made.output, sum(wrapped))


def backup(home: Path, folder: Path) -> dict[str, bytes]:
    """A home as its backup holds it: every file by name."""
    archive = folder / "home.tar"
    with tarfile.open(archive, "w") as packing:
        packing.add(home, "home")
    with tarfile.open(archive) as packed:
        return {one.name: file.read() for one in packed if (file := packed.extractfile(one))}


def told(content: bytes, folder: Path) -> set[str]:
    """Every planted identifier that a reader of a file may see, unpacked where it can be."""
    path = folder / ("read.parquet" if content.startswith(b"PAR1") else "read")
    path.write_bytes(content)
    return {one for text in texts(path) for one in PLANTED if one in text}


def test_a_sealed_day_publishes_the_same_as_one_in_the_clear(clear: Made, sealed: Made) -> None:
    first, second = ({str(path.relative_to(made.output)): path.read_bytes() for path in made.output.rglob("*")
                      if path.is_file()} for made in (clear, sealed))
    assert first == second
    locks = [read_run(Lake(made.home / "lake"), D).lock for made in (clear, sealed)]
    assert locks[0] == locks[1]


def test_its_files_were_wrapped_anew_while_it_ran(sealed: Made) -> None:
    assert sealed.wrapped > 20
    found = rotate_keys()
    assert (found["wrapped"], found["in_the_clear"], found["unchanged"] > 50) == (0, 0, True)


def test_its_files_have_the_content_of_those_in_the_clear(clear: Made, sealed: Made) -> None:
    first, second = ({str(path.relative_to(made.home)): digest(path) for path in (made.home / "lake").rglob("*")
                      if path.is_file() and path.parent.name != "locks"} for made in (clear, sealed))
    assert first == second


def test_every_table_and_landed_file_is_sealed(sealed: Made) -> None:
    lying = {path.suffix for path in (sealed.home / "lake").rglob("*") if path.is_file()
             and not is_sealed(path) and path.parent.name != "locks"}
    assert lying == {".json"}
    landed = [path for path in (sealed.home / "lake" / "landing").rglob("*") if path.is_file()]
    assert {path.name for path in landed if not is_sealed(path)} == {"manifest.json"}


def test_a_home_that_lay_in_the_clear_is_sealed_day_by_day_and_half_written_files_are_left_alone(
    clear: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(clear.home, tmp_path / "home")
    lake = Lake(tmp_path / "home" / "lake")
    before = {path: digest(path) for path in lake.root.rglob("*") if path.is_file()}
    landed = lake.landings("city_check", D)
    half = [landed / ".partial" / "0002" / "items.json", lake.partition("resolved", "person", D).with_name(".half"),
            landed / "0001" / "extra"]
    for path in half:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MOTHER)
    put_keys(tmp_path / "keys.yaml", "first", *KEYS)
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(tmp_path / "keys.yaml"))
    found = rotate_keys()
    assert found["sealed"] > 50 and (found["wrapped"], found["unchanged"]) == (0, 0)
    assert [is_sealed(path) for path in half] == [False, False, True]
    lying = {path for path in before if not is_sealed(path) and path.suffix != ".json" and path.parent.name != "locks"}
    assert {path.relative_to(lake.root).parts[0] for path in lying} == {"pages"}
    assert {path: digest(path) for path in before} == before
    assert rotate_keys()["unchanged"] == found["sealed"]
    assert steps.evaluate(D.isoformat())["outcome"] > 0


def test_a_backup_in_the_clear_tells_everything(clear: Made, tmp_path: Path) -> None:
    found = [told(content, tmp_path) for content in backup(clear.home, tmp_path).values()]
    assert set().union(*found) == set(PLANTED)


def test_lake_register_anchors_and_backup_of_a_sealed_day_tell_no_identifier(sealed: Made, tmp_path: Path) -> None:
    kept = backup(sealed.home, tmp_path)
    assert {name.split("/")[1] for name in kept} == {"lake", "register.db", "anchors"}
    assert {name: found for name, content in kept.items() if (found := told(content, tmp_path))} == {}


def test_what_is_handed_out_tells_the_address_alone(sealed: Made, tmp_path: Path) -> None:
    found = [told(content, tmp_path) for content in backup(sealed.output, tmp_path).values()]
    assert set().union(*found) <= {IN_WORKLISTS}


def test_without_the_key_not_even_the_day_is_read(sealed: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOWINCOME_ENCRYPTION_KEYS")
    with pytest.raises(AuditFailed, match="expected key second"):
        steps.evaluate(D.isoformat())


def test_a_sealed_file_is_no_parquet_to_anybody_else(sealed: Made) -> None:
    content = Lake(sealed.home / "lake").partition("resolved", "person", D).read_bytes()
    assert content.startswith(MARK)
    with pytest.raises(Exception, match="Parquet"):
        pq.read_table(io.BytesIO(content))
