"""What Spark is told in DuckDB's stead, difference by difference, without Spark; where sqlglot is installed."""

import pytest

from tests.engine.cases import DIFFERENCES, TYPES

pytest.importorskip("sqlglot", reason="Spark is optional: `make test-spark`")
from lowincome import dialect


def told(asked: str, tables: dialect.Tables = TYPES) -> str:
    """What Spark is told of a statement of DuckDB's."""
    return dialect.to_spark(dialect.parsed(asked), tables)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_spark_is_told_what_duckdb_means(name: str) -> None:
    assert DIFFERENCES[name]["says"] in told(DIFFERENCES[name]["asks"])


def test_a_view_is_translated_over_the_columns_of_what_it_stands_on() -> None:
    assert "`t`.`d` AS `d`" in told("select * from t", {"t": {"d": "date"}})


@pytest.mark.parametrize(("asked", "bare", "order"), [
    ("select word.written, place as p from word order by word.written desc, p", "`word`.`place` AS `p` FROM",
     'ORDER BY "written" DESC, "p"'),
    ("select upper(written) as written from word order by word.written", "`word`.`written` AS `_order_0` FROM",
     "ORDER BY _order_0"),
    ("select written from word union all select 'a' from amount order by all", "FROM `amount`", "ORDER BY ALL"),
    ("select written from word", "`word`.`written` AS `written` FROM", ""),
])
def test_the_last_order_is_left_to_who_writes_the_file(asked: str, bare: str, order: str) -> None:
    statement, left = dialect.without_order(dialect.parsed(asked))
    said = dialect.to_spark(statement, TYPES)
    assert (bare in said, "ORDER BY" in said, left) == (True, False, order)


@pytest.mark.parametrize("asked", [
    "select written from word order by written limit 3", "select written from word order by 1"])
def test_an_order_that_decides_which_rows_there_are_or_names_a_place_stays_with_the_statement(asked: str) -> None:
    statement, left = dialect.without_order(dialect.parsed(asked))
    assert ("ORDER BY" in dialect.to_spark(statement, TYPES), left) == (True, "")


def test_queries_of_a_with_are_taken_out_in_their_order_but_for_those_that_name_their_columns() -> None:
    statement = dialect.parsed("with a as (select 1 as n), b as (select n from a) select n from b")
    assert (list(dialect.parts(statement)), statement.sql()) == (["a", "b"], "SELECT n FROM b")
    assert dialect.parts(dialect.parsed("with a (n) as (select 1) select n from a")) == {}


@pytest.mark.parametrize(("asked", "is_kept"), [
    ("select written from word", False), ("select distinct written from word", True),
    ("select count(*) from word group by written", True), ("select a.* from word as a, word as b", True),
])
def test_rows_are_kept_that_are_dear_to_work_out_and_read_more_than_once(asked: str, is_kept: bool) -> None:
    once, twice = dialect.parsed("select * from t"), dialect.parsed("select t.* from t inner join t as u on t.a = u.a")
    assert dialect.is_dear(dialect.parsed(asked)) is is_kept
    assert (dialect.is_shared("t", [once]), dialect.is_shared("t", [twice])) == (False, True)
    assert dialect.is_shared("t", [once, once])


def test_a_regular_expression_that_is_computed_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a literal"):
        told("select regexp_matches(written, written) from word")
