"""A digest has counts and places, says what is missing, and is another one when a reader sees a difference."""

from typing import Any

from lowincome.deliver.digest import Digest, digests

from tests.deliver.test_report import found


def digest(**changes: Any) -> Digest:
    """The message of a day with one district; changes go into its entry."""
    day = found()
    day["worklists"]["370102"] |= changes
    return digests(day)[0]


def test_a_digest_counts_what_is_new_open_closed_held_due_and_overdue() -> None:
    text = digest().markdown
    for line in ("新增 new: 2", "原有未结 open from before: 3", "销号 closed: 1", "暂挂 held: 0", "overdue: 4",
                 "due within seven days: 5", "2026-11-20/worklists/370102_历下区_2026-11-20.xlsx", "来源齐全"):
        assert line in text
    assert "降级" not in text


def test_a_degraded_day_names_the_source_and_how_old_its_data_is() -> None:
    day = found()
    day["sources"]["city_check"] |= {"state": "missing", "as_of": "2026-11-18"}
    text = digests(day)[0].markdown
    assert "降级" in text
    assert "市核对 City: 未到 missing，数据截至 as of 2026-11-18" in text
    assert "来源齐全" not in text


def test_a_held_list_is_told_as_held_with_its_reason_and_no_place() -> None:
    text = digest(held_because="900 new today", rows=0).markdown
    assert "待放行" in text
    assert "900 new today" in text
    assert ".xlsx" not in text
    assert "due within" not in text


def test_the_same_day_has_the_same_digest_and_another_count_another() -> None:
    assert digest().sha256 == digest().sha256
    assert digest(rows=2).sha256 != digest().sha256


def test_every_district_has_a_message_of_its_own() -> None:
    day = found()
    day["worklists"]["370103"] = day["worklists"]["370102"] | {"district": "市中区"}
    told = digests(day)
    assert [message.district for message in told] == ["370102", "370103"]
    assert "市中区" in told[1].subject
    assert "历下区" not in told[1].markdown
