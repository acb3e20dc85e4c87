"""Turns a source's YAML page into the one SELECT that reads its rows into canonical columns.

The expressions live in include/sql/standardise/expressions.yaml; this module only puts them in place.
"""

import re
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE
from lowincome.sources.spec import FieldSpec, SourceSpec, TableSpec
from lowincome.sources.standardise.documents import Level, documents_sql, levels_sql, no_array, no_row
from lowincome.sources.standardise.twins import AGAIN, TWICE, Name
from lowincome.strict_yaml import read_words

STOOD = "_file, _line, _order, _place, _position, _fault"
"""Where a row stood in the delivery, and what its reader says of it."""
OF_A_COLUMN = ("id18", "id15", "certificate_id")
"""Expressions that `compute` asks as name(column)."""


@cache
def expressions() -> dict[str, str]:
    """Cell-reading expressions by name; those that they are made of stand in place."""
    content: dict[str, str] = yaml.safe_load((INCLUDE / "sql/standardise/expressions.yaml").read_text("utf-8"))
    return {name: _whole(name, content) for name in content}


@cache
def blank_words() -> dict[str, list[str]]:
    """Lists of words that read as an empty cell, by the name under which a field's `blank` asks for them."""
    return read_words(INCLUDE / "sql/standardise/blank_words.yaml")


def _whole(name: str, content: dict[str, str]) -> str:
    return re.sub(
        r"\{([a-z]\w*)\}",
        lambda found: _whole(found[1], content) if found[1] in content else found[0],
        content[name],
    )


def mapping_sql(spec: SourceSpec, table: TableSpec, files: list[Path], types: dict[str, str]) -> str:
    """One SELECT: canonical columns, `_reason` (null = accepted), `_findings`, `_is_repeat` (it, or the row that it
    lies in, stood in this document before), and where the row stood."""
    is_json = spec.reader == "json"
    return "\n".join(
        [
            f"with received as not materialized ({documents_sql(spec, files)}),",
            f"read as ({_nested_rows(spec, table) if is_json else _flat_rows(spec, table)}),",
            f"parsed as (select *, {', '.join(_made(spec, table))} from read),",
            f"computed as (select * replace ({_computed(table)}) from parsed),"
            if table.compute
            else "computed as (select * from parsed),",
            f"judged as (select *, {_reasons(table)} as _reason, {_findings(table)} as _findings from computed)",
            f"select {', '.join(_typed(table, column, kind) for column, kind in types.items())},",
            f"_reason, _findings, {_is_repeat(table)} as _is_repeat, {STOOD} from judged",
        ]
    )


def _nested_rows(spec: SourceSpec, table: TableSpec) -> str:
    """Rows of a document with their cells and canonical columns; a name without a level is one of the first."""
    first = next(iter(table.levels))
    by_level: dict[str, dict[str, str]] = {level: {} for level in table.levels}
    for origin in origins(table):
        level, _, name = origin.rpartition(".")
        by_level[level or first][origin] = name
    levels = [Level(name, path, by_level[name], _typed_origins(table), _reads(spec, table, by_level[name]))
              for name, path in table.levels.items()]
    apart = Name(table.told_apart_by, expressions()["clean"]) if table.told_apart_by else None
    return levels_sql(levels, table.counts_as == "rows", table.must_hold, apart)


def _flat_rows(spec: SourceSpec, table: TableSpec) -> str:
    """Rows of a file without nesting; what it holds is text, whatever it was."""
    columns = origins(table)
    cells = [f'cast("{origin}" as varchar) as "x:{origin}"' for origin in columns]
    kinds = [f"'VARCHAR' as \"t:{origin}\"" for origin in _typed_origins(table)]
    cleaned, parsed = _reads(spec, table, columns)
    rows = f"select {', '.join([STOOD, *cells, *kinds])} from received"
    return f"select {', '.join(['*', *parsed])} from (select {', '.join(['*', *cleaned])} from ({rows}))"


