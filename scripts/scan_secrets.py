"""Look for secrets in the repository's tracked files: python scripts/scan_secrets.py [--accept].

detect-secrets looks; what .secrets.baseline holds (test passwords, published test vectors) is known. A new one is told
by file, line and kind, never by its content, and the scan ends with 1. `--accept` writes the baseline anew: look at
each line of its difference before committing it.
"""

import argparse
import json
import subprocess
import sys
from contextlib import chdir
from pathlib import Path

from detect_secrets.core import baseline
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

PROJECT = Path(__file__).resolve().parents[1]
BASELINE = PROJECT / ".secrets.baseline"
ASKS_A_SERVER = "detect_secrets.filters.common.is_ignored_due_to_verification_policies"
"""The filter that would try a secret on its owner's server; nothing found here leaves this machine."""


def look(root: Path, files: list[str]) -> SecretsCollection:
    """Whatever looks like a secret in these files under `root`, known by the path from there on every machine."""
    found = SecretsCollection()
    with chdir(root):
        found.scan_files(*files)
    return found


def unknown(found: SecretsCollection, known: SecretsCollection) -> list[str]:
    """File, line and kind of each that is not known."""
    return sorted(f"{path}:{secret.line_number}: {secret.type}" for path, secret in found - known)


def tracked(root: Path) -> list[str]:
    """Every file that Git tracks, but not the baseline: it holds digests of secrets."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True).stdout
    return [path for path in listed.split("\0") if path and path != BASELINE.name and (root / path).is_file()]


def main() -> int:
    """Scan the project; 1 when something is new."""
    parser = argparse.ArgumentParser(description=str(__doc__).split(":")[0])
    parser.add_argument("--accept", action="store_true", help="write what is found into the baseline")
    accept = parser.parse_args().accept
    with default_settings() as settings:
        settings.disable_filters(ASKS_A_SERVER)
        files = tracked(PROJECT)
        found = look(PROJECT, files)
        if accept:
            content = baseline.format_for_output(found, is_slim_mode=True)
            BASELINE.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
        known = SecretsCollection.load_from_baseline(json.loads(BASELINE.read_text("utf-8")))
        new = unknown(found, known)
    print(f"secrets: {len(files)} files, {len(new)} new", *new, sep="\n  ")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
