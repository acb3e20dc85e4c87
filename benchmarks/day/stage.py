"""python -m benchmarks.day.stage <told.json> <verb> …: one verb as the command line runs it, and what it cost.

Its answer names the Parquet files of earlier stages that the engine opened, so that their bare scan can be measured.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lowincome import __main__ as command
from lowincome import engine

from benchmarks.day.cost import tell


def main() -> int:
    """Run and tell."""
    began, opened = time.time(), _noting_opened_files()
    told, *arguments = sys.argv[1:]
    failed = command.main(arguments)
    if not failed:
        inputs = sorted(str(path) for path in opened if path.exists() and path.stat().st_mtime < began)
        tell(Path(told), {"inputs": inputs})
    return failed


def _noting_opened_files() -> set[Path]:
    """The set that fills with the files of every input that a statement names."""
    opened: set[Path] = set()
    selected = engine._selected

    def noting(name: str, source: Sequence[Path] | engine.Files) -> str:
        opened.update(source.paths if isinstance(source, engine.Files) else source)
        return selected(name, source)

    engine._selected = noting
    return opened


if __name__ == "__main__":
    sys.exit(main())
