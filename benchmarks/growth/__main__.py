"""PYTHONPATH=plugins:. python -m benchmarks.growth [figures …]: exponents, and docs/figures/*.svg, from kept figures.

Figures are those that `python -m benchmarks.day --whole --json benchmarks/figures/day_30000.json` keeps, a file a size.
The same figures give the same plots.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from benchmarks.growth import plots, tables
from benchmarks.growth.figures import read_days

KEPT, PLOTS = Path("benchmarks/figures"), Path("docs/figures")


def main() -> int:
    """Print the figures and write the plots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("figures", type=Path, nargs="*", help=f"files of figures, else all of {KEPT}")
    days = read_days(parser.parse_args().figures or sorted(KEPT.glob("day_*.json")))
    console = Console(width=120, highlight=False)
    console.print(tables.of_sizes(days))
    console.print(tables.of_exponents(days))
    PLOTS.mkdir(exist_ok=True)
    for name, picture in plots.drawn(days).items():
        (PLOTS / f"{name}.svg").write_text(picture, "utf-8")
        console.print(f"wrote {PLOTS / name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
