"""What a changed law would do to days that were run, without touching the register."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lowincome import inquiry
from lowincome.errors import AuditFailed, SettingsInvalid
from lowincome.settings import INCLUDE, Settings, read_settings
from sqlalchemy import create_engine, text

from tests.small_day import D, answer

PAGES = INCLUDE / "policy"
ITEMS = ("I01", "I03", "I04", "I05", "I06", "I07", "A01", "A02", "A03", "A04", "A05")
ANSWERED = [answer(item, "NONE") for item in ITEMS]


def pension(amount: str) -> dict[str, object]:
    """The mother's only income, over the whole window."""
    return answer("I02", amount=amount, periodFrom="202511", periodTo="202610")




def register(settings: Settings) -> list[tuple[object, ...]]:
    """Every row that a rehearsal might have touched."""
    engine = create_engine(settings.register_url)
    with engine.connect() as connection:
        return [tuple(row) for table in ("register_day", "flag", "flag_event")
                for row in connection.execute(text(f"select * from {table} order by 1, 2"))]


def raised_standard(folder: Path, value: str) -> str:
    """The page of the standard whose last urban value is another."""
    page = (PAGES / "parameters" / "standard.yaml").read_text("utf-8")
    changed = page.replace('{residence: urban, value: "1114"}', f'{{residence: urban, value: "{value}"}}')
    assert changed != page
    (folder / "standard.yaml").write_text(changed, "utf-8")
    return str(folder / "standard.yaml")


def test_a_standard_raised_by_a_tenth_ends_the_exit_of_a_household_between_the_two(
    run_day: Callable[..., Path], tmp_path: Path
) -> None:
    for offset in (0, 1):
        run_day(D + timedelta(days=offset), facts=[*ANSWERED, pension("14400.00")])
    before = register(read_settings())
    report = inquiry.rehearse(D.isoformat(), (D + timedelta(days=1)).isoformat(), [raised_standard(tmp_path, "1225.4")])
    lost = [(row["rule_id"], row["district"], row["lost"]) for row in report["flags"] if row["lost"]]
    assert lost == [("B03", "370102", 1)] * 2
    assert register(read_settings()) == before


def test_visits_count_who_was_not_on_the_list_the_day_before(run_day: Callable[..., Path], tmp_path: Path) -> None:
    for offset in (0, 1):
        run_day(D + timedelta(days=offset), facts=[*ANSWERED, pension("13000.00")])
    report = inquiry.rehearse(D.isoformat(), (D + timedelta(days=1)).isoformat(), [raised_standard(tmp_path, "1000")])
    assert [(row["rule_id"], row["new"]) for row in report["flags"]] == [("B03", 1), ("B03", 1)]
    assert [(row["now"], row["rehearsed"]) for row in report["visits"]] == [(0, 1), (0, 0)]


def test_a_changed_rule_is_rehearsed_like_a_parameter(run_day: Callable[..., Path], tmp_path: Path) -> None:
    run_day(facts=[answer("A04", quantity=1)])
    page = (PAGES / "rules" / "B04.yaml").read_text("utf-8").replace("vehicles_over_limit", "dwellings_over_limit")
    (tmp_path / "B04.yaml").write_text(page, "utf-8")
    report = inquiry.rehearse(D.isoformat(), D.isoformat(), [str(tmp_path / "B04.yaml")])
    assert [(row["rule_id"], row["lost"]) for row in report["flags"]] == [("B04", 1)]


def test_a_page_that_replaces_nothing_is_refused(run_day: Callable[..., Path], tmp_path: Path) -> None:
    run_day()
    (tmp_path / "income_tax.yaml").write_text("id: income_tax\n", "utf-8")
    with pytest.raises(SettingsInvalid, match="neither a parameter nor a rule"):
        inquiry.rehearse(D.isoformat(), D.isoformat(), [str(tmp_path / "income_tax.yaml")])


def test_days_that_were_never_frozen_cannot_be_rehearsed(run_day: Callable[..., Path], tmp_path: Path) -> None:
    run_day()
    with pytest.raises(AuditFailed, match="no day of the range is frozen"):
        inquiry.rehearse("2020-01-01", "2020-01-05", [raised_standard(tmp_path, "1225.4")])
