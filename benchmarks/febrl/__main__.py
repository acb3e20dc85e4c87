"""PYTHONPATH=plugins python -m benchmarks.febrl: FEBRL 3 and 4, with and without the social-security number.

Needs benchmarks/requirements.txt. Each way runs in a process of its own.
"""

import sys

from rich.console import Console
from rich.table import Table

from benchmarks.febrl import records
from benchmarks.febrl.measure import COLUMNS, WAYS, measure
from benchmarks.resolution.measure import in_child


def main() -> int:
    """Measure and print."""
    table = Table("set", "number", "way", "processor seconds", *COLUMNS, title="FEBRL", title_justify="left")
    for name in records.SETS:
        for has_number in (False, True):
            for way in WAYS:
                row = in_child(measure, name, has_number, way)
                table.add_row(name, "with" if has_number else "without", way, *row)
    Console(width=140).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
