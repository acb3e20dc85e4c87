"""What the day lists by record key, never with a value: rows rejected, and oddities of rows kept."""

from collections.abc import Iterable

from lowincome.sources.spec import SourceSpec, TableSpec
from lowincome.sources.standardise.mapping import expressions

PLACE = "_file || case when _line > 0 then ':line/' || _line else ':row/' || _place end"
"""Where a row without a key stood; in a table of a database, which has no files, it is its number there."""


def rejected_sql(spec: SourceSpec) -> str:
    """One SELECT over the parsed tables: a line for every rejected row that the day counts.

    A row that is counted by others of the same place (a document by its persons) is listed only where none of them is
    rejected.
    """
    rows = " union all ".join(_of_table(spec, table) for table in spec.tables)
    return (
        f"with rejected as ({rows}) select source, record_key, table_name, reason, line from rejected "
        "where is_counted or line is null or not exists (select 1 from rejected as other "
        "where other.is_counted and other.file = rejected.file and other.line = rejected.line "
        "and other.position is not distinct from rejected.position) order by all"
    )


def _of_table(spec: SourceSpec, table: TableSpec) -> str:
    is_counted = table.counts_as != "other" or table.name in spec.others
    return (
        f"select '{spec.id}' as source, coalesce(record_key, '{spec.id}:' || {PLACE}, "
        f"'{spec.id}:{table.part}:row/' || _order) as record_key, "
        f"'{table.name}' as table_name, _reason as reason, nullif(cast(_line as bigint), 0) as line, _file as file, "
        f"_position as position, {str(is_counted).lower()} as is_counted from {table.name} where _reason is not null"
    )


def personal_numbers_sql(tables: Iterable[str]) -> str:
    """How many households of some tables have a number with a valid ID in it, as one count."""
    keys = " union ".join(f"select household_key from {name}" for name in tables)
    numbers = f"select upper(regexp_extract(household_key, '[0-9]{{17}}[0-9Xx]')) as number from ({keys})"
    is_id = expressions()["id18"].replace("{x}", "number")
    return f"select count(*) as households from ({numbers}) where {is_id} is not null"


def oddities_sql(spec: SourceSpec) -> str:
    """One SELECT over the accepted rows: a row for each cell that could not be read, each code that is not known."""
    return " union all ".join(
        f"select '{spec.id}' as source, record_key, '{table.name}' as table_name, "
        "unnest(string_split(_findings, '|')) as oddity, nullif(cast(_line as bigint), 0) as line "
        f"from {table.name}" for table in spec.tables) + " order by all"
