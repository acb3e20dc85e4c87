"""`make up`: Airflow's UI on the demo's state, with the sandbox beside it unless SANDBOX=off. Ctrl-C stops both."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from airflow_home import SandboxWorld, is_sandbox_on, migrate_airflow, prepare_environment, running


def main() -> int:
    """Serve until interrupted; Airflow's own exit code."""
    home, _ = prepare_environment()
    port = os.environ.get("PORT") or "8080"
    programs = Path(sys.executable).parent  # standalone starts its parts as `airflow …`, found on the path
    os.environ |= {"AIRFLOW__API__PORT": port, "AIRFLOW__API__BASE_URL": f"http://localhost:{port}",
                   "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}"}
    migrate_airflow(home)
    known = home / "sandbox" / "world.json"
    with ExitStack() as stack:
        if is_sandbox_on() and known.exists():
            stack.enter_context(running(SandboxWorld(**json.loads(known.read_text("utf-8"))), known.parent))
        password = home / "airflow" / "simple_auth_manager_passwords.json.generated"
        print(f"Airflow comes up on http://localhost:{port}; user admin, password in {password}", flush=True)
        return subprocess.run([programs / "airflow", "standalone"]).returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
