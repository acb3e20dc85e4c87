"""Settings say where things lie, and a home that they make is nobody else's to enter."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lowincome.errors import SettingsInvalid
from lowincome.settings import read_settings
from lowincome.web.staff import ROLES, find_member

from scripts import airflow_home


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """As most machines set it: everybody reads what is made."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def test_a_home_that_is_made_is_for_its_owner_alone_and_folders_above_it_are_as_usual(tmp_path: Path) -> None:
    home = read_settings({"LOWINCOME_HOME": str(tmp_path / "srv" / "home")}).home
    assert (rights(home), rights(home.parent)) == (0o700, 0o755)


def test_a_home_that_is_there_keeps_the_rights_that_its_operator_gave(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o750)
    assert rights(read_settings({"LOWINCOME_HOME": str(tmp_path / "home")}).home) == 0o750


@pytest.fixture
def kept_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home that is not there yet; what the scripts set is undone."""
    monkeypatch.setattr(os, "environ", {**os.environ, "LOWINCOME_HOME": str(tmp_path / "home")})
    monkeypatch.setattr(airflow_home.sys, "path", list(airflow_home.sys.path))
    return tmp_path / "home"


def test_the_demo_makes_such_a_home_and_says_nothing_of_it(
    kept_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, _ = airflow_home.prepare_environment()
    assert (home, rights(home), capsys.readouterr().err) == (kept_environment, 0o700, "")


def test_the_demo_leaves_a_home_that_others_may_enter_and_says_so(
    kept_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept_environment.mkdir(mode=0o755)
    home, _ = airflow_home.prepare_environment()
    assert (rights(home), f"chmod 700 {home}" in capsys.readouterr().err) == (0o755, True)


PLAYED = ("LOWINCOME_STAFF", "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION", "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE")


@pytest.fixture
def nothing_chosen(kept_environment: Path) -> Path:
    for name in (*PLAYED, "SANDBOX"):
        os.environ.pop(name, None)
    return kept_environment


def test_where_sources_are_played_admin_sees_every_page_and_dags_run_when_they_are_triggered(
    nothing_chosen: Path
) -> None:
    airflow_home.prepare_environment()
    assert [os.environ[name] for name in PLAYED[1:]] == ["False", "False"]
    admin = find_member(Path(os.environ["LOWINCOME_STAFF"]), "admin")
    assert admin and admin.pages == frozenset().union(*ROLES.values())


def test_the_staff_page_of_a_home_and_what_the_environment_says_come_first(nothing_chosen: Path) -> None:
    nothing_chosen.mkdir(mode=0o700)
    (nothing_chosen / "staff.yaml").write_text("zhao: {roles: [auditor]}\n", "utf-8")
    os.environ[PLAYED[1]] = "True"
    airflow_home.prepare_environment()
    assert ("LOWINCOME_STAFF" in os.environ, os.environ[PLAYED[1]]) == (False, "True")


@pytest.mark.parametrize("real", ["sources", "people"])
def test_nobody_is_given_a_page_where_sources_or_people_are_real(nothing_chosen: Path, real: str) -> None:
    if real == "sources":
        os.environ["SANDBOX"] = "off"
    else:
        (nothing_chosen / "lake").mkdir(mode=0o700, parents=True)
    airflow_home.prepare_environment()
    assert not set(PLAYED) & set(os.environ)


def test_the_key_of_identities_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = read_settings({"LOWINCOME_HOME": str(tmp_path)}).identity_key
    assert read_settings({"LOWINCOME_HOME": str(tmp_path)}).identity_key == first
    assert [(path.name, rights(path)) for path in tmp_path.iterdir()] == [("identity.key", 0o600)]


@pytest.mark.parametrize("text", ["", "\n", "0" * 63, "G" * 64])
def test_a_key_that_is_not_whole_is_no_key(tmp_path: Path, text: str) -> None:
    (tmp_path / "identity.key").write_text(text, "utf-8")
    with pytest.raises(SettingsInvalid, match=r"not whole.*restore it"):
        read_settings({"LOWINCOME_HOME": str(tmp_path)})
    assert (tmp_path / "identity.key").read_text("utf-8") == text
