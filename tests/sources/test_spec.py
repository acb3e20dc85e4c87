"""Source pages are read strictly: a value that no code reads is a wrong page, told by key."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE, PROJECT
from lowincome.sources.spec import load_spec, registry

PAGES = sorted((INCLUDE / "sources").glob("*.yaml"))


def write(folder: Path, **changes: Any) -> Path:
    """The city's page with other values; a dotted name goes down."""
    content = yaml.safe_load((INCLUDE / "sources" / "city_check.yaml").read_text("utf-8"))
    for name, value in changes.items():
        *parents, last = name.split("__")
        place = content
        for parent in parents:
            place = place[parent]
        place[last] = value
    page = folder / "city_check.yaml"
    page.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
    return page


def test_there_are_the_six_sources_of_the_contract() -> None:
    assert {"province_check", "city_check", "medical_insurance", "rural_revitalization", "disabled_federation",
            "assistance_roster"} <= set(registry())


def test_what_lies_apart_from_the_persons_is_counted_by_itself_and_what_is_read_from_their_rows_is_not() -> None:
    apart = {name: spec.others for name, spec in registry().items() if spec.others}
    assert apart == {"assistance_roster": ("coverage", "payment", "subsidy")}


@pytest.mark.parametrize(("key", "value", "words"), [
    ("id", "other", "value of id"), ("transport", "carrier_pigeon", "value of transport"),
    ("reader", "pdf", "value of reader"), ("load", "some", "value of load"), ("max_shrink", 1, "value of max_shrink"),
    ("max_shrink", 0, "value of max_shrink"), ("max_age", -1, "value of max_age"),
    ("nickname", "x", "cannot be read"), ("tables__person_record__colour", "x", "cannot be read"),
    ("tables__person_record__fields__name", {"from": "xm"}, "cannot be read"),
    ("tables__person_record__fields__name", {"parse": "text"}, "neither from nor value"),
    ("tables__person_record__fields__name", {"from": "x", "parse": "text", "unknown": "?"}, "name.unknown"),
    ("tables__person_record__counts_as", "money", "counts_as"), ("tables__person_record__counts_as", "other", "none"),
    ("tables__economic_fact__counts_as", "rows", "person_record, economic_fact")])
def test_a_value_that_is_not_allowed_is_told_by_page_and_key(
    key: str, value: Any, words: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsInvalid, match=r"city_check\.yaml") as caught:
        load_spec(write(tmp_path, **{key: value}))
    assert words in str(caught.value)


def test_a_page_without_a_mandatory_key_says_so(tmp_path: Path) -> None:
    page = tmp_path / "x.yaml"
    page.write_text("id: x\n")
    with pytest.raises(SettingsInvalid, match=r"x\.yaml.*tables"):
        load_spec(page)


def test_the_unchanged_page_is_read(tmp_path: Path) -> None:
    assert load_spec(write(tmp_path)) == registry()["city_check"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_column_that_a_page_reads_is_one_that_it_knows(page: Path) -> None:
    spec = load_spec(page)
    read = {entry.origin.split(".")[-1] for table in spec.tables for entry in table.fields.values() if entry.origin}
    assert read <= set(spec.known_columns)
    assert set(spec.required_columns) <= set(spec.known_columns)


def test_the_document_that_the_error_names_tells_every_key() -> None:
    text = (PROJECT / "docs" / "sources.md").read_text("utf-8")
    spec = registry()["city_check"]
    keys = [*vars(spec), *vars(spec.tables[0]), *vars(next(iter(spec.tables[0].fields.values())))]
    told_otherwise = {"origin": "from", "name": "tables"}
    assert [key for key in keys if f"`{told_otherwise.get(key, key)}`" not in text] == []


def test_the_document_tells_every_way_to_read_a_cell() -> None:
    text = (PROJECT / "docs" / "sources.md").read_text("utf-8")
    parses = {entry.parse for spec in registry().values() for table in spec.tables for entry in table.fields.values()}
    assert [name for name in sorted(parses) if f"`{name}`" not in text] == []
