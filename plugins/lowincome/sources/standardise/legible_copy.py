"""Copies of landed JSON that the engine stopped at, without what it stopped at; the landing stays as it was received.

Of lines it stops at bytes that are not UTF-8, at one that is too long, and where a buffer begins with a bare LF. Of
pages at half a character. A line or a row that cannot be read is no JSON object in the copy, and is quarantined so.
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import reduce
from pathlib import Path
from typing import Any, BinaryIO

from lowincome.disk import written_whole
from lowincome.lake import create_file, open_file
from lowincome.sources.legible import is_legible, is_utf8, loosely, written
from lowincome.sources.spec import SourceSpec, TableSpec
from lowincome.sources.standardise.documents import LONGEST_LINE

NO_JSON_AT_ALL = (gzip.BadGzipFile, EOFError, zlib.error, ValueError)
NO_JSON, END = b"?", b"\r\n"
"""What stands for a line that cannot be read; how a line ends: at this end the engine never stops."""


def legible_copies(spec: SourceSpec, table: TableSpec, files: list[Path], folder: Path) -> list[Path]:
    """The files of a part under their names in `folder`; a file that cannot be read at all stays where it is."""
    if spec.reader != "json":
        return files
    folder.mkdir(parents=True, exist_ok=True)
    return [_copied(table, file, folder / file.name) for file in files]


def _copied(table: TableSpec, file: Path, copy: Path) -> Path:
    with suppress(*NO_JSON_AT_ALL), open_file(file) as source, written_whole(copy), create_file(copy) as out:
        if file.suffix == ".gz":
            _copy_lines(source, out)
        else:
            out.write(_legible_page(source.read(), next(iter(table.levels.values()))))
        return copy
    return file


def _copy_lines(source: BinaryIO, out: BinaryIO) -> None:
    with gzip.open(source) as lines, gzip.open(out, "wb", compresslevel=1) as legible:
        for line in _lines(lines):
            legible.write((line if is_utf8(line) else NO_JSON) + END)


def _lines(source: Any) -> Iterator[bytes]:
    """Lines without their ends; of one that is too long no more than is looked at."""
    longest = LONGEST_LINE - len(END)
    while line := source.readline(LONGEST_LINE):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = source.readline(LONGEST_LINE)
        content = line.rstrip(b"\r\n")
        yield content if len(content) <= longest else NO_JSON


def _legible_page(body: bytes, path: str) -> bytes:
    """A page of which each row that cannot be read is null; what else of it cannot be read becomes question marks."""
    page = loosely(body)
    *above, name = path.split(".")[1:]
    holder = reduce(_within, above, page)
    if isinstance(rows := _within(holder, name), list):
        holder[name] = [row if is_legible(row) else None for row in rows]
    return written(page, "replace")


def _within(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None
