"""Why an expectation is asked: in Chinese by include/messages/expectations.yaml, in English by its suite."""

import json
from functools import cache

from lowincome.settings import INCLUDE
from lowincome.strict_yaml import read_words


def why_zh(table: str, expectation: str) -> str:
    """The sentence; empty where the catalogue has none, as for the suite of a source that was just added."""
    return _catalogue().get(table, {}).get(expectation, "")


def why_en(table: str, expectation: str) -> str:
    """The suite's sentence; empty where today's suites do not ask it any more."""
    return _suites().get(table, {}).get(expectation, "")


@cache
def _suites() -> dict[str, dict[str, str]]:
    paths = (INCLUDE / "expectations").rglob("*.json")
    return {path.stem: {entry["id"]: entry["why"] for entry in json.loads(path.read_text("utf-8"))["expectations"]}
            for path in paths}


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return read_words(INCLUDE / "messages" / "expectations.yaml")
