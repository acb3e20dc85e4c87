"""The Record Linkage Toolkit on the same records: blocks and compares in pandas, a logistic regression decides.

It is taught with every pair of another city's blocks. Features, C and threshold are the best of 32 choices that were
tried on a city of the tables themselves (20,000 persons, seed 11), so its figures there flatter it.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import recordlinkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.resolution import labelled

BLOCKS = (("id_no",), ("name", "birth_date"), ("name", "phone"), ("birth_date", "phone"))
TAUGHT_WITH = 20_000
"""Persons."""
THRESHOLD = 0.9


def link(frame: pd.DataFrame) -> pa.Table:
    """record_key and person_id of every readied record: what pairs join, however long the chain, is one person."""
    vectors = _compared(frame)
    chances = _taught().prob(vectors)
    pairs = vectors.index[(chances >= THRESHOLD).to_numpy()]
    left, right = (pairs.get_level_values(side).to_numpy() for side in (0, 1))
    edges = coo_array((np.ones(len(pairs)), (left, right)), shape=(len(frame), len(frame)))
    person = connected_components(edges, directed=False)[1].astype(str)
    return pa.table({"record_key": pa.array(frame["record_key"]), "person_id": person})


def _taught() -> recordlinkage.LogisticRegressionClassifier:
    city = labelled.city(TAUGHT_WITH)
    vectors, person = _compared(city), city["person_no"].to_numpy()
    left, right = (person[vectors.index.get_level_values(side)] for side in (0, 1))
    classifier = recordlinkage.LogisticRegressionClassifier(C=100)
    classifier.fit(vectors, vectors.index[left == right])
    return classifier


def _compared(frame: pd.DataFrame) -> pd.DataFrame:
    """Each pair of a block as numbers. What is missing agrees with nothing and differs from nothing."""
    index = recordlinkage.Index()
    for columns in BLOCKS:
        index.block(list(columns))
    compare = recordlinkage.Compare()
    compare.string("id_written", "id_written", method="damerau_levenshtein", label="id")
    compare.string("name", "name", method="jarowinkler", threshold=0.8, label="name is near")
    compare.string("birth_date", "birth_date", method="damerau_levenshtein", label="birth_date")
    for column in ("name", "sex", "phone", "address"):
        compare.exact(column, column, label=column)
    for column in ("id_no", "phone", "address"):
        compare.exact(column, column, agree_value=0, disagree_value=1, label=f"another {column}")
    return compare.compute(index.index(frame), frame)
