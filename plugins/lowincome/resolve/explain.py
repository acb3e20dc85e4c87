"""Why two records are, or are not, one person: the same SQL and the same model, on one pair."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pyarrow as pa

from lowincome import engine
from lowincome.aside import aside
from lowincome.errors import ContractBroken
from lowincome.resolve.comparison import read_comparison
from lowincome.resolve.model import read_model
from lowincome.resolve.stage import lists
from lowincome.settings import INCLUDE
from lowincome.strict_yaml import read_words

Words = dict[str, str]
"""The same in Chinese and English, by language."""
SQL = INCLUDE / "sql" / "resolve"
NOBODY = "select record_key, birth_on, sex_known as sex, null as holding from current_record where false"
"""The view own_node when records are compared as they are written, whatever became of them in clustering."""


def explain(tables: Mapping[str, engine.Input], left: str, right: str) -> dict[str, Any]:
    """Levels of agreement in words, odds by the model, methods, persons and judgements of two current records.

    Raises ContractBroken when a record is not current on the day. Names, numbers and phones are never in the answer.
    """
    links = {row["record_key"]: row for row in _rows("person_link", ("record_key",), tables, left, right)}
    if len(links) < 2:
        raise ContractBroken(
            what="a record is not current", where=f"{left} and {right}", next_step="take record keys from links.csv"
        )
    levels = _compare(tables, left, right)
    judged = _rows("judged_pair", ("left_key", "right_key"), tables, left, right)
    odds = read_model().odds_same(levels)
    return {
        "is_one_person": links[left]["person_id"] == links[right]["person_id"],
        "persons": [links[key]["person_id"] for key in (left, right)],
        "methods": [f"{links[key]['method']} ({links[key]['score']:.4f})" for key in (left, right)],
        "agreement": agreement(levels),
        "probability": odds / (1 + odds),
        "judgements": [row["verdict"] for row in judged],
    }


def question(kind: str) -> Words:
    """What a doubt of a kind asks."""
    return _words(*catalogue()["kinds"][kind])


def agreement(levels: Mapping[str, str]) -> list[Words]:
    """How far two records agree, attribute by attribute."""
    return [_words(*catalogue()["levels"][attribute][level]) for attribute, level in levels.items()]


def _words(chinese: str, english: str) -> Words:
    return {"zh": chinese, "en": english}


@cache
def catalogue() -> dict[str, Any]:
    """Every word of linkage, Chinese and English."""
    return read_words(INCLUDE / "linkage" / "words.yaml")


def comparable(tables: Mapping[str, engine.Input]) -> dict[str, engine.Input]:
    """A day's tables with what comparing any two of its records needs: nobody is put out, all is as it is said."""
    return {**tables, **lists(), "own_node": NOBODY}


def _compare(tables: Mapping[str, engine.Input], left: str, right: str) -> dict[str, str]:
    asked = {**comparable(tables), "asked": pa.table({"left_key": [left], "right_key": [right]})}
    with aside("explain") as folder:
        found = read_comparison().compare(SQL / "asked_pair.sql", asked, folder)
        row: dict[str, str] = engine.query("select * from compared", found).to_pylist()[0]
    return {attribute: row[attribute] for attribute in read_model().attributes}


def _rows(table: str, columns: tuple[str, ...], tables: Mapping[str, engine.Input], *keys: str) -> list[dict[str, Any]]:
    """The rows of a table that name nothing but the given records."""
    wanted: dict[str, engine.Input] = {**tables, "wanted": pa.table({"record_key": list(keys)})}
    named = " and ".join(f"{column} in (select record_key from wanted)" for column in columns)
    return list(engine.query(f"select * from {table} where {named}", wanted).to_pylist())