def _reads(spec: SourceSpec, table: TableSpec, columns: Collection[str]) -> tuple[list[str], list[str]]:
    """How cells are cleaned (`c:`), and how the canonical columns that come from them are read."""
    parsed = [f'{_expression(spec, entry)} as "{column}"' for column, entry in table.fields.items()
              if entry.value is None and entry.origin in columns]
    return [_clean(spec, table, origin) for origin in columns], parsed


def origins(table: TableSpec) -> list[str]:
    """The source's own names that a table is read from."""
    return sorted({entry.origin for entry in table.fields.values() if entry.origin} | origins_of_key(table))


def _typed_origins(table: TableSpec) -> set[str]:
    """Those of them whose reading depends on the type that they were delivered with."""
    return {entry.origin for entry in table.fields.values()
            if entry.origin and entry.value is None and "{t}" in expressions().get(entry.parse, "")}


def origins_of_key(table: TableSpec) -> set[str]:
    """The source's own names that make up a record's key; none where its place in the file does."""
    return {part.split("}")[0] for part in table.record_key.split("{")[1:]} - {"_file", "_position"}


def _clean(spec: SourceSpec, table: TableSpec, origin: str) -> str:
    words = _words(spec, table, origin)
    clean = expressions()["clean_of_words" if words else "clean"].replace("{words}", words)
    return clean.replace("{x}", f'"x:{origin}"') + f' as "c:{origin}"'


def _words(spec: SourceSpec, table: TableSpec, origin: str) -> str:
    """What reads as an empty cell in any of the fields that are read from it, as a pattern."""
    names = {name: None for entry in table.fields.values() if entry.origin == origin for name in entry.blank}
    if unknown := sorted(names.keys() - blank_words().keys()):
        raise SettingsInvalid(
            what=f"unknown list of blank words {', '.join(unknown)}", where=f"source page {spec.id} {origin}",
            next_step="use a name of include/sql/standardise/blank_words.yaml",
        )
    return "|".join(re.escape(word) for name in names for word in blank_words()[name])


def _made(spec: SourceSpec, table: TableSpec) -> list[str]:
    """Columns that are not read from one cell."""
    columns = [f"'{spec.id}' as source", f"{_record_key(table)} as record_key"]
    return columns + [f'{entry.value} as "{column}"' for column, entry in table.fields.items()
                      if entry.value is not None]


def _record_key(table: TableSpec) -> str:
    key = table.record_key.replace("'", "''")
    for origin in origins_of_key(table):
        key = key.replace("{" + origin + "}", f"' || {_key_part(table, origin)} || '")
    key = key.replace("{_file}", "' || _file || '").replace("{_position}", "' || _position || '")
    return f"'{key}'"


def _key_part(table: TableSpec, origin: str) -> str:
    cell = f'"c:{origin}"'
    return expressions()["json_text"].replace("{c}", cell) if table.levels else cell


def _expression(spec: SourceSpec, entry: FieldSpec) -> str:
    cell = f'"c:{entry.origin}"'
    if entry.codes is not None:
        return _meaning(cell, entry.codes, entry.unknown == "keep")
    if entry.parse not in expressions():
        raise SettingsInvalid(
            what=f"unknown parse {entry.parse!r}",
            where=f"source page {spec.id}",
            next_step="use a name of include/sql/standardise/expressions.yaml",
        )
    parse = "json_text" if spec.reader == "json" and entry.parse == "text" else entry.parse
    body = expressions()[parse].replace("{c}", cell).replace("{t}", f'"t:{entry.origin}"')
    return f"'{entry.prefix}' || {body}" if entry.prefix else body


def _meaning(cell: str, codes: Mapping[Any, Any], keeps_unknown: bool) -> str:
    """What a code stands for. A kept unknown one that is spelt as a meaning is marked, else it would pass for it."""
    cases = " ".join(f"when {_text(code)} then {_text(meaning)}" for code, meaning in codes.items())
    if not keeps_unknown:
        return f"case upper({cell}) {cases} end"
    meanings = ", ".join(sorted({_text(meaning) for meaning in codes.values()}))
    return f"case upper({cell}) {cases} else case when upper({cell}) in ({meanings}) then '?' else '' end || {cell} end"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def _computed(table: TableSpec) -> str:
    return ", ".join(f'{_inlined(text)} as "{column}"' for column, text in table.compute.items())


