"""Splink on the same records: numbers checked and names trimmed first, careful rules, trained without labels."""

import time

import duckdb
import pandas as pd
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKS = (("id_no",), ("name", "birth_date"), ("name", "phone"), ("birth_date", "phone"))
TRAINED = (("id_no",), ("name", "birth_date"), ("name", "phone"))
THRESHOLD = 0.99
"""As the pipeline joins. Not tuned: another threshold may serve Splink better."""


def link(frame: pd.DataFrame) -> pa.Table:
    """record_key and person_id of every readied record; `answering` tells the processor seconds after training."""
    linker = _trained(frame)
    started = time.process_time()
    links = _predicted(linker)
    return links.replace_schema_metadata({"answering": str(time.process_time() - started)})


def _trained(frame: pd.DataFrame) -> Linker:
    api = DuckDBAPI(duckdb.connect())
    linker = Linker(api.register(pa.Table.from_pandas(frame, preserve_index=False)), _settings(), log_level=None)
    linker.training.estimate_probability_two_random_records_match([block_on("id_no")], recall=0.95)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for columns in TRAINED:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns), max_pairs=1e6)
    return linker


def _predicted(linker: Linker) -> pa.Table:
    predicted = linker.inference.predict(threshold_match_probability=THRESHOLD)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, THRESHOLD).as_pyarrow_table()
    return pa.table({"record_key": found["record_key"], "person_id": found["cluster_id"]})


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_key",
        comparisons=[
            cl.DamerauLevenshteinAtThresholds("id_written", [1, 2]),
            _name(),
            cl.DamerauLevenshteinAtThresholds("birth_date", [1]),
            cl.ExactMatch("sex"),
            cl.ExactMatch("phone"),
            cl.ExactMatch("address"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKS],
        retain_matching_columns=False,
    )


def _name() -> cl.CustomComparison:
    """One Han character is three bytes to the engine's edit distance."""
    return cl.CustomComparison(
        [
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name"),
            cll.LevenshteinLevel("name", 3),
            cll.CustomLevel("substr(name_l, 1, 1) = substr(name_r, 1, 1)", "same surname"),
            cll.ElseLevel(),
        ],
        "name",
    )
