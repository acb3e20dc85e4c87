"""Chapters of docs/ as pages, so that a figure leads to its remedy without leaving the house."""

from itertools import pairwise

from markdown_it import MarkdownIt
from markupsafe import Markup

from lowincome.settings import PROJECT


def chapter(name: str) -> Markup:
    """docs/<name>.md as HTML; each heading can be linked to by its words."""
    markdown = MarkdownIt("js-default")
    tokens = markdown.parse((PROJECT / "docs" / f"{name}.md").read_text("utf-8"))
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", words.content.lower().replace(" ", "-"))
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))
