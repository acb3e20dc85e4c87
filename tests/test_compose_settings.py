"""Plain processes read docker-compose.yml as Compose does, so that the two cannot part."""

import pytest

from scripts.compose_settings import COMPOSE, environment, filled, relocated, required, services

GIVEN = {name: name.lower() for name in required()}


def test_a_variable_is_filled_by_what_is_given_or_its_default() -> None:
    assert filled("a:${NAME:-none}@b", {"NAME": "x"}) == "a:x@b"
    assert filled("a:${NAME:-none}@b", {}) == "a:none@b"
    assert filled("${NAME:?why}${OTHER}", {"NAME": "x", "OTHER": "y"}) == "xy"


def test_a_required_variable_without_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="NAME"):
        filled("${NAME:?set it}", {})


def test_two_dollars_are_one_and_begin_no_variable() -> None:
    assert filled("$$HOME $${NAME:?why}", {}) == "$HOME ${NAME:?why}"


def test_hosts_and_folders_move_by_their_patterns() -> None:
    moved = {r"@postgres/(\w+)": r"@/\1?host=/tmp/here", "/opt/lowincome": "/srv"}
    assert relocated("db+postgresql://a:b@postgres/airflow", moved) == "db+postgresql://a:b@/airflow?host=/tmp/here"
    assert relocated("/opt/lowincome/dags", moved) == "/srv/dags"


def test_every_part_gets_the_settings_that_all_share_and_none_is_left_unfilled() -> None:
    parts = [name for name in services() if name.startswith("airflow-")]
    shared = environment("airflow-scheduler", GIVEN, {}).items()
    assert len(parts) == 6
    assert all(shared <= environment(part, GIVEN, {}).items() for part in parts)
    assert not any("${" in value for part in parts for value in environment(part, GIVEN, {}).values())


def test_every_part_gets_the_keys_of_encryption_that_are_named_and_none_when_none_are() -> None:
    parts = [name for name in services() if name.startswith("airflow-")]
    for named in ("", "connection:lowincome_keys"):
        given = GIVEN | ({"LOWINCOME_ENCRYPTION_KEYS": named} if named else {})
        assert {environment(part, given, {})["LOWINCOME_ENCRYPTION_KEYS"] for part in parts} == {named}


@pytest.mark.parametrize(("given", "found"), [({}, "false"), ({"AIRFLOW_COOKIE_SECURE": "true"}, "true")])
def test_cookies_are_for_https_alone_where_that_is_set_as_the_operations_page_says(
    given: dict[str, str], found: str
) -> None:
    assert environment("airflow-api-server", GIVEN | given, {})["AIRFLOW__FAB__COOKIE_SECURE"] == found
    page = (COMPOSE.parent / "docs" / "operations.md").read_text("utf-8")
    assert "`AIRFLOW_COOKIE_SECURE=true`" in page.partition("## Behind HTTPS")[2].partition("\n## ")[0]
