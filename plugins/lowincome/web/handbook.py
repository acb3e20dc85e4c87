"""Chapters of docs/ as pages, so that a figure leads to its remedy without leaving the house."""

from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markupsafe import Markup

from lowincome.settings import PROJECT


@dataclass(frozen=True)
class Chapter:
    """A chapter as HTML, and the language it is written in."""

    body: Markup
    language: str


def chapter(name: str, language: str) -> Chapter:
    """docs/<name>.<language>.md, or docs/<name>.md in English; each heading can be linked to by its words."""
    own = PROJECT / "docs" / f"{name}.{language}.md"
    path, written = (own, language) if own.exists() else (PROJECT / "docs" / f"{name}.md", "en")
    return Chapter(_html(path.read_text("utf-8")), written)


def _html(text: str) -> Markup:
    markdown = MarkdownIt("js-default")
    tokens = markdown.parse(text)
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", words.content.lower().replace(" ", "-"))
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))
