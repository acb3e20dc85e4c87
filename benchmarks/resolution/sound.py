"""PYTHONPATH=plugins python -m benchmarks.resolution.sound [--persons N] [--seed N] [--planted] [--hard]: alike by ear.

Of all candidate pairs whose names are not the same: how many sound alike (pinyin without tones), and how many of those
are one person. `--planted`: who writes another character writes one that sounds the same, as with a pinyin keyboard.
Needs benchmarks/requirements.txt.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np
import pyarrow as pa
from lowincome import engine
from pypinyin import lazy_pinyin
from rich.console import Console
from rich.table import Table

from benchmarks.resolution import day, truth

LEVEL_1 = [bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)]
"""The common characters of GB 2312."""
OTHER_CHARACTER = 0.2
"""The share of name variants in which `truth.misspell` writes another character."""
NAMES = """
    select compared.name as level, mine.name as left_name, other.name as right_name,
        left_truth.person_no = right_truth.person_no as is_one
    from compared_pair as compared
    inner join current_record as mine on compared.left_key = mine.record_key
    inner join current_record as other on compared.right_key = other.record_key
    inner join truth as left_truth on compared.left_key = left_truth.record_key
    inner join truth as right_truth on compared.right_key = right_truth.record_key
    where compared.name in ('sound', 'near', 'surname', 'different')
"""


def main() -> int:
    """Count and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.resolution.sound", description=__doc__)
    parser.add_argument("--persons", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--planted", action="store_true", help="wrong characters sound like the right ones")
    parser.add_argument("--hard", action="store_true", help="15 %% of the IDs missing and 5 %% mistyped")
    options = parser.parse_args()
    dirt = truth.HARD if options.hard else truth.STANDARD
    with mock.patch.object(truth, "misspell", by_sound(truth.misspell) if options.planted else truth.misspell):
        records = truth.records(options.seed, options.persons, dirt)
    table = Table("level", "sound alike", "one person", "two persons", title=str(options))
    for (level, is_alike), (one, two) in sorted(counted(records).items()):
        table.add_row(level, "yes" if is_alike else "no", f"{one:,}", f"{two:,}")
    Console(width=100).print(table)
    return 0


def by_sound(misspell: Callable[[np.random.Generator, str], str]) -> Callable[[np.random.Generator, str], str]:
    """`misspell`, but another character is one that sounds the same."""
    alike = defaultdict(list)
    for character in LEVEL_1:
        alike[lazy_pinyin(character)[0]].append(character)

    def sounding(rng: np.random.Generator, name: str) -> str:
        if rng.random() >= OTHER_CHARACTER:
            return misspell(rng, name)
        place = int(rng.integers(len(name)))
        others = [one for one in alike[lazy_pinyin(name[place])[0]] if one != name[place]] or [name[place]]
        return name[:place] + str(rng.choice(others)) + name[place + 1 :]

    return sounding


def counted(records: pa.Table) -> dict[tuple[str, bool], list[int]]:
    """By level of the names and whether they sound alike: pairs that are one person, and that are two."""
    with TemporaryDirectory(prefix="lowincome-benchmark-") as folder:
        day.resolve(day.inputs(records.drop_columns(["person_no", "kind"])), Path(folder))
        tables = {name: [Path(folder) / f"{name}.parquet"] for name in ("compared_pair", "current_record")}
        pairs = engine.query(NAMES, {**tables, "truth": records}).to_pylist()
    counts: dict[tuple[str, bool], list[int]] = defaultdict(lambda: [0, 0])
    for pair in pairs:
        is_alike = lazy_pinyin(pair["left_name"]) == lazy_pinyin(pair["right_name"])
        counts[pair["level"], is_alike][not pair["is_one"]] += 1
    return counts


if __name__ == "__main__":
    sys.exit(main())
