"""Which of the frozen answers count on a day: those about ids that are still one."""

from datetime import date

import pyarrow as pa
import pytest
from lowincome import engine, schema
from lowincome.redirects import redirect_view
from lowincome.settings import INCLUDE

D = date(2026, 11, 22)
ALONE = {"flag_id": "F1", "finding": "confirmed", "visited_on": D, "list_date": D}
OF_TWO = ALONE | {"flag_id": "F2"}


@pytest.mark.parametrize(("persons", "households", "counting"), [
    ([("P2", "P1")], [], ["F1", "F2"]),
    ([("P2", "P0"), ("P1", "P0")], [], ["F1", "F2"]),
    ([], [], ["F1"]),
    ([("P2", "P3")], [], ["F1"]),
    ([], [("P2", "P1")], ["F1", "F2"])])
def test_an_answer_about_two_counts_on_a_day_on_which_they_are_one_and_one_about_nobody_else_on_every_day(
    persons: list[tuple[str, str]], households: list[tuple[str, str]], counting: list[str]
) -> None:
    rows = {
        "disposition": [ALONE, OF_TWO],
        "answered_subject": [{"flag_id": "F2", "subject_id": one} for one in ("P1", "P2")],
        "person_redirect": [{"person_id": one, "leads_to": other} for one, other in persons],
        "household_redirect": [{"household_id": one, "leads_to": other} for one, other in households]}
    known: dict[str, engine.Input] = {
        name: pa.Table.from_pylist(of, schema.TABLES[name]) for name, of in rows.items()}
    known["redirect"] = redirect_view()
    found = engine.query(INCLUDE / "sql" / "household" / "flag_answer.sql", known)
    assert found.column("flag_id").to_pylist() == counting
