"""Another city of the same kind, of which is known who is who: what teaches the ways that learn from answers."""

import pandas as pd

from benchmarks.resolution import truth
from benchmarks.resolution.careful import readied

SEED = 21
"""No city that a table of results tells of."""


def city(persons: int) -> pd.DataFrame:
    """Its records, readied, each with its `person_no`."""
    return readied(truth.records(SEED, persons))
