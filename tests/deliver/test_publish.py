"""A day's folder is published whole, and once: what was changed since is neither kept nor published again."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lowincome.deliver.publish import publish
from lowincome.errors import AuditFailed
from lowincome.lake import digest, write_json

DAY = date(2026, 11, 22)


def building(text: str) -> Callable[[Path], dict[str, Any]]:
    """Builds a folder with one list and a manifest that names it."""

    def build(folder: Path) -> dict[str, Any]:
        (folder / "worklists").mkdir()
        (folder / "worklists" / "370102.csv").write_text(text, "utf-8")
        write_json(folder / "manifest.json", {"list": digest(folder / "worklists" / "370102.csv")})
        return {}

    return build


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return publish(tmp_path, DAY, building("one"))


def test_the_same_day_again_is_the_same_folder(published: Path, tmp_path: Path) -> None:
    before = published.resolve()
    assert publish(tmp_path, DAY, building("one")).resolve() == before
    assert [path.name for path in (tmp_path / ".versions").iterdir()] == [before.name]


def test_another_content_is_another_version_and_the_earlier_one_stays(published: Path, tmp_path: Path) -> None:
    before = published.resolve()
    publish(tmp_path, DAY, building("two"))
    assert (before / "worklists" / "370102.csv").read_text("utf-8") == "one"
    assert (published / "worklists" / "370102.csv").read_text("utf-8") == "two"
    assert publish(tmp_path, DAY, building("one")).resolve() == before


@pytest.mark.parametrize("name", ["worklists/370102.csv", "worklists/added.csv", "manifest.json"])
def test_a_version_that_was_changed_since_is_not_published_again_but_named(
    published: Path, tmp_path: Path, name: str
) -> None:
    (published / name).write_text("{}", "utf-8")
    with pytest.raises(AuditFailed, match=rf"changed since;.* or none, of {name}; next: .*move the folder"):
        publish(tmp_path, DAY, building("one"))
    assert [path.name for path in (tmp_path / ".versions").iterdir()] == [published.resolve().name]


def test_a_version_that_lost_a_file_is_built_anew_once_it_was_moved_away(published: Path, tmp_path: Path) -> None:
    (published / "worklists" / "370102.csv").unlink()
    with pytest.raises(AuditFailed, match=r"of worklists/370102\.csv;"):
        publish(tmp_path, DAY, building("one"))
    published.resolve().rename(tmp_path / "evidence")
    publish(tmp_path, DAY, building("one"))
    assert (published / "worklists" / "370102.csv").read_text("utf-8") == "one"


def test_a_changed_version_does_not_take_the_place_of_the_day_that_is_read(published: Path, tmp_path: Path) -> None:
    first = published.resolve()
    publish(tmp_path, DAY, building("two"))
    second = published.resolve()
    (first / "worklists" / "370102.csv").write_text("changed", "utf-8")
    with pytest.raises(AuditFailed):
        publish(tmp_path, DAY, building("one"))
    assert published.resolve() == second
