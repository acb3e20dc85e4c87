"""How likely a record is each candidate: the same to the last bit, however the candidates come."""

from random import Random

import pyarrow as pa
from lowincome import engine, schema
from lowincome.settings import INCLUDE

NUMBERED = schema.TABLES["current_record"].append(pa.field("record_no", pa.int64()))
PLACED_PAIR = INCLUDE / "sql" / "resolve" / "placed_pair.sql"
ODDS = (1e16, 1.0, 1.0, 1.0, 3.3)
"""Added in another order, the smaller ones are lost in the first or are not."""


def scores(order: list[int]) -> list[float]:
    """Of one record, by candidate; each candidate bears an ID and agrees in its own way."""
    text = {name: pa.string() for name in schema.TABLES["compared_pair"].names}
    pairs = [dict.fromkeys(text, "same") | {"left_key": "a", "right_key": f"b{n}", "name": f"{n}"} for n in order]
    levels = [name for name in text if name not in ("left_key", "right_key")]
    patterns = [{name: pair[name] for name in levels} | {"pattern": "", "odds_same": ODDS[n]}
                for n, pair in zip(order, pairs, strict=True)]
    records = [{"record_key": "a", "record_no": 0}, *({"record_key": f"b{n}", "id_no": f"ID{n}"} for n in order)]
    known = {
        "compared_pair": pa.Table.from_pylist(pairs, pa.schema(text)),
        "pattern": pa.Table.from_pylist(patterns),
        "current_record": pa.Table.from_pylist(records, NUMBERED),
        "two_id_pair": pa.table({"left_id": pa.array([], pa.string()), "right_id": pa.array([], pa.string())}),
        "own_node": pa.table({"record_key": ["a"]}),
        "anchor": pa.table({"anchor": ["a"], "record_no": [0]}),
        "threshold": pa.table({"join_at": [0.99]}),
        "previous_anchor": schema.TABLES["person_anchor"].empty_table(),
    }
    return list(engine.query(PLACED_PAIR, known).column("score").to_pylist())


def test_scores_are_the_same_to_the_last_bit_in_whatever_order_candidates_come() -> None:
    found = {tuple(scores(Random(seed).sample(range(len(ODDS)), len(ODDS)))) for seed in range(12)}
    assert len(found) == 1
