"""Turns a source's YAML page into the one SELECT that reads its rows into canonical columns.

The expressions live in include/sql/standardise/expressions.yaml; this module only puts them in place.
"""

from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml
from lowincome.errors import SettingsInvalid
from lowincome.settings import INCLUDE
from lowincome.sources.spec import FieldSpec, SourceSpec, TableSpec


@cache
def expressions() -> dict[str, str]:
    """Cell-reading expressions by name."""
    content: dict[str, str] = yaml.safe_load((INCLUDE / "sql/standardise/expressions.yaml").read_text("utf-8"))
    return content


def mapping_sql(spec: SourceSpec, table: TableSpec, files: list[Path], types: dict[str, str]) -> str:
    """One SELECT: canonical columns, `_reason` (null = accepted), `_findings`, `_line`, `_order`."""
    origins = sorted({entry.origin for entry in table.fields.values() if entry.origin} | _key_origins(table))
    is_json = spec.reader == "json"
    return "\n".join(
        [
            f"with document as ({_documents(spec, files)}),",
            f"row_of_source as ({_levels(table) if is_json else 'select * from document'}),",
            f"cell as (select *, {_cells(table, origins, is_json)} from row_of_source),",
            f"cleaned as (select *, {', '.join(_clean(origin) for origin in origins)} from cell),",
            f"parsed as (select *, {_parsed(spec, table)} from cleaned),",
            f"computed as (select * replace ({_computed(table)}) from parsed),"
            if table.compute
            else "computed as (select * from parsed),",
            f"judged as (select *, {_reasons(table)} as _reason, {_findings(table)} as _findings from computed)",
            f"select {', '.join(_typed(table, column, kind) for column, kind in types.items())},",
            "_reason, _findings, _file, _line, _order, _version_order from judged",
        ]
    )


def _documents(spec: SourceSpec, files: list[Path]) -> str:
    names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    if spec.reader == "parquet":
        return (
            f"select *, row_number() over () as _order, null as _fault, null as _file, 0 as _line, null as _position "
            f"from read_parquet([{names}])"
        )
    if spec.reader != "json":
        return f"select *, row_number() over () as _order from read_parquet([{names}])"
    if str(files[0]).endswith(".gz"):
        lines = (
            f"read_csv([{names}], columns = {{'text': 'VARCHAR'}}, delim = '\\x01', quote = '', escape = '', "
            "header = false, auto_detect = false, max_line_size = 33554432, filename = true)"
        )
        return (
            "select try_cast(text as json) as document, parse_filename(filename) as _file, null as _fault, "
            "row_number() over (partition by filename) as _line, row_number() over () as _order, "
            f"null as _position from {lines} where text <> ''"
        )
    return (
        "select json as document, parse_filename(filename) as _file, null as _fault, 0 as _line, "
        f"row_number() over (order by filename) as _order, null as _position "
        f"from read_json_objects([{names}], format = 'unstructured', filename = true, maximum_object_size = 268435456)"
    )


def _levels(table: TableSpec) -> str:
    """Nested rows unfolded level by level; a repeated document keeps its last delivery only."""
    levels = list(table.levels.items())
    first, path = levels[0]
    if path == "$":
        sql = f"select *, document as {first} from document"
    else:
        sql = f"select *, unnest(from_json(document -> '{path}', '[\"JSON\"]')) as {first} from document"
    if table.repeat:
        keys = ", ".join(f"{origin.split('.')[0]} ->> '$.{origin.split('.')[1]}'" for origin in table.repeat)
        sql = f"select *, row_number() over (partition by {keys} order by _order desc) as _version_order from ({sql})"
    else:
        sql = f"select *, 1 as _version_order from ({sql})"
    for (parent, _), (child, path) in pairwise(levels):
        unfolded = f"unnest(from_json({parent} -> '{path}', '[\"JSON\"]')) as {child}"
        sql = f"select *, {unfolded} from ({sql}) where document is not null"
    return sql


def _key_origins(table: TableSpec) -> set[str]:
    return {part.split("}")[0] for part in table.record_key.split("{")[1:]} - {"_file", "_position"}


