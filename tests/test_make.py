"""What `make` calls finds what it needs by its rule alone, and not by what a developer has in the environment."""

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lowincome.settings import PROJECT
from rich.console import Console

RULES = (PROJECT / "Makefile").read_text("utf-8")
CALLS = re.findall(r"(?:PYTHONPATH=(\S+) )?\$\(VENV\)/bin/python scripts/(\w+)\.py", RULES)


def test_the_rules_are_found_in_the_makefile() -> None:
    assert {"demo", "up", "screenshots"} <= {script for _, script in CALLS}


@pytest.mark.parametrize(("path", "script"), sorted(set(CALLS)))
def test_a_script_is_loaded_with_no_path_but_that_of_its_rule(path: str, script: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"PYTHONPATH": path} if path else {}
    load = f"import sys; sys.path[0] = 'scripts'; import {script}"
    done = subprocess.run([sys.executable, "-c", load], env=environment, cwd=PROJECT, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr


def test_the_demo_says_why_a_source_did_not_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PROJECT / "scripts")
    import demo

    counts = dict.fromkeys(("rows_in", "kept", "quarantined", "refused"), 0)
    told = {"city_check": ("missing", "city_check: [40101] wrong"), "other": ("ok", None)}
    sources = {name: counts | {"state": state, "as_of": None, "facts": counts, "reason": reason}
               for name, (state, reason) in told.items()}
    (tmp_path / "validation").mkdir()
    (tmp_path / "manifest.json").write_text(json.dumps({"state": "degraded", "sources": sources}), "utf-8")
    (tmp_path / "validation" / "results.json").write_text(json.dumps({"flags": {}, "sources": sources}), "utf-8")
    screen = io.StringIO()
    demo._show(tmp_path, True, Console(file=screen, markup=False, width=120))
    assert [line for line in screen.getvalue().splitlines() if line.startswith("- ")] == ["- city_check: [40101] wrong"]
