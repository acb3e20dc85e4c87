"""python -m benchmarks.day.start <told.json>: the imports of the command line and nothing else."""

import sys
from pathlib import Path

from lowincome import __main__ as command

from benchmarks.day.cost import tell

if __name__ == "__main__":
    tell(Path(sys.argv[1]), {"verbs": command.__name__})
