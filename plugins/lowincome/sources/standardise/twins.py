"""Rows of one array that bear the same name, though each should have its own.

The same row twice is a repetition. Of rows that differ nobody can tell which one the name belongs to.
"""

from dataclasses import dataclass

AGAIN, TWICE = "again", "twice"


@dataclass(frozen=True)
class Name:
    """The cell that tells a row of an array from its others, and how it is read: SQL over its text, `{x}`."""

    cell: str
    read: str


def may_hold_twins(rows: str, name: Name) -> str:
    """Whether an array is worth a look: all but few hold numbers that differ, and need none."""
    numbers = f"[try_cast(one['{name.cell}'] as bigint) for one in {rows}]"
    return f"len(list_distinct({numbers})) < len({rows})"


def noting_twins(documents: str, rows: str, name: Name) -> str:
    """Documents with `_twins`, by place in their array: AGAIN for a row that stood there before, TWICE for one whose
    name others bear that differ; null where none of its rows as they came stands in `_whole`, and they need no look."""
    read = name.read.replace("{x}", f"one['{name.cell}']")
    content = f"""json_merge_patch(_whole[place], '{{"{name.cell}": null}}')"""
    named = f"[{{'name': {read}, 'content': {content}}} for one, place in {rows}]"
    bearers = "list_aggregate([one.name for one in list_distinct(_named)], 'histogram')"
    verdict = (f"case when _bearers[one.name] > 1 then '{TWICE}' "
               f"when one.name is not null and list_position(_named, one) < place then '{AGAIN}' end")
    return (
        f"select * exclude (_named, _bearers), [{verdict} for one, place in _named] as _twins from ("
        f"select *, {bearers} as _bearers from ("
        f"select *, case when _whole is not null then {named} end as _named from ({documents})))"
    )
