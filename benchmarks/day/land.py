"""python -m benchmarks.day.land <told.json> <date>: one day of every source landed, in one process.

A source is asked for what changed since its last good day, so each is standardised too.
"""

import sys
from pathlib import Path

from lowincome import ingest
from lowincome.sources.spec import registry

from benchmarks.day.cost import tell


def main() -> int:
    """Fetch, standardise and tell."""
    told, day = sys.argv[1:]
    for source in registry():
        ingest.fetch(source, day)
        ingest.standardise(source, day)
    tell(Path(told), {})
    return 0


if __name__ == "__main__":
    sys.exit(main())
