"""What `make` calls finds what it needs by its rule alone, and not by what a developer has in the environment."""

import os
import re
import subprocess
import sys

import pytest
from lowincome.settings import PROJECT

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