def _cells(table: TableSpec, origins: list[str], is_json: bool) -> str:
    columns = []
    for origin in origins:
        if is_json:
            level, _, name = origin.rpartition(".")
            level = level or next(iter(table.levels))
            columns.append(f"""{level} ->> '$."{name}"' as "x:{origin}\"""")
            columns.append(f"""json_type({level}, '$."{name}"') as "t:{origin}\"""")
        else:
            columns.append(f"""cast("{origin}" as varchar) as "x:{origin}", 'VARCHAR' as "t:{origin}\"""")
    if not is_json:
        columns.append("1 as _version_order")
    return ", ".join(columns)


def _clean(origin: str) -> str:
    return expressions()["clean"].replace("{x}", f'"x:{origin}"') + f' as "c:{origin}"'


def _parsed(spec: SourceSpec, table: TableSpec) -> str:
    columns = [f"'{spec.id}' as source", f"{_record_key(table)} as record_key"]
    columns += [f'{_expression(entry)} as "{column}"' for column, entry in table.fields.items()]
    return ", ".join(columns)


def _record_key(table: TableSpec) -> str:
    key = table.record_key.replace("'", "''")
    for origin in _key_origins(table):
        key = key.replace("{" + origin + "}", f"' || \"c:{origin}\" || '")
    key = key.replace("{_file}", "' || _file || '").replace("{_position}", "' || _position || '")
    return f"'{key}'"


def _expression(entry: FieldSpec) -> str:
    if entry.value is not None:
        return entry.value
    cell = f'"c:{entry.origin}"'
    if entry.codes is not None:
        cases = " ".join(f"when {_text(code)} then {_text(meaning)}" for code, meaning in entry.codes.items())
        otherwise = cell if entry.unknown == "keep" else "null"
        return f"case upper({cell}) {cases} else {otherwise} end"
    if entry.parse not in expressions():
        raise SettingsInvalid(
            what=f"unknown parse {entry.parse!r}",
            where="include/sources",
            next_step="use a name of include/sql/standardise/expressions.yaml",
        )
    body = expressions()[entry.parse].replace("{c}", cell).replace("{x}", cell)
    body = body.replace("{t}", f'"t:{entry.origin}"')
    return f"'{entry.prefix}' || {body}" if entry.prefix else body


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else "'" + str(value).replace("'", "''") + "'"


def _computed(table: TableSpec) -> str:
    columns = []
    for column, text in table.compute.items():
        for name in ("id18",):
            while f"{name}(" in text:
                start = text.index(f"{name}(")
                end = text.index(")", start)
                argument = text[start + len(name) + 1 : end]
                text = text[:start] + "(" + expressions()[name].replace("{x}", argument) + ")" + text[end + 1 :]
        columns.append(f'{text} as "{column}"')
    return ", ".join(columns)


def _reasons(table: TableSpec) -> str:
    """Why a row is not accepted: the first fault found, in the order of the page."""
    cases = ["when _fault is not null then _fault"]
    if table.levels:
        cases.append("when document is null then 'not_json'")
    cases.append("when record_key is null then 'required:record_key'")
    for column, entry in table.fields.items():
        if not entry.origin or entry.value:
            continue
        cell = f'"c:{entry.origin}"'
        if entry.required:
            cases.append(f"when {cell} is null then 'required:{column}'")
        if entry.required or entry.unknown == "reject":
            cases.append(f"when {cell} is not null and \"{column}\" is null then 'unreadable:{column}'")
    cases += [f"when {condition} then '{reason}'" for reason, condition in table.reject_when.items()]
    return f"case {' '.join(cases)} end"


def _findings(table: TableSpec) -> str:
    """Oddities of an accepted row, joined by '|': unreadable optional cells, unknown codes, page conditions."""
    cases = []
    for column, entry in table.fields.items():
        if not entry.origin or entry.required or entry.value or entry.unknown in ("reject", "silent"):
            continue
        cell = f'"c:{entry.origin}"'
        if entry.unknown == "keep" and entry.codes:
            known = ", ".join(_text(code) for code in entry.codes)
            cases.append(f"case when upper({cell}) not in ({known}) then 'unknown_code:{column}' end")
        else:
            cases.append(f"case when {cell} is not null and \"{column}\" is null then 'unreadable:{column}' end")
    cases += [f"case when {condition} then '{code}' end" for code, condition in table.finding_when.items()]
    return f"nullif(concat_ws('|', {', '.join(cases)}), '')" if cases else "cast(null as varchar)"


def _typed(table: TableSpec, column: str, kind: str) -> str:
    is_read = column in table.fields or column in ("source", "record_key")
    value = f'"{column}"' if is_read else "null"
    return f'cast({value} as {kind}) as "{column}"'
