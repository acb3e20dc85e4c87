"""`make up`: Airflow's UI on the demo's state, with the sandbox beside it unless SANDBOX=off.

Ctrl-C and SIGTERM stop both. It is served to this machine alone, unless AIRFLOW__API__HOST says otherwise.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from airflow_home import SandboxWorld, is_sandbox_on, migrate_airflow, prepare_environment, running, world_page

STOP_SECONDS = 30


def main() -> int:
    """Serve until interrupted; Airflow's own exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    home, _ = prepare_environment()
    port = os.environ.get("PORT") or "8080"
    programs = Path(sys.executable).parent  # standalone starts its parts as `airflow …`, found on the path
    os.environ.setdefault("AIRFLOW__API__HOST", "127.0.0.1")
    os.environ |= {"AIRFLOW__API__PORT": port, "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
                   "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    migrate_airflow(home)
    known = world_page(home)
    with ExitStack() as stack:
        if is_sandbox_on() and known.exists():
            stack.enter_context(running(SandboxWorld(**json.loads(known.read_text("utf-8"))), known.parent))
        password = home / "airflow" / "simple_auth_manager_passwords.json.generated"
        print(f"Airflow comes up on http://localhost:{port}; user admin, password in {password}", flush=True)
        print(_told(home), flush=True)
        return serve([str(programs / "airflow"), "standalone"])


def _told(home: Path) -> str:
    """Who sees the pages, and what runs by itself."""
    staff = os.environ.get("LOWINCOME_STAFF") or home / "staff.yaml"
    is_played = os.environ.get("AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE") == "False"
    runs = ("Schedules are off: trigger a DAG with a data_date that the sandbox plays" if is_played else
            "DAGs are paused until you unpause them")
    return f"Who sees which pages stands in {staff}. {runs}."


def serve(command: list[str]) -> int:
    """Run a program with its parts until it ends or this one is told to; no part of it is left running."""
    program = subprocess.Popen(command, start_new_session=True)
    try:
        return program.wait()
    finally:
        _stop(program)


def _stop(program: "subprocess.Popen[bytes]") -> None:
    """By SIGINT, over which alone Airflow's standalone stops its parts; what is left of its group then is killed."""
    program.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        program.wait(STOP_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.wait()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
