"""Districts are told of a published day once; whoever could not be reached is told by the next try."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from lowincome.deliver.digest import Digest
from lowincome.deliver.recipients import Recipient
from lowincome.errors import SourceUnavailable
from lowincome.lake import read_json, write_json
from lowincome.tell import tell

from tests.deliver.test_report import found
from tests.small_day import MOTHER, SON, D, answer

DAY = D.isoformat()
DISTRICTS = ["370102", "370103"]


class Channel:
    """Takes messages down; districts in `broken` cannot be reached."""

    def __init__(self, *broken: str) -> None:
        self.sent: list[Digest] = []
        self.broken = set(broken)

    def __call__(self, digest: Digest, recipient: Recipient | None) -> bool:
        if digest.district in self.broken:
            raise SourceUnavailable(what="no answer", where="stub")
        self.sent.append(digest)
        return True


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a published day of two districts says of itself."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    day = found(D)
    day["worklists"] = {district: dict(day["worklists"]["370102"]) for district in DISTRICTS}
    return write_json(tmp_path / "output" / DAY / "validation" / "results.json", day)


@pytest.mark.usefixtures("results")
def test_every_district_is_told_once_however_often_it_is_tried() -> None:
    channel = Channel()
    assert tell(DAY, "mail", channel) == {"told": 2, "told_before": 0, "nobody_to_tell": 0}
    assert tell(DAY, "mail", channel) == {"told": 0, "told_before": 2, "nobody_to_tell": 0}
    assert [digest.district for digest in channel.sent] == DISTRICTS


@pytest.mark.usefixtures("results")
def test_each_channel_tells_for_itself() -> None:
    tell(DAY, "mail", Channel())
    assert tell(DAY, "wecom", Channel())["told_before"] == 0


def test_only_a_district_whose_day_changed_is_told_again(results: Path) -> None:
    tell(DAY, "mail", Channel())
    day = read_json(results)
    day["worklists"]["370102"]["flags"]["new"] += 1
    write_json(results, day)
    channel = Channel()
    tell(DAY, "mail", channel)
    assert [digest.district for digest in channel.sent] == ["370102"]


@pytest.mark.usefixtures("results")
def test_a_district_that_cannot_be_reached_stops_nobody_and_is_told_by_the_next_try() -> None:
    channel = Channel("370102")
    with pytest.raises(SourceUnavailable, match="1 districts were not told: 370102"):
        tell(DAY, "mail", channel)
    assert [digest.district for digest in channel.sent] == ["370103"]
    channel.broken.clear()
    assert tell(DAY, "mail", channel)["told"] == 1
    assert channel.sent[-1].district == "370102"


@pytest.mark.usefixtures("results")
def test_a_district_that_nobody_receives_for_is_counted_and_told_when_somebody_does() -> None:
    assert tell(DAY, "mail", lambda digest, recipient: False)["nobody_to_tell"] == 2
    assert tell(DAY, "mail", Channel())["told"] == 2


def test_no_message_names_or_numbers_a_person(run_day: Callable[..., Path]) -> None:
    published, channel = run_day(facts=[answer("A04", quantity=1)]), Channel()
    tell(DAY, "mail", channel)
    text = "".join(digest.subject + digest.markdown for digest in channel.sent)
    with (published / "flags.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = {row[column] for row in rows for column in ("flag_id", "household_keys", "person_keys") if row[column]}
    assert keys
    assert "新增 new: 1" in text
    assert not any(secret in text for secret in (MOTHER, SON, "王秀英", "王*", "赵某", "13800001234", *keys))
