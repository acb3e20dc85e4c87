"""Moments are told in Shanghai's time, whatever zone they are kept in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from lowincome.shanghai import local

EVENING = datetime(2026, 11, 22, 16, 0)


@pytest.mark.parametrize("moment", [
    EVENING, EVENING.replace(tzinfo=UTC), datetime(2026, 11, 22, 17, 0, tzinfo=timezone(timedelta(hours=1)))])
def test_an_evening_of_greenwich_is_the_next_day_in_jinan(moment: datetime) -> None:
    assert local(moment).isoformat() == "2026-11-23T00:00:00+08:00"


def test_a_minute_earlier_it_is_still_the_day_before() -> None:
    assert local(EVENING - timedelta(minutes=1)).isoformat() == "2026-11-22T23:59:00+08:00"
