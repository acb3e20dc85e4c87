"""What the owner of a source is told of each fault, in plain words of both languages: include/messages/faults.yaml.

The page of the source says what the owner calls a column and what can be read there, so a new source needs no words.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from lowincome import messages
from lowincome.settings import INCLUDE
from lowincome.sources.spec import FieldSpec, SourceSpec, TableSpec
from lowincome.sources.standardise.mapping import array_faults, oddities, origins_of_key, reasons
from lowincome.strict_yaml import read_words

LANGUAGES = ("zh", "en")
READER_FAULTS = {"csv": ("bytes_not_gb18030", "too_few_cells", "too_many_cells")}
DELIVERY_FAULTS = (
    "delivery_missing", "delivery_refused", "delivery_stale", "unknown_column", "sheet_without_header",
    "household_number_is_id")
MOST_CODES = 12
"""A longer list of codes is cut: the contract has all of them."""
Words = dict[str, str]
Pair = tuple[str, str]


def fault_words(spec: SourceSpec) -> dict[tuple[str, str], Words]:
    """Words by table and fault: `column`, then `found`, `expected`, `correct`, each with `_zh` and `_en`."""
    known = {("delivery", fault): _words(fault, "", *_pairs(fault)) for fault in DELIVERY_FAULTS}
    for table in spec.tables:
        for fault in faults(spec, table):
            known[table.name, fault] = _told(table, fault)
        if table.name == "economic_fact":
            known |= {(table.name, fault): words for fault, words in _disputes(table.fields["item_code"])}
    return known


def faults(spec: SourceSpec, table: TableSpec) -> Iterator[str]:
    """Every reason for which a row of the table is rejected, and every oddity of a kept one."""
    yield from READER_FAULTS.get(spec.reader, ())
    yield from array_faults(table)
    yield from reasons(table)
    yield from oddities(table)


def _told(table: TableSpec, fault: str) -> Words:
    kind, _, column = fault.partition(":")
    columns = [column] if column else _catalogue()["faults"].get(kind, {}).get("columns", [])
    label = "\n".join(_label(table, name) for name in columns)
    found, expected, correct = _pairs(kind, fault)
    return _words(fault, label, found, _readable(table.fields.get(column)) if column else expected, correct)


def _pairs(kind: str, fault: str = "", item: Pair = ("", "")) -> tuple[Pair, Pair, Pair]:
    """What was found, expected, and how to correct it; a fault that only a page knows is told by its name."""
    entry = _catalogue()["faults"].get(kind) or _catalogue()["other"]
    found, expected, correct = (entry.get(part, ("", "")) for part in ("found", "expected", "correct"))
    chinese, english = (text.format(fault=fault, item=name) for text, name in zip(found, item, strict=True))
    return (chinese, english), expected, correct


def _words(fault: str, label: str, found: Pair, expected: Pair, correct: Pair) -> Words:
    parts = {"found": found, "expected": expected, "correct": correct}
    told = {f"{part}_{language}": text for part, pair in parts.items()
            for language, text in zip(LANGUAGES, pair, strict=True)}
    return {"fault": fault, "column": label} | told


def _label(table: TableSpec, column: str) -> str:
    """What the source calls a column, with its meaning where the name does not tell it."""
    entry = table.fields.get(column)
    names = origins_of_key(table) if column == "record_key" else [entry.origin or column] if entry else [column]
    name = "、".join(origin.rpartition(".")[2] for origin in names)
    chinese, english = _catalogue()["columns"].get(column, ("", ""))
    return name if not chinese or not name.isascii() else f"{name}（{chinese} {english}）"


def _readable(entry: FieldSpec | None) -> Pair:
    """What can be read in a cell: one of its codes, or a value of its form."""
    if entry is None or not entry.codes:
        forms, otherwise = _catalogue()["cells"], _catalogue()["other"]["expected"]
        pair: Pair = forms.get(entry.parse if entry else "text", otherwise)
        return pair
    codes = [code for code in entry.codes if not code.startswith("#")]
    shown = "、".join(codes[:MOST_CODES]) + (" …" if len(codes) > MOST_CODES else "")
    chinese, english = (text.format(codes=shown) for text in _catalogue()["codes"])
    return chinese, english


def _disputes(entry: FieldSpec) -> Iterator[tuple[str, Words]]:
    """What a visit found wrong, by item, with the code that the source itself gives the item."""
    own = {ours: code for code, ours in (entry.codes or {}).items()}
    place = (entry.origin or "").rpartition(".")[2]
    for item, names in messages.pairs("items").items():
        fault = f"disputed_by_visit:{item}"
        yield fault, _words(fault, f"{place} = {own.get(item, item)}", *_pairs("disputed_by_visit", item=names))


@cache
def _catalogue() -> Mapping[str, Any]:
    return read_words(INCLUDE / "messages" / "faults.yaml")
