"""What a step puts aside is gone when it ends, and what a killed one left when the next begins."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lowincome import aside as module
from lowincome.aside import aside

HOLD = """
import sys
from lowincome.aside import aside

with aside("evaluate") as folder:
    (folder / "rows.parquet").write_bytes(b"rows")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@contextmanager
def holding() -> Iterator[tuple[Path, "subprocess.Popen[str]"]]:
    """A process that holds a folder with rows in it."""
    environment = {**os.environ, "PYTHONPATH": str(Path(module.__file__).parents[1])}
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        yield Path(child.stdout.readline().strip()), child
        child.kill()


def test_a_folder_is_gone_when_its_block_ends_well_or_badly(temporary: Path) -> None:
    with aside("evaluate") as folder:
        (folder / "rows.parquet").write_bytes(b"rows")
    with pytest.raises(ValueError, match="stopped"), aside("evaluate") as folder:
        raise ValueError("stopped")
    assert list(temporary.iterdir()) == []


def test_what_a_killed_step_left_is_gone_when_the_next_begins() -> None:
    with holding() as (left, child):
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert (left / "rows.parquet").exists()
        with aside("publish"):
            assert not left.exists()


def test_what_a_living_step_holds_stays() -> None:
    with holding() as (held, _), aside("publish"):
        assert (held / "rows.parquet").exists()


def test_folders_of_other_programs_and_unmarked_ones_stay(temporary: Path) -> None:
    for name in ("other-1", "lowincome-spill"):
        (temporary / name).mkdir()
    (temporary / "other-1" / module.HELD).touch()
    with aside("evaluate"):
        assert {path.name for path in temporary.iterdir()} >= {"other-1", "lowincome-spill"}
