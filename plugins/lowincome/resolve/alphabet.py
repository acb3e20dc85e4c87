"""One character for what looks alike: compatibility forms by Unicode (NFKC), the rest by a list of ours.

NFKC does not unify the dots • ‧ ・ with ·, nor traditional characters with simplified ones. And what is read alike.
"""

import csv
from collections.abc import Iterable
from functools import cache
from unicodedata import normalize

import pyarrow as pa

from lowincome.settings import INCLUDE


def same_characters(names: Iterable[str]) -> pa.Table:
    """Each name as written, and as text in which alike characters are the same (table written_name)."""
    written, twins = list(names), _twins()
    has_none = {chr(code) for code in twins}.isdisjoint
    texts = [normalize("NFKC", name) for name in written]
    texts = [text if has_none(text) else text.translate(twins) for text in texts]
    return pa.table({"name": pa.array(written, pa.string()), "text": pa.array(texts, pa.string())})


@cache
def syllables() -> pa.Table:
    """How each character of GBK is read, tones left out; of several readings the commonest (table syllable)."""
    with (INCLUDE / "linkage" / "syllable.csv").open(encoding="utf-8") as lines:
        return pa.Table.from_pylist([
            {"character": character, "syllable": row["syllable"]}
            for row in csv.DictReader(lines) for character in row["characters"]])


@cache
def _twins() -> dict[int, str]:
    with (INCLUDE / "linkage" / "character_twin.csv").open(encoding="utf-8") as lines:
        return {ord(row["written"]): row["standard"] for row in csv.DictReader(lines)}
