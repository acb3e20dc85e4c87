"""The keys by which machines find a flag's subject: those that stand for it today."""

from datetime import date
from typing import Any

import pyarrow as pa
from lowincome import engine, schema
from lowincome.settings import INCLUDE

D = date(2026, 11, 22)


def table(name: str, *rows: dict[str, Any]) -> pa.Table:
    """Rows of one of the house's tables; what a row does not say is null."""
    kinds = schema.TABLES[name]
    return pa.Table.from_pylist([dict.fromkeys(kinds.names) | row for row in rows], kinds)


def keys(flag: dict[str, Any], **redirects: Any) -> tuple[str | None, str | None]:
    """Household keys and person keys of one flag on a day on which H2 and P2 stand, and H1 and P1 no longer."""
    own = ({"household_id": "H2", "household_key": key} for key in ("b:2", "a:1"))
    known = {
        "run": pa.table({"data_date": pa.array([D], pa.date32())}),
        "flag_day": table("flag_day", {"flag_id": "F1"} | flag),
        "household_key": table("household_key", *own),
        "person_link": table("person_link", *({"person_id": "P2", "record_key": key} for key in ("d:4", "c:3"))),
        "household_redirect": table("household_redirect", *redirects.get("households", [])),
        "person_redirect": table("person_redirect", *redirects.get("persons", []))}
    (row,) = engine.query(INCLUDE / "sql" / "deliver" / "flags.sql", known).to_pylist()
    return row["household_keys"], row["person_keys"]


def test_a_flag_has_all_keys_of_its_subject_in_order() -> None:
    assert keys({"household_id": "H2", "person_id": "P2"}) == ("a:1|b:2", "c:3|d:4")


def test_a_flag_whose_subject_became_one_with_another_has_the_keys_of_the_other() -> None:
    gone = {"household_id": "H1", "person_id": "P1"}
    assert keys(gone, households=[{"household_id": "H1", "leads_to": "H2"}],
                persons=[{"person_id": "P1", "leads_to": "P2"}]) == ("a:1|b:2", "c:3|d:4")


def test_a_flag_whose_subject_every_source_left_has_none() -> None:
    assert keys({"household_id": "H1", "person_id": "P1"}) == (None, None)