def _inlined(text: str) -> str:
    """`id18(column)` of a page is the expression of that name over the column."""
    asked = rf"\b({'|'.join(OF_A_COLUMN)})\((\w+)\)"
    return re.sub(asked, lambda found: f"({expressions()[found[1]].replace('{x}', found[2])})", text)


def reasons(table: TableSpec) -> dict[str, str]:
    """Why a row is not accepted: reason → condition, in the order of the page; the first that holds is given."""
    found = {"not_json": _is_no_object(table)} if table.levels else {}
    if table.levels:
        parts = [f'("c:{origin}" is not null and {_key_part(table, origin)} is null)'
                 for origin in sorted(origins_of_key(table))]
        found["unreadable:record_key"] = " or ".join(parts)
    found["required:record_key"] = "record_key is null"
    for column, entry in table.fields.items():
        if not entry.origin or entry.value:
            continue
        cell = f'"c:{entry.origin}"'
        if entry.required:
            found[f"required:{column}"] = f"{cell} is null"
        if entry.required or entry.unknown == "reject":
            found[f"unreadable:{column}"] = f'{_is_delivered(entry)} and "{column}" is null'
    found |= table.reject_when
    return found | ({f"{list(table.levels)[1]}_twice": f"_twin = '{TWICE}'"} if table.told_apart_by else {})


def _is_no_object(table: TableSpec) -> str:
    """Whether a line is no JSON object, or a row of a page null."""
    (first, path), *below = table.levels.items()
    return "document is null" if below or path == "$" else f"document is null or {first} is null"


def _is_repeat(table: TableSpec) -> str:
    return f"coalesce(_twin = '{AGAIN}', false)" if table.told_apart_by else "false"


def array_faults(table: TableSpec) -> list[str]:
    """What else can be wrong with a nested document: an array without a row, or something in the place of one."""
    empty = [no_row(table.must_hold)] if table.must_hold else []
    return empty + [no_array(path) for path in list(table.levels.values())[2:3]]


def _is_delivered(entry: FieldSpec) -> str:
    """Whether anything stands in the cell; by its type, where that counts, an empty text is something too."""
    if entry.origin and "{t}" in expressions().get(entry.parse, ""):
        return f"\"t:{entry.origin}\" <> 'NULL'"
    return f'"c:{entry.origin}" is not null'


def oddities(table: TableSpec) -> dict[str, str]:
    """Oddities of an accepted row: code → condition; unreadable optional cells, unknown codes, the page's own."""
    found = {}
    for column, entry in table.fields.items():
        if not entry.origin or entry.value or entry.unknown in ("reject", "silent"):
            continue
        if entry.required and entry.unknown != "keep":
            continue
        cell = f'"c:{entry.origin}"'
        if entry.codes:
            known = ", ".join(_text(code) for code in entry.codes)
            found[f"unknown_code:{column}"] = f"upper({cell}) not in ({known})"
        else:
            found[f"unreadable:{column}"] = f'{cell} is not null and "{column}" is null'
    return found | dict(table.finding_when)


def _reasons(table: TableSpec) -> str:
    cases = [f"when {condition} then {_text(reason)}" for reason, condition in reasons(table).items()]
    return f"case when _fault is not null then _fault {' '.join(cases)} end"


def _findings(table: TableSpec) -> str:
    """The oddities of a row joined by '|'."""
    cases = [f"case when {condition} then {_text(code)} end" for code, condition in oddities(table).items()]
    return f"nullif(concat_ws('|', {', '.join(cases)}), '')" if cases else "cast(null as varchar)"


def _typed(table: TableSpec, column: str, kind: str) -> str:
    is_read = column in table.fields or column in ("source", "record_key")
    value = f'"{column}"' if is_read else "null"
    return f'cast({value} as {kind}) as "{column}"'
