"""One character for what looks alike: compatibility forms by Unicode (NFKC), the rest by a list of ours.

NFKC does not unify the dots • ‧ ・ with ·, nor traditional characters with simplified ones. And what is read alike.
"""

import csv
import re
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from lowincome.settings import INCLUDE


def same_characters(names: pa.StringArray) -> pa.Table:
    """Each name as written, and as text in which alike characters are the same (table written_name)."""
    twins, texts = _twins(), pc.utf8_normalize(names, form="NFKC")
    has_twin = pc.match_substring_regex(texts, f"[{''.join(re.escape(chr(code)) for code in twins)}]")
    alike = pa.array([text.translate(twins) for text in texts.filter(has_twin).to_pylist()], pa.string())
    return pa.table({"name": names, "text": pc.replace_with_mask(texts, has_twin, alike)})


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
