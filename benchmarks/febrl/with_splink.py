"""Splink on FEBRL's records: its own comparisons for names, dates and addresses, trained without labels."""

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

BLOCKS = (
    ("date_of_birth",),
    ("soc_sec_id",),
    ("given_name", "surname"),
    ("surname", "postcode"),
    ("surname", "suburb"),
    ("surname", "street_number"),
    ("given_name", "postcode"),
    ("given_name", "suburb"),
    ("given_name", "street_number"),
    ("postcode", "street_number"),
    ("address_1", "street_number"),
    ("address_1", "postcode"),
    ("address_1", "suburb"),
    ("suburb", "postcode"),
)
TRAINED = (("date_of_birth",), ("given_name", "surname"), ("postcode", "suburb"))
THRESHOLD = 0.99


def link(records: pa.Table) -> pa.Table:
    """record_key and person_id of every record."""
    has_number = records["soc_sec_id"].null_count < records.num_rows
    api = DuckDBAPI(duckdb.connect(config={"memory_limit": "4GB"}))
    tables = [records.filter(pc.equal(records["list"], name)) for name in _lists(records)] or [records]
    inputs = [api.register(table) for table in tables]
    linker = Linker(inputs if len(inputs) > 1 else inputs[0], _settings(len(inputs) > 1, has_number), log_level=None)
    _train(linker)
    predicted = linker.inference.predict(threshold_match_probability=THRESHOLD)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, THRESHOLD).as_pyarrow_table()
    return pa.table({"record_key": found["record_key"], "person_id": found["cluster_id"]})


def _lists(records: pa.Table) -> list[str]:
    """The lists that know each person once; none where every record is a list of its own."""
    names: list[str] = sorted(set(records["list"].to_pylist()))
    return names if len(names) < records.num_rows else []


def _settings(is_two_lists: bool, has_number: bool) -> SettingsCreator:
    number = [cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1])] if has_number else []
    return SettingsCreator(
        link_type="link_only" if is_two_lists else "dedupe_only",
        unique_id_column_name="record_key",
        comparisons=[
            cl.ForenameSurnameComparison("given_name", "surname"),
            cl.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            cl.DamerauLevenshteinAtThresholds("street_number", [1]),
            cl.DamerauLevenshteinAtThresholds("address_1", [1, 4]),
            cl.DamerauLevenshteinAtThresholds("address_2", [1, 4]),
            cl.DamerauLevenshteinAtThresholds("suburb", [1, 4]),
            cl.DamerauLevenshteinAtThresholds("postcode", [1]),
            cl.ExactMatch("state"),
            *number,
        ],
        blocking_rules_to_generate_predictions=[
            block_on(*columns) for columns in BLOCKS if has_number or columns != ("soc_sec_id",)
        ],
    )


def _train(linker: Linker) -> None:
    certain = [block_on("given_name", "surname", "date_of_birth"), block_on("address_1", "street_number", "postcode")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=1)
    for columns in TRAINED:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
