"""Engineers get one message a cause: opened, changed, closed; nothing twice, nothing in a clean month."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from lowincome import alerts
from lowincome.deliver.alert_message import AlertMessage
from lowincome.deliver.recipients import Recipient
from lowincome.errors import SourceUnavailable
from lowincome.lake import Lake, write_json
from lowincome.sources.spec import registry
from lowincome.sources.standardise.source_day import SourceDay, read, write
from lowincome.trouble import KINDS, Cause

FIRST = date(2026, 11, 1)
SIX = sorted(registry())
RUNBOOK = "http://airflow/lowincome/runbook"
ZONE = ZoneInfo("Asia/Shanghai")


class Bureau:
    """A home in which days are simulated by their states, and a channel that takes messages down."""

    def __init__(self, home: Path) -> None:
        self.lake, self.output = Lake(home / "lake"), home / "output"
        self.sent: list[AlertMessage] = []
        self.is_broken = False

    def source(self, source: str, day: date, state: str = "ok", reason: str | None = None) -> None:
        """What became of one source; a good one has tables."""
        tables = {"person_record": {}} if state == "ok" else {}
        write(self.lake, SourceDay(source, day, state, reason, tables=tables))

    def arrive(self, day: date, **troubles: tuple[str, str]) -> None:
        """All six come, but for those with a state and a reason."""
        for source in SIX:
            self.source(source, day, *troubles.get(source, ("ok", None)))

    def freeze(self, day: date) -> None:
        write_json(self.lake.lock(day), {})

    def publish(self, day: date, held: str | None = None) -> None:
        write_json(self.lake.root / "published" / f"{day}.json", {})
        write_json(self.output / day.isoformat() / "validation" / "results.json",
                   {"worklists": {"370102": {"district": "历下区", "held_because": held}}})

    def day(self, day: date, held: str | None = None, **troubles: tuple[str, str]) -> None:
        """A whole day: sources, freeze, publication."""
        self.arrive(day, **troubles)
        self.freeze(day)
        self.publish(day, held)

    def look(self, day: date, clock: str = "08:00") -> list[str]:
        """Look and tell on the morning after a data date; the kinds and events that were new."""
        at = datetime.combine(day + timedelta(days=1), datetime.strptime(clock, "%H:%M").time(), ZONE)
        found = alerts.look(at)
        with suppress(SourceUnavailable):
            self.tell(at)
        return [f"{kind} {event}" for kind, event in sorted(found.items())]

    def tell(self, at: datetime, channel: str = "mail") -> dict[str, int]:
        return alerts.tell(channel, self, at, RUNBOOK)

    def __call__(self, message: AlertMessage, recipient: Recipient | None) -> bool:
        if self.is_broken:
            raise SourceUnavailable(what="no answer", where="stub")
        self.sent.append(message)
        return True


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    return Bureau(tmp_path)


def down(state: str = "missing", reason: str = "no answer of 10.0.0.1:443") -> dict[str, tuple[str, str]]:
    """All six sources in one state, each with a reason of its own."""
    return {source: (state, f"{source}: {reason}") for source in SIX}


def test_a_clean_month_tells_nothing(bureau: Bureau) -> None:
    for offset in range(30):
        bureau.day(FIRST + timedelta(days=offset))
        assert [bureau.look(FIRST + timedelta(days=offset), clock) for clock in ("06:20", "08:00")] == [[]] * 2
    assert bureau.sent == []


def test_six_sources_down_on_one_day_are_one_message_that_names_all(bureau: Bureau) -> None:
    bureau.day(FIRST)
    bureau.day(FIRST + timedelta(days=1), **down())
    assert bureau.look(FIRST + timedelta(days=1)) == ["missing opened"]
    [message] = bureau.sent
    assert all(source in message.markdown for source in SIX)
    assert f"{RUNBOOK}#missing" in message.markdown
    assert message.subject.startswith("【新告警】来源未到 Alert")


def test_six_sources_down_for_a_week_are_three_messages_and_two_when_they_are_back(bureau: Bureau) -> None:
    bureau.day(FIRST)
    told = []
    for offset in range(1, 8):
        bureau.day(FIRST + timedelta(days=offset), **down(reason=f"no answer after {offset} s"))
        told += bureau.look(FIRST + timedelta(days=offset))
    assert told == ["missing opened", "stale opened", "stale changed"]
    bureau.day(FIRST + timedelta(days=8))
    assert bureau.look(FIRST + timedelta(days=8)) == ["missing closed", "stale closed"]
    assert len(bureau.sent) == 5


def test_six_sources_down_in_three_ways_at_once_are_three_messages(bureau: Bureau) -> None:
    bureau.day(FIRST)
    day = FIRST + timedelta(days=4)
    bureau.day(day, **down() | {source: ("refused", "header lacks a column") for source in SIX[:2]})
    assert bureau.look(day) == ["missing opened", "refused opened", "stale opened"]
    assert len(bureau.sent) == 3


def test_what_was_told_is_not_told_again_however_often_one_looks(bureau: Bureau) -> None:
    bureau.day(FIRST, city_check=("missing", "down"))
    bureau.look(FIRST)
    assert [bureau.look(FIRST) for _ in range(3)] == [[]] * 3
    assert len(bureau.sent) == 2  # it never came, so it is older than agreed too


def test_a_source_that_joins_or_leaves_is_an_update_and_the_last_to_leave_closes(bureau: Bureau) -> None:
    bureau.day(FIRST)
    day = FIRST + timedelta(days=1)
    bureau.day(day, city_check=("missing", "down"))
    bureau.look(day)
    bureau.source("province_check", day, "missing", "down too")
    assert bureau.look(day) == ["missing changed"]
    bureau.source("city_check", day)
    assert bureau.look(day) == ["missing changed"]
    bureau.source("province_check", day)
    assert bureau.look(day) == ["missing closed"]
    assert [message.subject[1:4] for message in bureau.sent] == ["新告警", "有变化", "有变化", "已恢复"]


@pytest.mark.parametrize(("second", "events"), [
    ("header lacks 3 columns of 2026-11-02", []), ("md5 differs", ["refused changed"])])
def test_another_figure_or_date_in_a_refusal_is_no_news_and_another_fault_is(
    bureau: Bureau, second: str, events: list[str]
) -> None:
    bureau.day(FIRST, city_check=("refused", "header lacks 2 columns of 2026-11-01"))
    bureau.look(FIRST)
    day = FIRST + timedelta(days=1)
    bureau.day(day, city_check=("refused", second))
    assert bureau.look(day) == events


def test_a_source_that_is_late_counts_only_once_the_day_is_frozen(bureau: Bureau) -> None:
    bureau.day(FIRST)
    bureau.arrive(FIRST + timedelta(days=1), city_check=("missing", "not yet"))
    assert bureau.look(FIRST + timedelta(days=1), "02:00") == []
    bureau.freeze(FIRST + timedelta(days=1))
    assert bureau.look(FIRST + timedelta(days=1), "06:15") == ["missing opened"]


@pytest.mark.parametrize(("age", "is_stale"), [(3, False), (4, True)])
def test_a_source_is_stale_once_its_last_good_day_is_older_than_agreed(
    bureau: Bureau, age: int, is_stale: bool
) -> None:
    bureau.day(FIRST)
    bureau.day(FIRST + timedelta(days=age), city_check=("missing", "down"))
    assert ("stale opened" in bureau.look(FIRST + timedelta(days=age))) == is_stale


@pytest.mark.parametrize(("clock", "events"), [("07:29", []), ("07:30", ["unpublished opened"])])
def test_a_day_is_due_at_the_hour_of_publication_and_not_before(bureau: Bureau, clock: str, events: list[str]) -> None:
    bureau.day(FIRST)
    assert bureau.look(FIRST + timedelta(days=1), clock) == events


def test_a_day_that_is_published_after_the_hour_closes_its_alert(bureau: Bureau) -> None:
    bureau.day(FIRST)
    day = FIRST + timedelta(days=1)
    bureau.look(day)
    bureau.day(day)
    assert bureau.look(day, "09:00") == ["unpublished closed"]


def test_nothing_is_due_before_the_first_day_was_published(bureau: Bureau) -> None:
    assert bureau.look(FIRST) == []


def test_a_held_list_stands_until_it_is_released(bureau: Bureau) -> None:
    bureau.day(FIRST, held="40 new, usual is 5")
    assert bureau.look(FIRST) == ["held opened"]
    assert "370102 历下区: 40 new, usual is 5" in bureau.sent[0].markdown
    bureau.publish(FIRST)
    assert bureau.look(FIRST) == ["held closed"]


def test_a_failed_sending_is_tried_again_and_only_by_the_channel_that_failed(bureau: Bureau) -> None:
    bureau.day(FIRST, held="too many")
    bureau.is_broken = True
    assert bureau.look(FIRST) == ["held opened"]
    bureau.is_broken = False
    at = datetime(2026, 11, 2, 8, 15, tzinfo=ZONE)
    assert bureau.tell(at) == {"told": 1, "nobody_to_tell": 0}
    assert bureau.tell(at) == {"told": 0, "nobody_to_tell": 0}
    assert bureau.tell(at, "wecom")["told"] == 1


def test_what_opened_and_closed_before_anybody_was_told_is_not_told(bureau: Bureau) -> None:
    bureau.is_broken = True
    bureau.day(FIRST, held="too many")
    bureau.look(FIRST)
    bureau.publish(FIRST)
    bureau.is_broken = False
    assert bureau.look(FIRST) == ["held closed"]
    assert bureau.sent == []


def test_what_changed_before_anybody_was_told_is_told_once_as_new(bureau: Bureau) -> None:
    bureau.day(FIRST)
    day = FIRST + timedelta(days=1)
    bureau.is_broken = True
    bureau.day(day, city_check=("missing", "down"))
    bureau.look(day)
    bureau.is_broken = False
    bureau.source("province_check", day, "missing", "down too")
    bureau.look(day)
    [message] = bureau.sent
    assert message.subject.startswith("【新告警】来源未到") and "(2)" in message.subject


def test_engineers_without_an_address_are_counted_and_told_when_they_have_one(bureau: Bureau) -> None:
    bureau.day(FIRST, held="too many")
    at = datetime(2026, 11, 2, 8, tzinfo=ZONE)
    alerts.look(at)
    nobody: Callable[..., bool] = lambda message, recipient: False  # noqa: E731
    assert alerts.tell("mail", nobody, at, RUNBOOK) == {"told": 0, "nobody_to_tell": 1}
    assert bureau.tell(at)["told"] == 1


def test_mail_goes_to_the_operations_entry_of_the_recipients(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "recipients.yaml"
    page.write_text("operations: {name: 运维, email: [ops@example.org]}\n", "utf-8")
    page.chmod(0o600)
    monkeypatch.setenv("LOWINCOME_RECIPIENTS", str(page))
    bureau.day(FIRST, held="too many")
    got: list[Any] = []
    at = datetime(2026, 11, 2, 8, tzinfo=ZONE)
    alerts.look(at)
    alerts.tell("mail", lambda message, recipient: not got.append(recipient), at, RUNBOOK)
    assert got == [Recipient("运维", email=("ops@example.org",))]


def test_a_task_of_the_upkeep_stands_until_it_succeeds_and_a_look_leaves_it_alone(bureau: Bureau) -> None:
    at = datetime(2026, 11, 2, 3, tzinfo=ZONE)
    assert alerts.stand("disk", "home: a disk is almost full", at) == {"disk": "opened"}
    assert alerts.stand("disk", "home: a disk is almost full", at) == {}
    bureau.day(FIRST)
    assert bureau.look(FIRST) == []
    assert len(bureau.sent) == 1
    assert alerts.stand("disk", None, at) == {"disk": "closed"}


def test_that_the_register_does_not_answer_is_told_once_by_each_channel_and_so_is_its_return(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bureau.day(FIRST, held="too many")
    at = datetime(2026, 11, 2, 8, tzinfo=ZONE)
    alerts.look(at)
    monkeypatch.setenv("LOWINCOME_REGISTER_URL", f"sqlite:///{tmp_path}/gone/register.db")
    for channel in ("mail", "mail", "wecom", "wecom"):
        with pytest.raises(SourceUnavailable, match="the register does not answer"):
            bureau.tell(at, channel)
    assert [message.subject[:11] for message in bureau.sent] == ["【新告警】登记簿连不上"] * 2
    monkeypatch.delenv("LOWINCOME_REGISTER_URL")
    bureau.tell(at)
    bureau.tell(at)
    assert [message.subject[:6] for message in bureau.sent[2:]] == ["【已恢复】登", "【新告警】清"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_words_in_both_languages_and_a_link(bureau: Bureau, kind: str) -> None:
    found = {name: "found" for name in (SIX if kind in ("missing", "refused", "stale") else ["370102 历下区"])}
    alerts._enter(alerts.read_settings(), datetime(2026, 11, 2, tzinfo=ZONE), [kind], {kind: Cause(kind, found)})
    bureau.tell(datetime(2026, 11, 2, tzinfo=ZONE))
    [message] = bureau.sent
    assert message.markdown.endswith(f"({RUNBOOK}#{kind})")
    assert len(message.markdown.encode()) < 4096


def test_a_long_reason_is_cut_so_that_a_robot_takes_the_message(bureau: Bureau) -> None:
    bureau.day(FIRST, **down("refused", "字" * 500))
    bureau.look(FIRST)
    assert len(bureau.sent) == 2
    assert all(len(message.markdown.encode()) <= 4096 for message in bureau.sent)


def test_the_source_day_that_the_test_writes_is_the_pipelines_own(bureau: Bureau) -> None:
    bureau.source("city_check", FIRST, "missing", "down")
    assert (read(bureau.lake, "city_check", FIRST) or {})["tables"] == {}
