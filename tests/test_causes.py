"""Whatever stops a source's day is said in both languages; the recorded reason stays for machines."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lowincome.causes import sentence
from lowincome.settings import INCLUDE, PROJECT

SOURCES = PROJECT / "plugins" / "lowincome" / "sources"
NOT_OF_A_DAY = {"spec.py", "shrink.py"}
"""Read when the project starts, or told to whoever asks for what cannot be: no source's day is recorded for it."""
RAISERS = {"ContractBroken", "SourceUnavailable", "Refused", "FileRefused", "file_refused", "_broken", "_refused"}
CRITICAL = [
    f"{suite['table']}.{asked['id']}"
    for path in sorted((INCLUDE / "expectations" / "standardised").rglob("*.json"))
    for suite in [json.loads(path.read_text("utf-8"))]
    for asked in suite["expectations"] if asked["severity"] == "critical"]


def said_by(path: Path) -> Iterator[str]:
    """What the errors that a file raises say: the first text that each is given, with the values that it takes."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in RAISERS:
            given = [word.value for word in node.keywords if word.arg == "what"] or node.args
            yield from [text for text in map(text_of, given) if text][:1]


def text_of(node: ast.expr) -> str:
    """A text as it is written, `x` for each value in it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


REASONS = sorted({text for path in SOURCES.rglob("*.py") if path.name not in NOT_OF_A_DAY for text in said_by(path)})


def test_the_errors_of_the_sources_are_found() -> None:
    assert len(REASONS) > 25


@pytest.mark.parametrize("reason", [
    *REASONS, *(f"critical expectations failed: {name}: why" for name in CRITICAL), "nothing was fetched",
    "nothing came", "connection city_check: no secret; next: add it"])
def test_every_reason_is_said_in_both_languages(reason: str) -> None:
    said = sentence(reason)
    assert said["zh"] and said["en"]
    assert said["en"].isascii()


def test_several_causes_of_one_day_are_all_said() -> None:
    both = sentence("critical expectations failed: delivery.balances: a; payment.key_unique: b")
    assert both["zh"] == "交付的行数前后不平；同一笔发放重复出现"


@pytest.mark.parametrize(("fault", "answers"), [
    ("the answer is not a JSON object", True), ("the answer is not the agreed envelope", True),
    ("an empty answer", True), ("no answer in time", False), ("HTTP 503", False)])
def test_who_answers_what_cannot_be_read_is_not_called_unavailable(fault: str, answers: bool) -> None:
    said = sentence(f"city_check GET /persons: gave up after 7 tries: {fault}; next: the task retries later")
    assert ("接口一再返回" in said["zh"], "对方系统暂不可用" in said["zh"]) == (answers, not answers)
    assert ("answers, but" in said["en"], "not available" in said["en"]) == (answers, not answers)


@pytest.mark.parametrize("reason", ["city_check: something new", "", None])
def test_a_reason_that_is_not_known_is_left_to_its_own_words(reason: str | None) -> None:
    assert sentence(reason) == {"zh": "", "en": ""}
