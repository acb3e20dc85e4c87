"""Reads pages of law and of words so that a mistake is named with its file and line, before anything follows."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from lowincome.errors import SettingsInvalid

LINE = "_line"


class _EachKeyOnce(yaml.constructor.BaseConstructor):
    """A key that stands twice is an error, where YAML takes the last one silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        twice = next((key for place, key in enumerate(keys) if key in keys[:place]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"a key stands twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


class _TextLoader(_EachKeyOnce, yaml.CBaseLoader):
    """Everything is text."""


class _LinedLoader(_EachKeyOnce, yaml.CSafeLoader):
    """The safe loader whose mappings know the line that they begin on."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return super().construct_mapping(node, deep=True) | {LINE: node.start_mark.line + 1}


def read_words(page: Path) -> dict[str, Any]:
    """One page of words as a mapping of which every key and value is text."""
    return _read(page, _TextLoader)


def read_page(page: Path) -> dict[str, Any]:
    """One page of law as a mapping; each mapping in it carries its line under `_line`."""
    return _read(page, _LinedLoader)


def _read(page: Path, loader: type[_TextLoader | _LinedLoader]) -> dict[str, Any]:
    try:
        content = yaml.load(page.read_text("utf-8"), loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise wrong(page, line, f"the page is not readable YAML ({error.problem})") from None
    if not isinstance(content, dict):
        raise wrong(page, 1, "the page is not a mapping")
    return content


def check_keys(page: Path, content: Any, required: Iterable[str], optional: Iterable[str] = ()) -> None:
    """Exactly these keys; SettingsInvalid names the first unknown or missing one."""
    if not isinstance(content, dict):
        raise wrong(page, 1, "a mapping is missing", f"keys {', '.join(required)}", repr(content)[:40])
    required, known = tuple(required), {*required, *optional, LINE}
    unknown = sorted(str(key) for key in content if key not in known)
    missing = [key for key in required if content.get(key) is None]
    if unknown:
        raise wrong(page, content[LINE], f"unknown key {unknown[0]}", ", ".join(sorted(known - {LINE})))
    if missing:
        raise wrong(page, content[LINE], f"{missing[0]} is missing")


def wrong(page: Path, line: int, what: str, expected: str = "", found: str = "") -> SettingsInvalid:
    """The error for a page: file and line, what is wrong, what was expected and found."""
    return SettingsInvalid(what=what, where=f"{page.name} line {line}", expected=expected, found=found,
                           next_step="correct the page; nothing was evaluated")
