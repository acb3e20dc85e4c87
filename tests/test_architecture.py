"""The walls of the house: who may import whom, and what every file says of itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
PACKAGE = PROJECT / "plugins" / "lowincome"
STAGES = {"sources", "resolve", "household", "rules", "register", "returns", "deliver", "web"}
ABOVE = {
    "steps", "alerts", "approval", "chain_verbs", "collect", "datasets", "day_tables", "decisions", "evidence",
    "gauges", "ingest", "inquiry", "key_verbs", "linkage", "linkage_verbs", "maintenance", "pages", "published",
    "retention", "tell", "trace_verbs", "turns", "upload", "__main__",
}
"""The verbs: what DAGs, pages and the command line call."""
ENGINES = {
    "duckdb": {"engine.py"}, "pyspark": {"engine_spark.py"}, "sqlglot": {"dialect.py"},
    "great_expectations": {"audit.py"},
}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
AIRFLOW_FILES = sorted([*(PROJECT / "dags").glob("*.py"), *(PROJECT / "plugins").glob("*.py")])
SQL = sorted((PROJECT / "include" / "sql").rglob("*.sql"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The stage or core module that a file of the package belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def rooms_imported(path: Path) -> set[str]:
    """The rooms of the package that a file reaches into."""
    names = {name.split(".")[1] for name in imported(path) if name.startswith("lowincome.")}
    return names - {room(path)}


def named(path: Path) -> str:
    """A file as a test's name."""
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_imports_go_down_and_never_sideways(path: Path) -> None:
    if room(path) not in ABOVE:
        assert rooms_imported(path) & (STAGES | ABOVE) == set()


def test_the_wall_test_sees_a_sideways_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.test_architecture.PACKAGE", tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "bad.py").write_text("from lowincome.deliver import report\n", "utf-8")
    assert rooms_imported(tmp_path / "rules" / "bad.py") == {"deliver"}


@pytest.mark.parametrize(("library", "homes"), ENGINES.items(), ids=ENGINES)
def test_each_engine_is_imported_from_one_file(library: str, homes: set[str]) -> None:
    users = {path.name for path in MODULES if any(name.split(".")[0] == library for name in imported(path))}
    assert users == homes


def test_workbooks_of_others_are_opened_in_one_place_behind_its_guard() -> None:
    opening = {path.name for path in MODULES for name in imported(path)
               if name.split(".")[0] == "openpyxl" and not f"{name}.".startswith("openpyxl.utils.")}
    assert opening == {"workbooks.py"}
    assert [named(path) for path in MODULES if "read_excel" in path.read_text("utf-8")] == []


def test_nobody_but_the_engine_knows_that_there_is_another() -> None:
    rooms = {path.name: {name.split(".")[1] for name in imported(path) if name.startswith("lowincome.")}
             for path in MODULES}
    assert {name for name, known in rooms.items() if "engine_spark" in known} == {"scaled_out.py"}
    assert {name for name, known in rooms.items() if "dialect" in known} == {"engine_spark.py"}
    assert {name for name, known in rooms.items() if "java_regex" in known} == {"dialect.py"}


def test_airflow_stays_in_the_dags_and_the_plugin_files() -> None:
    assert [named(path) for path in MODULES if any(name.split(".")[0] == "airflow" for name in imported(path))] == []


def test_the_sandbox_and_the_package_do_not_know_each_other() -> None:
    sandbox = sorted((PROJECT / "sandbox").rglob("*.py"))
    assert sandbox
    assert [named(path) for path in sandbox if any(name.split(".")[0] == "lowincome" for name in imported(path))] == []
    assert [named(path) for path in MODULES if any(name.split(".")[0] == "sandbox" for name in imported(path))] == []


@pytest.mark.parametrize("path", AIRFLOW_FILES, ids=named)
def test_a_file_that_airflow_executes_stays_small(path: Path) -> None:
    assert path.read_text("utf-8").count("\n") < 80


def test_dag_files_are_tables_of_contents() -> None:
    assert all(path.read_text("utf-8").count("\n") <= 60 for path in (PROJECT / "dags").glob("*.py"))


def test_airflow_ignores_the_package_when_it_executes_plugins() -> None:
    assert (PROJECT / "plugins" / ".airflowignore").read_text("utf-8").split() == ["lowincome/"]


@pytest.mark.parametrize("path", SQL, ids=named)
def test_every_sql_file_opens_with_what_it_is_and_its_grain(path: Path) -> None:
    head = []
    for line in path.read_text("utf-8").splitlines():
        if not line.startswith("--"):
            break
        head.append(line)
    assert "Grain" in " ".join(head)


def test_every_list_that_sql_gathers_says_its_order() -> None:
    """What threads gather in another order is other bytes of the same lock."""
    unordered = re.compile(r"\bstring_agg\((?:(?!order by)(?:[^()]|\([^()]*\)))*\)")
    assert unordered.search("string_agg(key, '|')") and unordered.search("string_agg(nullif(key, ''), '|') as keys")
    assert not unordered.search("string_agg(nullif(key, ''), '|' order by key)")
    assert [path.name for path in SQL if unordered.search(path.read_text("utf-8"))] == []


def test_the_map_of_the_house_names_every_room() -> None:
    told = set(re.findall(r"`(\w+)`", ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))) or ""))
    assert told == {room(path) for path in MODULES} - {"__init__"}


def test_no_module_is_named_after_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "common", "base", "misc", "manager"}
    assert [named(path) for path in MODULES if path.stem in nothing] == []
