"""Fuzz every parser of what comes from outside: python scripts/fuzz.py [cases] [seed]   (PYTHONPATH=plugins:.)

Of a hundred cases 69 are cells through every reading expression, ten thousand at once, 30 are lines of reports, one
is a whole file, edited in a few places. A case is read or refused in the parser's own words; anything else is a defect,
printed with the seed that gives it again, and the run exits 1.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.fuzz.parsers import PARSERS, TOKENS, Edit, check_cells, check_lines, line, mutated, one_line

CELLS, LINES = 10_000, 500
SIGNS = "0123456789０１２９Xx-/.年月日, 元+#num:'\"=＇Te\u3000\u200b王·𠮷\x00Zz是否true"


def main() -> int:
    """Spread the cases over the parsers, print the figures; 1 when one of them stumbled."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    seed, console, defects = sys.argv[2] if len(sys.argv) > 2 else "6", Console(markup=False, emoji=False), 0
    table = Table("parser", "cases", "read", "refused", "defects", "seconds")
    with tempfile.TemporaryDirectory() as folder:
        for name, share in {"cell": 0.69, "report line": 0.3, **dict.fromkeys(PARSERS, 0.01 / len(PARSERS))}.items():
            began, counts = time.perf_counter(), Counter[str]()
            while counts.total() < cases * share:
                _one(name, f"{seed}/{name}/{counts.total()}", Path(folder), counts, console)
            defects += counts["defects"]
            figures = (counts.total(), counts["read"], counts["refused"], counts["defects"])
            table.add_row(name, *(str(count) for count in figures), f"{time.perf_counter() - began:.0f}")
    console.print(table)
    return int(defects > 0)


def _one(name: str, seed: str, folder: Path, counts: Counter[str], console: Console) -> None:
    """One case of a parser, or one batch of small ones, drawn from its own seed."""
    draw = random.Random(seed)
    try:
        if name == "cell":
            check_cells([_cell(draw) for _ in range(CELLS)])
            counts["read"] += CELLS
        elif name == "report line":
            lines = [one_line(mutated(line(), _edits(draw))) for _ in range(LINES)]
            counts["read" if check_lines(lines, folder) else "refused"] += LINES
        else:
            sample = mutated(PARSERS[name].sample(), _edits(draw))
            counts["read" if PARSERS[name].check(sample, folder) else "refused"] += 1
    except Exception as error:  # whatever it is, it is what this run looks for
        counts["defects"] += 1
        console.print(f"{name}: {type(error).__name__} {str(error)[:200]} (seed {seed})", highlight=False)


def _cell(draw: random.Random) -> str:
    if draw.random() < 0.2:
        return "".join(draw.choices("0123456789", k=17)) + draw.choice("0123456789X")
    return "".join(draw.choices(SIGNS, k=draw.randint(0, 22)))


def _edits(draw: random.Random) -> list[Edit]:
    return [(draw.random(), draw.randint(0, 40), draw.randrange(len(TOKENS))) for _ in range(draw.randint(1, 4))]


if __name__ == "__main__":
    sys.exit(main())
