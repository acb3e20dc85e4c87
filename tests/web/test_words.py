"""The catalogue has words for everything that a page may have to say."""

import re
from contextlib import nullcontext
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lowincome import messages
from lowincome.deliver import report
from lowincome.errors import SettingsInvalid
from lowincome.rules.catalogue import CRITERIA, rules
from lowincome.settings import INCLUDE
from lowincome.sources.spec import registry
from lowincome.web.words import translator

from tests.web.test_browser import PAGES

LAYERS = sorted({path.parent.name for path in (INCLUDE / "expectations").glob("*/*.json")} - {"standardised"})
"""What an expectation is of where it is not of a source."""


def test_the_report_has_words_for_every_layer_that_is_no_source() -> None:
    assert set(LAYERS) == set(report.WORDS["layers"])


def test_every_criterion_rule_state_and_source_has_words_in_both_languages() -> None:
    keys = [f"criterion.{name}" for rule in rules() for name in rule.criteria]
    keys += [f"system.{name}" for name in registry()]
    keys += [f"system.{layer}" for layer in LAYERS]
    keys += [f"state.{state}" for state in ("new", "open", "held", "closed")]
    keys += [f"source.{state}" for state in ("ok", "missing", "refused", "stale")]
    for key in keys:
        assert translator("zh")(key) and translator("en")(key)
    assert len({path.stem for path in CRITERIA.glob("*.sql")}) > 40


HAN = re.compile("[\u4e00-\u9fff]")
ALONE = ("input", "br", "img", "meta", "link", "hr", "source")


class Unmarked(HTMLParser):
    """Collects Chinese that stands outside every element that is marked as Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.languages: list[str | None] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element, and what its attributes say."""
        self.languages.append(dict(attrs).get("lang"))
        for _, value in attrs:
            self.handle_data(value or "")
        if tag in ALONE:
            self.languages.pop()

    def handle_endtag(self, tag: str) -> None:
        """The element's end."""
        if tag not in ALONE:
            self.languages.pop()

    def handle_data(self, data: str) -> None:
        """A text between."""
        is_chinese = next((language for language in reversed(self.languages) if language), None) == "zh-CN"
        if HAN.search(data) and not is_chinese:
            self.found.append(data)


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"rehearsal"}))
def test_an_english_page_holds_no_chinese_but_names_that_are_marked_as_such(client: TestClient, name: str) -> None:
    """Names of people, places and legal documents stay as they are written; the handbook quotes a document."""
    path = f"{PAGES[name]}{'&' if '?' in PAGES[name] else '?'}lang=en"
    page = Unmarked()
    page.feed(client.get(path, headers={"x-user": "zhao"}).text)
    assert (page.found, page.languages) == ([], [])


def test_a_missing_word_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError, match=r"pages\.yaml has no words for nonsense"):
        translator("zh")("nonsense")


@pytest.mark.parametrize(("second", "is_refused"), [("reason", True), ("reason.title", False)])
def test_a_key_that_stands_twice_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, second: str, is_refused: bool
) -> None:
    monkeypatch.setattr(messages, "INCLUDE", tmp_path)
    (tmp_path / "messages").mkdir()
    page = f"twice_{is_refused}"
    (tmp_path / "messages" / f"{page}.yaml").write_text(f"reason: [原因, Reason]\n{second}: [理由, Why]\n", "utf-8")
    with pytest.raises(SettingsInvalid, match="a key stands twice: reason") if is_refused else nullcontext():
        assert messages.pairs(page)[second] == ("理由", "Why")


def test_words_take_figures() -> None:
    assert translator("en")("days_left", days=3) == "days left: 3"
