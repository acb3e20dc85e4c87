"""What keeps the SQL fit for two engines, asked without Spark: CI has neither PySpark nor sqlglot."""

import ast
import re
from pathlib import Path

import pytest
from lowincome import java_regex

from tests.engine.cases import DIFFERENCES

PROJECT = Path(__file__).parents[2]
DOCUMENT = (PROJECT / "docs" / "spark.md").read_text("utf-8")
ON_ONE_MACHINE = ("standardise", "register")
"""Folders of SQL that Spark is never asked: deliveries are read where they landed, the register is a database."""
SQL = sorted(path for path in (PROJECT / "include" / "sql").rglob("*.sql") if path.parent.name not in ON_ONE_MACHINE)
DUCKDB_ALONE = re.compile(
    r"\b(?:list|struct|map|array|read|regexp_split|regexp_extract_all)_?\w*\s*\(|\blambda\b|\b(?:un)?pivot\b|\bqualify\s*\(|"
    r"\brow_number\s*\(\)\s*over\s*\(\)|\basof\b|\bmacro\b|\btry\s*\(|\bexclude\s*\(|\bcolumns\s*\(|\[[^'\]]*\]",
    re.IGNORECASE)
"""Functions of lists, lambdas, macros, reading of files, and rows counted as they come: Spark has none of them."""
MATCHES = re.compile(r"\bregexp_(?:full_match|matches|extract|replace)\s*\((?:[^(),]|\([^()]*\))+,\s*(.)")
"""A call that matches a regular expression, with the first letter of what it matches against."""


def _statement(path: Path) -> str:
    """A file without its comments and without what stands in quotes."""
    return re.sub(r"'[^']*'|--[^\n]*", "''", path.read_text("utf-8"))


def _listed() -> list[str]:
    """The names in dialect.DIFFERENCES, read from its source."""
    tree = ast.parse((PROJECT / "plugins" / "lowincome" / "dialect.py").read_text("utf-8"))
    (named,) = (node.value for node in tree.body
                if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "DIFFERENCES")
    assert isinstance(named, ast.Tuple)
    return [ast.unparse(name) for name in named.elts]


def test_every_difference_has_a_case_and_a_line_in_the_document() -> None:
    names = {*_listed(), "huge_integer"}
    assert len(names) > 20
    assert names <= DIFFERENCES.keys()
    assert [name for name in names if f"| `{name}` |" not in DOCUMENT] == []


def test_no_statement_uses_what_duckdb_alone_has() -> None:
    assert len(SQL) > 100
    found = {path.name: word for path in SQL if (word := DUCKDB_ALONE.findall(_statement(path)))}
    assert found == {}


@pytest.mark.parametrize("alone", [
    "list_sort(x)", "x -> [1, 2]", "read_parquet('f')", "select * exclude (a)", "lambda x: 1", "row_number() over ()"])
def test_what_duckdb_alone_has_is_seen(alone: str) -> None:
    assert DUCKDB_ALONE.search(alone)


def test_every_regular_expression_is_written_out() -> None:
    calls = {path.name: MATCHES.findall(path.read_text("utf-8")) for path in SQL}
    assert sum(map(len, calls.values())) > 20
    assert {name: found for name, found in calls.items() if set(found) - {"'"}} == {}


@pytest.mark.parametrize(("pattern", "java"), [
    ("a$", r"a\z"), (r"a\$", r"a\$"), ("[$.]", "[$.]"), (r"[\s]", "[\\t\\n\\f\\r ]"), (r"a\s", "a[\\t\\n\\f\\r ]"),
    (r"[\]$]$", r"[\]$]\z"), ("(,.*)?$", r"(,[^\n]*)?\z"),
])
def test_a_pattern_of_re2_means_the_same_to_java(pattern: str, java: str) -> None:
    assert java_regex.translated(pattern) == java
