"""A register that forgot the days before: nothing begins anew by itself."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from lowincome.errors import AuditFailed
from lowincome.settings import read_settings

from tests.small_day import D, answer, flags

NEXT = D + timedelta(days=1)
CAR = [answer("A04", quantity=1)]


def test_a_day_whose_register_lost_the_days_before_is_not_entered(run_day: Callable[..., Path]) -> None:
    run_day(facts=CAR)
    (read_settings().home / "register.db").unlink()
    with pytest.raises(AuditFailed, match=r"knows of no day before.*restore the register"):
        run_day(NEXT, facts=CAR)


def test_a_day_whose_register_knows_the_days_before_goes_on(run_day: Callable[..., Path]) -> None:
    first = flags(run_day(facts=CAR))["B04"]
    second = flags(run_day(NEXT, facts=CAR))["B04"]
    assert (second["flag_id"], second["state"]) == (first["flag_id"], "open")


def test_a_first_day_needs_no_day_before(run_day: Callable[..., Path]) -> None:
    assert flags(run_day(NEXT, facts=CAR))["B04"]["state"] == "new"
