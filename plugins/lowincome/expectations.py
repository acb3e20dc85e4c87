"""Why an expectation is asked, in Chinese: include/messages/expectations.yaml. The English is the suite's own."""

from functools import cache

import yaml

from lowincome.settings import INCLUDE


def why_zh(table: str, expectation: str) -> str:
    """The sentence; empty where the catalogue has none, as for the suite of a source that was just added."""
    return _catalogue().get(table, {}).get(expectation, "")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(
        (INCLUDE / "messages" / "expectations.yaml").read_text("utf-8"))
    return content
