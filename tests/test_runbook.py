"""The runbook has a chapter for everything that can be told, no other, and the same in both languages."""

import re
from importlib import import_module
from pkgutil import walk_packages

import lowincome
import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow_bridge import failing_for_good
from lowincome.errors import ContractBroken, PipelineError, SourceUnavailable
from lowincome.settings import PROJECT
from lowincome.trouble import KINDS
from lowincome.web.handbook import chapter

DOCS = PROJECT / "docs"
ON_SPARK = {"lowincome.dialect", "lowincome.engine_spark"}
"""Modules that cannot be imported where PySpark is not installed; they have no class of their own."""
HELD_BY_PAGES = {"missing", "refused", "stale"}
"""States of a source day that the Health page and the reports know beside ok."""


def headings(name: str) -> list[str]:
    """What a chapter is about: the kind of an alert or a class; words behind it keep two apart."""
    return re.findall(r"^## (\S+)(?: .+)?$", (DOCS / name).read_text("utf-8"), re.MULTILINE)


def anchors(name: str) -> list[str]:
    """The names by which chapters are linked to, as the page and GitHub make them."""
    found = re.findall(r"^## (.+)$", (DOCS / name).read_text("utf-8"), re.MULTILINE)
    return [words.lower().replace(" ", "-") for words in found]


def errors(kind: type[PipelineError] = PipelineError) -> set[str]:
    """Every class of error below one, wherever in the package it is defined."""
    below = kind.__subclasses__()
    return {one.__name__ for one in below} | {name for one in below for name in errors(one)}


@pytest.fixture(scope="module")
def error_classes() -> set[str]:
    for module in walk_packages(lowincome.__path__, "lowincome."):
        if "migrations" not in module.name and not module.name.endswith("__main__") and module.name not in ON_SPARK:
            import_module(module.name)
    return {name for name in errors() if name in _defined()}


def _defined() -> set[str]:
    """Classes of the package; tests may define others."""
    texts = [path.read_text("utf-8") for path in (PROJECT / "plugins").rglob("*.py")]
    return {name for text in texts for name in re.findall(r"^class (\w+)\(", text, re.MULTILINE)}


def test_what_runs_on_spark_has_no_error_of_its_own() -> None:
    texts = [(PROJECT / "plugins" / f"{name.replace('.', '/')}.py").read_text("utf-8") for name in ON_SPARK]
    assert [re.findall(r"^class ", text, re.MULTILINE) for text in texts] == [[], []]


def test_every_alert_state_and_class_of_error_has_its_chapter_and_no_chapter_is_orphaned(
    error_classes: set[str],
) -> None:
    assert {"AuditFailed", "Refused", "NotAList"} <= error_classes
    assert sorted(headings("runbook.md")) == sorted({*KINDS, *HELD_BY_PAGES, *error_classes})
    assert headings("runbook.zh.md") == headings("runbook.md")


def test_every_link_into_the_runbook_leads_to_a_chapter() -> None:
    texts = [path.read_text("utf-8") for folder in ("docs", "plugins", "dags", "include")
             for path in (PROJECT / folder).rglob("*") if path.suffix in {".md", ".py", ".html", ".yaml"}]
    linked = {name for text in texts for name in re.findall(r"runbook(?:\.zh)?\.md#([\w-]+)", text)}
    inside = {name for page in ("runbook.md", "runbook.zh.md")
              for name in re.findall(r"\(#([\w-]+)\)", (DOCS / page).read_text("utf-8"))}
    assert linked and inside
    assert linked | inside <= {*anchors("runbook.md")}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_two_chapters_have_one_anchor_and_the_page_has_each(language: str) -> None:
    known = anchors("runbook.zh.md" if language == "zh" else "runbook.md")
    assert len(known) == len({*known}) and {"refused", "refused-by-the-server"} <= {*known}
    assert re.findall(r'<h2 id="([^"]+)">', chapter("runbook", language).body) == known


def test_a_task_that_fails_for_good_is_red_under_the_name_of_its_chapter() -> None:
    with pytest.raises(AirflowFailException, match=r"^ContractBroken: city: no column a"), failing_for_good():
        raise ContractBroken(what="no column a", where="city")
    with pytest.raises(SourceUnavailable), failing_for_good():
        raise SourceUnavailable(what="late", where="city")


@pytest.mark.parametrize(("language", "words"), [("en", "Make room"), ("zh", "腾出空间")])
def test_the_page_has_each_chapter_in_the_readers_language_under_the_name_that_alerts_link_to(
    language: str, words: str
) -> None:
    page = chapter("runbook", language)
    assert [name for name in KINDS if f'<h2 id="{name}">' not in page.body] == []
    assert words in page.body and page.language == language


def test_a_chapter_that_is_not_translated_is_read_in_english_and_says_so() -> None:
    assert chapter("retention", "zh").language == "en"


def test_the_example_of_a_rehearsal_is_the_same_in_both_languages() -> None:
    printed = [re.findall(r"```.*?```", (DOCS / name).read_text("utf-8"), re.DOTALL)
               for name in ("rehearsal.md", "rehearsal.zh.md")]
    assert len(printed[0]) == 2 and printed[0] == printed[1]
