"""`make up` leaves nothing running behind it, however it is told to stop."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"
SERVE = """
import signal, sys
sys.path.insert(0, {scripts!r})
import up
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is born without one
up.STOP_SECONDS = 1
up.serve([sys.executable, "-c", {program!r}])
"""
PROGRAM = """
import pathlib, signal, subprocess, sys, time
{first}
part = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path({told!r}).write_text(str(part.pid))
time.sleep(600)
"""


def is_running(pid: int) -> bool:
    """Whether a process works still; one that has ended and was not waited for does not."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text("utf-8").rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux who is running")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("first", ["", "signal.signal(signal.SIGINT, signal.SIG_IGN)"])
def test_no_part_of_the_program_outlives_it(tmp_path: Path, how: signal.Signals, first: str) -> None:
    """Neither where the program does not stop its parts itself, nor where it does not listen."""
    told = tmp_path / "pid"
    code = SERVE.format(scripts=str(SCRIPTS), program=PROGRAM.format(first=first, told=str(told)))
    served = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not (told.exists() and told.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    part = int(told.read_text())
    assert is_running(part)
    os.kill(served.pid, how)
    assert served.wait(60) != 0
    while is_running(part):
        assert time.monotonic() < until
        time.sleep(0.05)
