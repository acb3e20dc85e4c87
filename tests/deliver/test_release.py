"""A list is held only when it jumps beyond a history that is long enough to tell."""

import pytest
from lowincome.deliver.release import held


@pytest.mark.parametrize(("today", "is_held"), [(30, False), (31, True)])
def test_a_list_is_held_above_three_times_its_median(today: int, is_held: bool) -> None:
    assert bool(held({"370102": today}, [{"370102": 10}] * 5)) is is_held


@pytest.mark.parametrize(("today", "is_held"), [(20, False), (21, True)])
def test_a_quiet_district_may_still_have_twenty_new_flags(today: int, is_held: bool) -> None:
    assert bool(held({"370102": today}, [{}] * 5)) is is_held


def test_the_first_days_are_never_held() -> None:
    assert held({"370102": 10_000}, [{"370102": 1}] * 4) == {}


def test_one_busy_day_does_not_raise_the_limit() -> None:
    assert "超过上限 30 件" in held({"370102": 100}, [{"370102": 10}] * 4 + [{"370102": 5000}])["370102"]
