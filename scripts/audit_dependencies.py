"""Ask a vulnerability database about every locked package: python scripts/audit_dependencies.py [--required].

pip-audit asks; this reads its answer strictly. A database that does not know a package says nothing about it, and
pip-audit calls a lock of such packages free of known vulnerabilities: here it is *not audited*, like one for which no
database could be reached. Ends with 0 when clean or not audited, with 1 when vulnerable, and with 2 when not audited
although `--required`. LOWINCOME_OSV_URL is the query address of an OSV mirror inside a closed network.
"""

import argparse
import json
import os
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
OSV_URL = "https://api.osv.dev/v1/query"
CLEAN, VULNERABLE, NOT_AUDITED = "clean", "VULNERABLE", "NOT AUDITED"


@dataclass(frozen=True)
class Verdict:
    """One of the three words, and the lines that explain it."""

    word: str
    lines: list[str]


def audit(lock: Path, url: str, accepted: dict[str, str]) -> Verdict:
    """What the OSV database at `url` says of the packages of a lock file."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip", "--no-deps",
               "--format", "json", "--progress-spinner", "off", "--vulnerability-service", "osv", "--osv-url", url,
               *(part for known in accepted for part in ("--ignore-vuln", known))]
    ran = subprocess.run(command, capture_output=True, text=True)
    if not ran.stdout.strip():
        last = (ran.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        return Verdict(NOT_AUDITED, [f"no answer from {url}: {last}"])
    return judge(json.loads(ran.stdout)["dependencies"])


def judge(packages: list[dict[str, Any]]) -> Verdict:
    """Vulnerable if anything was found; clean only if the database answered for every package."""
    found = [_told(one, fault) for one in packages for fault in one.get("vulns", ())]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    if found:
        return Verdict(VULNERABLE, found)
    if unknown or not packages:
        return Verdict(NOT_AUDITED, [f"the database answered for {len(packages) - len(unknown)} of {len(packages)} "
                                     f"packages; not for {', '.join(unknown[:5]) or 'any'}"])
    return Verdict(CLEAN, [f"{len(packages)} packages"])


def _told(package: dict[str, Any], fault: dict[str, Any]) -> str:
    fixed = ", ".join(fault["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {fault['id']}, fixed in {fixed}"


def main() -> int:
    """Audit the lock of the project and print the verdict."""
    parser = argparse.ArgumentParser(description=str(__doc__).split(":")[0])
    parser.add_argument("--required", action="store_true", help="end with 2 when it could not be audited")
    options = parser.parse_args()
    accepted = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]["lowincome"]["accepted"]
    verdict = audit(PROJECT / "requirements.txt", os.environ.get("LOWINCOME_OSV_URL") or OSV_URL, accepted)
    passed_over = [f"passed over: {name}: {why}" for name, why in accepted.items()]
    print(f"dependencies: {verdict.word}", *verdict.lines, *passed_over, sep="\n  ")
    return {CLEAN: 0, VULNERABLE: 1, NOT_AUDITED: 2 if options.required else 0}[verdict.word]


if __name__ == "__main__":
    sys.exit(main())
