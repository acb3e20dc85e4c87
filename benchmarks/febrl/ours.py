"""The pipeline's engine on FEBRL's records: its own comparison set, the same estimate, model and clusters."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from lowincome import engine
from lowincome.resolve.clusters import Clusters
from lowincome.resolve.comparison import read_comparison
from lowincome.resolve.estimate import estimate
from lowincome.resolve.model import Model

FOLDER = Path(__file__).parent
BEFORE = Model(version=0, rivals={"stranger": 5000}, join=0.99, stay=0.9, review=0.5, weights={})
"""Nothing is known yet but that of some five thousand records one or two are a given person's."""


def link(records: pa.Table) -> pa.Table:
    """record_key and person_id of every record."""
    comparison = read_comparison(FOLDER / "comparison.yaml", FOLDER)
    known: dict[str, engine.Input] = {"record": records}
    with TemporaryDirectory(prefix="lowincome-febrl-") as folder:
        model = estimate(known, Path(folder), comparison, BEFORE)
        compared = comparison.compare(FOLDER / "candidate_pair.sql", known, Path(folder))
        distinct = engine.query(f"select distinct {', '.join(model.attributes)} from compared", compared)
        scored = {**compared, "pattern": model.patterns(distinct), "threshold": model.thresholds()}
        return _clustered(records, engine.query(FOLDER / "edge.sql", scored))


def _clustered(records: pa.Table, edges: pa.Table) -> pa.Table:
    """A list knows a person once, as a family list does."""
    keys, lists = records["record_key"].to_pylist(), records["list"].to_pylist()
    clusters = Clusters({}, {key: {name} for key, name in zip(keys, lists, strict=True)}, ())
    for row in edges.to_pylist():
        clusters.join((row["left"], row["right"], row["method"], row["score"], row["is_repeat"]))
    person = {key: cluster for key, cluster, _, _ in clusters.members()}
    return pa.table({"record_key": keys, "person_id": [person.get(key, key) for key in keys]})
