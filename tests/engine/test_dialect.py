"""What Spark is told in DuckDB's stead, difference by difference, without Spark; where sqlglot is installed."""

import pytest

from tests.engine.cases import DIFFERENCES, TYPES

pytest.importorskip("sqlglot", reason="Spark is optional: `make test-spark`")
from lowincome import dialect


@pytest.mark.parametrize("name", DIFFERENCES)
def test_spark_is_told_what_duckdb_means(name: str) -> None:
    assert DIFFERENCES[name]["says"] in dialect.to_spark(DIFFERENCES[name]["asks"], TYPES)


def test_a_view_is_translated_over_the_columns_of_what_it_stands_on() -> None:
    assert "`t`.`d` AS `d`" in dialect.to_spark("select * from t", {"t": {"d": "date"}})


def test_a_regular_expression_that_is_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a literal"):
        dialect.to_spark("select regexp_matches(written, written) from word", TYPES)
