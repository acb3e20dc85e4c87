"""Retention: what is older than its months goes, with proof; what something still needs stays."""

import hashlib
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import retention, schema
from lowincome.deliver import answers
from lowincome.errors import SettingsInvalid
from lowincome.lake import Lake, digest, write_json, write_table
from lowincome.register import access, chain, dispositions, ledger
from lowincome.retention import delete_expired, read_months
from sqlalchemy import create_engine

from tests.register.test_dispositions import enter

TODAY, BEFORE, FIRST = date(2026, 11, 22), date(2025, 10, 31), date(2025, 11, 1)
LONG_AGO = date(2020, 5, 6)
LAST_OF_OCTOBER, FIRST_OF_NOVEMBER = datetime(2021, 10, 31, 15, 59), datetime(2021, 10, 31, 16)
"""Either side of midnight in Shanghai, in UTC as the register keeps it, sixty months before."""
OTHERS = "standardised: 1\ncomputed: 1\npublished: 1"
NOTHING = {"landing": 0, "standardised": 0, "computed": 0, "published": 0, "answers": 0}


class House:
    """A home with planted files and a register."""

    def __init__(self, home: Path) -> None:
        self.home, self.lake, self.url = home, Lake(home / "lake"), f"sqlite:///{home / 'register.db'}"
        ledger.migrate(self.url)
        self.register = create_engine(self.url)

    def put(self, path: Path) -> Path:
        """A file with a content of its own."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(path))
        return path

    def landed(self, day: date, source: str = "province_check") -> Path:
        return self.put(self.lake.landing(source, day, "0001") / "f1.ndjson.gz")

    def version(self, day: date, name: str) -> Path:
        return self.put(self.home / "output" / ".versions" / f"{day}-0123456789ab" / name)

    def lock(self, day: date, as_of: date, **tables: Any) -> None:
        entry = {"as_of": as_of.isoformat(), "tables": tables}
        write_json(self.lake.lock(day), {"data_date": day.isoformat(), "run_id": "run", "previous": {},
                                         "decisions": {}, "sources": {"province_check": entry}})

    def arrived(self, day: date, key: str) -> Path:
        row = {"source": "province_check", "data_date": day, "run_id": "0001", "record_key": key,
               "table_name": "person_record", "file": "f1.ndjson.gz", "sha256": "0", "line": 1}
        return write_table(pa.Table.from_pylist([row], schema.TABLES["arrival"]),
                           self.lake.partition("standardised", "arrival", day, "province_check"))

    def behind(self, day: date, key: str, state: str) -> Path:
        row = {"record_key": key, "flag_id": "F1", "data_date": day, "run_id": "run", "state": state}
        return write_table(pa.Table.from_pylist([row], schema.TABLES["flag_record"]), self.lake.lineage(day, "run"))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    return House(tmp_path)


def test_a_layer_is_kept_for_its_months_to_the_day(house: House) -> None:
    gone, kept = house.landed(BEFORE), house.landed(FIRST)
    assert delete_expired(TODAY.isoformat()) == NOTHING | {"landing": 1}
    assert not gone.exists() and not gone.parent.exists()
    assert kept.exists()


def test_every_layer_goes_by_its_own_months_and_records_of_days_stay(house: House) -> None:
    lake, day = house.lake, LONG_AGO
    gone = [
        house.landed(day), house.put(lake.partition("standardised", "person_record", day, "province_check")),
        house.put(lake.partition("resolved", "person", day)), house.put(lake.partition("outcomes", "flag_day", day)),
        house.put(lake.partition("returns", "error_return", day)),
        house.put(lake.partition("decisions", "open_flag", day)), house.behind(day, "city_check:1", "closed"),
        house.version(day, "worklists/370102_list.xlsx"), house.version(day, "links.csv")]
    stay = [house.put(lake.source_day("province_check", day)), house.version(day, "manifest.json"),
            house.version(day, "validation/results.json")]
    house.lock(day, day)
    assert delete_expired(TODAY.isoformat()) == NOTHING | {
        "landing": 1, "standardised": 1, "computed": 5, "published": 2}
    assert [path for path in gone if path.exists()] == []
    assert [path for path in [*stay, lake.lock(day)] if not path.exists()] == []


def test_every_file_is_sealed_by_digest_before_it_goes(house: House, tmp_path: Path) -> None:
    file = house.landed(LONG_AGO)
    known = {"path": str(file.relative_to(house.home)), "sha256": digest(file), "bytes": file.stat().st_size}
    delete_expired(TODAY.isoformat())
    (proof,) = (house.lake.root / "deleted").glob("*.json")
    told = json.loads(proof.read_text("utf-8"))
    assert told["files"] == [known]
    (entry,) = [one for one in chain.entries(house.register) if one["kind"] == "deleted"]
    assert (entry["row_key"], entry["content"]) == (
        proof.stem, hashlib.sha256(chain.canonical(told)).hexdigest())
    assert list((tmp_path / "anchors").glob("*.json"))


def test_a_rehearsal_counts_and_touches_nothing(house: House) -> None:
    file = house.landed(LONG_AGO)
    assert delete_expired(TODAY.isoformat(), is_rehearsal=True)["landing"] == 1
    assert file.exists() and list(chain.entries(house.register)) == []


def test_where_nothing_is_old_nothing_is_sealed(house: House) -> None:
    house.landed(TODAY)
    assert delete_expired(TODAY.isoformat()) == NOTHING
    assert list(chain.entries(house.register)) == []


def test_what_the_lock_of_a_kept_day_names_stays_however_old(house: House) -> None:
    named = house.put(house.lake.partition("standardised", "person_record", LONG_AGO, "province_check"))
    other = house.put(house.lake.partition("standardised", "payment", LONG_AGO, "province_check"))
    house.lock(TODAY, LONG_AGO, person_record=house.lake.reference(named))
    assert delete_expired(TODAY.isoformat())["standardised"] == 1
    assert named.exists() and not other.exists()


@pytest.mark.parametrize("is_open", [True, False])
def test_the_day_on_which_an_open_flag_began_stays_whole_until_it_closes(house: House, is_open: bool) -> None:
    enter(house.url, LONG_AGO, "certain")
    enter(house.url, TODAY, "certain" if is_open else "false")
    house.lock(LONG_AGO, LONG_AGO)
    files = [house.landed(LONG_AGO), house.put(house.lake.partition("outcomes", "flag_day", LONG_AGO)),
             house.version(LONG_AGO, "flags.csv")]
    delete_expired(TODAY.isoformat())
    assert [path.exists() for path in files] == [is_open] * 3


@pytest.mark.parametrize("state", ["open", "closed"])
def test_the_landing_of_a_record_behind_an_open_flag_stays(house: House, state: str) -> None:
    landed, other = house.landed(LONG_AGO), house.landed(date(2020, 5, 7))
    arrived = house.arrived(LONG_AGO, "province_check:SD1/1")
    house.behind(TODAY, "province_check:SD1/1", state)
    delete_expired(TODAY.isoformat())
    assert (landed.exists(), arrived.exists(), other.exists()) == (state == "open", state == "open", False)


def test_the_day_and_the_landings_of_an_evidence_pack_stay(house: House) -> None:
    day, earlier = date(2021, 1, 2), LONG_AGO
    house.lock(day, day)
    house.arrived(earlier, "province_check:SD1/1")
    link = {"source": "province_check", "record_key": "province_check:SD1/1", "person_id": "P1"}
    links = write_table(pa.Table.from_pylist([link], schema.TABLES["person_link"]),
                        house.lake.partition("resolved", "person_link", day))
    landed, other = house.landed(earlier), house.landed(date(2020, 5, 7))
    access.append(house.register, datetime(2026, 1, 1), {
        "user_name": "zhao", "action": "pack", "subject": "P1", "reason": "complaint", "data_date": day, "detail": ""})
    delete_expired(TODAY.isoformat())
    assert links.exists() and landed.exists() and not other.exists()


@pytest.mark.parametrize("name", ["worklists/370102_list.xlsx", "returns/city_check.xlsx"])
def test_a_copy_of_a_locked_workbook_goes_with_its_last_day(house: House, name: str) -> None:
    lists = [house.version(day, name) for day in (LONG_AGO, TODAY)]
    copies = [house.put(house.lake.root / "locked_worklists" / f"{number}.xlsx") for number in range(2)]
    for path, copy in zip(lists, copies, strict=True):
        copy.write_bytes(path.read_bytes())
    delete_expired(TODAY.isoformat())
    assert [copy.exists() for copy in copies] == [False, True]


def test_a_deletion_that_was_interrupted_is_finished_by_the_next(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [house.landed(LONG_AGO), house.landed(date(2020, 5, 7))]
    with monkeypatch.context() as patch:
        patch.setattr(retention, "_prune", _stop)
        with pytest.raises(KeyboardInterrupt):
            delete_expired(TODAY.isoformat())
    assert delete_expired(TODAY.isoformat())["landing"] == 1
    assert [path for path in files if path.exists()] == []
    assert [one["kind"] for one in chain.entries(house.register)] == ["deleted", "deleted"]


def _stop(folder: Path) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("page", [
    "landing: 12", f"landing: 0\n{OTHERS}\nanswers: 1", "[]", f"landing: true\n{OTHERS}\nanswers: 1",
    f"landing: 1\n{OTHERS}", f"landing: 1\n{OTHERS}\nanswers: 0"])
def test_months_that_are_wrong_delete_nothing(tmp_path: Path, page: str) -> None:
    (tmp_path / "retention.yaml").write_text(page, "utf-8")
    with pytest.raises(SettingsInvalid):
        read_months(tmp_path / "retention.yaml")


def test_months_that_are_right_are_read(tmp_path: Path) -> None:
    (tmp_path / "retention.yaml").write_text(f"landing: 1\n{OTHERS}\nanswers: 1", "utf-8")
    assert read_months(tmp_path / "retention.yaml") == dict.fromkeys(NOTHING, 1)


def test_a_list_from_the_folder_is_kept_for_its_months_from_the_day_it_came_whenever_its_author_saved_it(
    house: House
) -> None:
    gone, kept, unsaved = (house.put(answers.imported(house.home, letter * 64)) for letter in "abc")
    for letter, moment in zip("abc", (LAST_OF_OCTOBER, FIRST_OF_NOVEMBER, FIRST_OF_NOVEMBER), strict=True):
        dispositions.remember_file(house.url, letter * 64, moment, {"rows": 1, "recorded": 1, "rejected": 0})
    os.utime(unsaved, (0, 0))
    assert delete_expired(TODAY.isoformat()) == NOTHING | {"answers": 1}
    assert [path.exists() for path in (gone, kept, unsaved)] == [False, True, True]


def test_an_upload_and_what_came_back_are_kept_for_their_months_from_the_day_they_were_written(house: House) -> None:
    for path in (answers.imported, answers.returned):
        files = [house.put(path(house.home, letter * 64)) for letter in "ab"]
        for file, moment in zip(files, (LAST_OF_OCTOBER, FIRST_OF_NOVEMBER), strict=True):
            os.utime(file, (moment.replace(tzinfo=UTC).timestamp(),) * 2)
        assert delete_expired(TODAY.isoformat()) == NOTHING | {"answers": 1}
        assert [file.exists() for file in files] == [False, True]


def test_lists_that_wait_and_the_folders_stay_and_what_goes_is_sealed_first(house: House) -> None:
    waiting = house.put(house.home / "answers" / "370102.xlsx")
    old = house.put(answers.imported(house.home, "a" * 64))
    known = {"path": f"answers/imported/{old.name}", "sha256": digest(old), "bytes": old.stat().st_size}
    for path in (waiting, old):
        os.utime(path, (0, 0))
    delete_expired(TODAY.isoformat())
    (proof,) = (house.lake.root / "deleted").glob("*.json")
    assert json.loads(proof.read_text("utf-8"))["files"] == [known]
    assert (waiting.exists(), old.exists(), old.parent.is_dir()) == (True, False, True)


def test_no_open_flag_keeps_a_filled_list(house: House) -> None:
    enter(house.url, LONG_AGO, "certain")
    house.lock(LONG_AGO, LONG_AGO)
    old = house.put(answers.imported(house.home, "a" * 64))
    dispositions.remember_file(house.url, "a" * 64, datetime(2020, 5, 6), {"rows": 1, "recorded": 1, "rejected": 0})
    assert delete_expired(TODAY.isoformat()) == NOTHING | {"answers": 1}
    assert not old.exists()
