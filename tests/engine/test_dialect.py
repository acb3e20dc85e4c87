"""What Spark is told in DuckDB's stead, difference by difference, without Spark."""

from pathlib import Path

import pytest
from lowincome import dialect, java_regex

from tests.engine.cases import DIFFERENCES, TYPES

DOCUMENT = Path(__file__).parents[2] / "docs" / "spark.md"


@pytest.mark.parametrize("name", DIFFERENCES)
def test_spark_is_told_what_duckdb_means(name: str) -> None:
    assert DIFFERENCES[name]["says"] in dialect.to_spark(DIFFERENCES[name]["asks"], TYPES)


def test_every_difference_has_a_case_and_a_line_in_the_document() -> None:
    names = {one.__name__ for one in dialect.DIFFERENCES}
    assert names <= DIFFERENCES.keys()
    text = DOCUMENT.read_text("utf-8")
    assert [name for name in names if f"`{name}`" not in text] == []


def test_a_view_is_translated_over_the_columns_of_what_it_stands_on() -> None:
    assert "`t`.`d` AS `d`" in dialect.to_spark("select * from t", {"t": {"d": "date"}})


def test_a_regular_expression_that_is_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a literal"):
        dialect.to_spark("select regexp_matches(written, written) from word", TYPES)


@pytest.mark.parametrize(("pattern", "java"), [
    ("a$", r"a\z"), (r"a\$", r"a\$"), ("[$.]", "[$.]"), (r"[\s]", "[\\t\\n\\f\\r ]"), (r"a\s", "a[\\t\\n\\f\\r ]"),
    (r"[\]$]$", r"[\]$]\z"), ("(,.*)?$", r"(,[^\n]*)?\z"),
])
def test_a_pattern_of_re2_means_the_same_to_java(pattern: str, java: str) -> None:
    assert java_regex.translated(pattern) == java
