"""dedupe on the same records, taught as its manual says: it asks about pairs that it is unsure of.

The pairs are of another city, where the truth answers. One process does everything, so that its seconds and memory can
be counted; what it draws at random it draws from one seed.
"""

import random
from functools import partial
from unittest import mock

import dedupe
import numpy as np
import pandas as pd
import pyarrow as pa
from dedupe.variables import Exact, ShortString, String
from joblib import parallel_config

from benchmarks.resolution import labelled

TAUGHT_WITH = 1_000
"""Persons. What it holds while it learns grows with their square: 2.8 GB for these, 14 GB for 5,000."""
ANSWERS = 100
THRESHOLD = 0.5
"""dedupe's own."""
SEED = 1
COLUMNS = ["id_written", "name", "birth_date", "sex", "phone", "address"]
Row = dict[str, str | int | None]


def link(frame: pd.DataFrame) -> pa.Table:
    """record_key and person_id of every readied record."""
    city = _rows(labelled.city(TAUGHT_WITH)[[*COLUMNS, "person_no"]])
    random.seed(SEED)
    seeded = partial(np.random.default_rng, SEED)
    with mock.patch.object(np.random, "default_rng", seeded), parallel_config(backend="threading"):
        clusters = _taught(city).partition(_rows(frame[COLUMNS]), THRESHOLD)
    person = {place: str(number) for number, (places, _) in enumerate(clusters) for place in places}
    found = [person[place] for place in range(len(frame))]
    return pa.table({"record_key": pa.array(frame["record_key"]), "person_id": found})


def _taught(city: dict[int, Row]) -> dedupe.Dedupe:
    matcher = dedupe.Dedupe(_variables(), num_cores=0, in_memory=True)
    matcher.prepare_training(city)
    for _ in range(ANSWERS):
        (pair,) = matcher.uncertain_pairs()
        is_one = pair[0]["person_no"] == pair[1]["person_no"]
        matcher.mark_pairs({"match": [pair] * is_one, "distinct": [pair] * (not is_one)})
    matcher.train()
    return matcher


def _variables() -> list[dedupe.variables.base.Variable]:
    short = {column: ShortString(column, has_missing=column != "name") for column in ("id_written", "name", "phone")}
    return [*short.values(), ShortString("birth_date"), Exact("sex"), String("address", has_missing=True)]


def _rows(frame: pd.DataFrame) -> dict[int, Row]:
    known = frame.astype(object).where(frame.notna(), None)
    return dict(enumerate(known.to_dict("records")))
