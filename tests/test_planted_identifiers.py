"""Ten thousand planted IDs, names, phones and addresses followed through a day: where each may stand, nowhere else.

Every planted name is four characters and every street five that occur in no other text, so a file is searched in one
pass: its runs of digits and of Han characters are cut into pieces of the planted lengths and looked up in a set.
"""

import csv
import email
import io
import json
import logging
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from email.header import decode_header, make_header
from pathlib import Path
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from lowincome import alerts, ingest, pages, steps
from lowincome.chain_verbs import verify_chain
from lowincome.collect import collect
from lowincome.deliver.columns import LIST_SHEET, PLACES
from lowincome.deliver.digest import Digest
from lowincome.errors import AuditFailed
from lowincome.gauges import gauges
from lowincome.lake import Lake, read_json, write_json
from lowincome.mask import mask_address, mask_asked
from lowincome.sources.spec import registry
from lowincome.tell import tell
from lowincome.trouble import KINDS
from lowincome.web import days
from lowincome.web.app import create_app
from lowincome.web.office import Tasks
from lowincome.web.visitor import user_name
from message_channels import by_mail

from tests.landing_of import land
from tests.planted_people import EVERY, PEOPLE, KeyedByIdentifier, Person, mint, planted_deliveries
from tests.small_day import D
from tests.test_message_channels import mailbox

LENGTHS = {"name": 4, "street": 5, "phone": 11, "id_no": 18}
RAW = ("lake/landing/", "lake/standardised/", "lake/resolved/")
"""Layers of the lake that hold persons by purpose; nobody but the pipeline reads them."""
SAID = ("answers/", "register.db")
"""Where a caseworker's own words stand as written: the list that came back, the register, the rows returned to them."""
QUARANTINED = {"assistance_roster": 250, "province_check": 750, "city_check": 375, "medical_insurance": 250,
               "rural_revitalization": 125, "disabled_federation": 250}
ANSWERS = 40
NEXT, LATER = date(2026, 11, 24), datetime(2026, 11, 26, 8, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A day on which nothing usable comes, and a morning after it."""
STAFF = "zhao: {roles: [supervisor, reviewer, auditor, engineer], districts: all}"
Planted = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Scan:
    """Everything planted, by kind."""

    planted: Planted

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Scan":
        people = list(people)
        return cls({kind: frozenset(getattr(person, kind) for person in people) for kind in LENGTHS})

    def found(self, text: str) -> set[str]:
        """Every planted identifier that stands in a text, wherever in a longer run."""
        runs = re.findall(r"[0-9X]{11,}|[一-鿿]{4,}", text)
        pieces = {(kind, run[start:start + length]) for run in set(runs) for kind, length in LENGTHS.items()
                  for start in range(len(run) - length + 1)}
        return {piece for kind, piece in pieces if piece in self.planted[kind]}

    def kinds(self, texts: Iterable[str]) -> set[str]:
        """Which kinds of identifier are found; a failing test must not print one."""
        found = {identifier for text in texts for identifier in self.found(text)}
        return {kind for kind, known in self.planted.items() if found & known}


def texts(path: Path) -> Iterator[str]:
    """What a reader of a file may see: its bytes as text, and unpacked when it is a workbook, Parquet or a database."""
    content = path.read_bytes()
    yield content.decode("utf-8", "ignore")
    if path.suffix == ".parquet":
        for column in pq.read_table(path, partitioning=None).columns:
            yield " ".join(map(str, column.to_pylist()))
    elif zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    elif content.startswith(b"SQLite format 3"):
        with sqlite3.connect(path) as database:
            names = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            yield from (repr(database.execute(f'select * from "{name}"').fetchall()) for name in names)


@dataclass
class Followed:
    """The home of a published day, and every text that was told of it."""

    home: Path
    told: dict[str, list[str]]


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return mint()


@pytest.fixture(scope="module")
def scan(people: list[Person]) -> Scan:
    return Scan.of(people)


@pytest.fixture(scope="module")
def day(people: list[Person], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Followed]:
    """A published day of these people, told to its districts, with what each step hands on (to XCom) and logs."""
    with followed(people, tmp_path_factory.mktemp("planted_day")) as found:
        yield found


@contextmanager
def followed(people: list[Person], home: Path) -> Iterator[Followed]:
    """These people's day run in a home."""
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    logging.getLogger().addHandler(handler)
    handed_on: list[object] = []
    digests: list[Digest] = []
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"HOME": home, "OUTPUT": home / "output", "IDENTITY_KEY": "key of the test"}.items():
            patch.setenv(f"LOWINCOME_{name}", str(value))
        for source, files in planted_deliveries(people, D).items():
            land(Lake(home / "lake"), source, D, files)
            handed_on.append(ingest.standardise(source, D.isoformat()))
        handed_on += [step(D.isoformat()) for step in steps.DAY]
        handed_on.append(tell(D.isoformat(), "test", lambda digest, _: not digests.append(digest)))
        yield Followed(home, {
            "log": [logged.getvalue()], "handed on": [json.dumps(handed_on, ensure_ascii=False)],
            "message": [digest.subject + digest.markdown for digest in digests]})
    logging.getLogger().removeHandler(handler)


def kinds_by_file(scan: Scan, home: Path) -> dict[str, set[str]]:
    """Which kinds of identifier stand in which file; files without any are left out."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    found = {str(path.relative_to(home)): scan.kinds(texts(path)) for path in files}
    return {path: kinds for path, kinds in found.items() if kinds}


def test_ten_thousand_identifiers_are_planted_and_the_scan_finds_every_one(scan: Scan, day: Followed) -> None:
    assert sum(map(len, scan.planted.values())) == 4 * PEOPLE
    landed = [text for path in (day.home / "lake" / "landing").rglob("*.parquet") for text in texts(path)]
    found = {identifier for text in landed for identifier in scan.found(text)}
    assert {kind: len(known - found) for kind, known in scan.planted.items()} == dict.fromkeys(LENGTHS, 0)


@pytest.mark.parametrize("source", sorted(registry()))
def test_each_source_was_let_in_and_quarantined_rows_that_held_identifiers(day: Followed, source: str) -> None:
    [told] = (one for one in json.loads(day.told["handed on"][0]) if one.get("source") == source)
    with (day.home / "output" / D.isoformat() / "validation" / "quarantine" / f"{source}.csv").open() as file:
        listed = len(list(csv.DictReader(file)))
    record = json.loads(Lake(day.home / "lake").source_day(source, D).read_text("utf-8"))
    counted = sum(counts["quarantined"] for counts in (record, record["facts"], *record["others"].values()))
    assert (told["state"], listed, counted) == ("ok", QUARANTINED[source], QUARANTINED[source])


def test_a_birth_date_that_cannot_be_read_is_listed_by_its_record(day: Followed) -> None:
    with (day.home / "output" / D.isoformat() / "validation" / "oddities" / "assistance_roster.csv").open() as file:
        odd = [row for row in csv.DictReader(file) if row["oddity"] == "unreadable:birth_date"]
    assert len({row["record_key"] for row in odd}) == len(odd) == PEOPLE / EVERY


def test_identifiers_stand_in_no_file_but_the_closed_layers_and_where_a_visit_needs_the_address(
    scan: Scan, day: Followed
) -> None:
    found = kinds_by_file(scan, day.home)
    open_files = {path: kinds for path, kinds in found.items() if not path.startswith(RAW) or "quarantine" in path}
    assert {path for path, kinds in open_files.items() if kinds != {"street"}} == set()
    assert len(open_files) == 2, sorted(open_files)
    assert all(re.match(r"output/[^/]+/[^/]+/worklists/|lake/pages/", path) for path in open_files), sorted(open_files)


def sign_in(user: str) -> Callable[[], str]:
    return lambda: user


@pytest.fixture(scope="module")
def answered(people: list[Person], day: Followed) -> Followed:
    """The district's list comes back: a remark that tells everything in each row, every other finding wrong."""
    [path] = [path for path in (day.home / "output" / D.isoformat() / "worklists").glob("370102_*")]
    book = openpyxl.load_workbook(path)
    for number, person in enumerate(people[:ANSWERS], 2):
        said = {"核查结果": "属实" if number % 2 else person.told, "核查日期": D.isoformat(), "备注": f"={person.told}"}
        for column, text in said.items():
            book[LIST_SHEET].cell(number, PLACES[column] + 1, text).data_type = "s"
    (day.home / "answers").mkdir()
    book.save(day.home / "answers" / "filled.xlsx")
    counts = collect("2026-11-23T09:00:00")
    assert (counts["rows"], counts["rejected"]) == (ANSWERS, ANSWERS / 2)
    day.told["answers"] = [json.dumps(counts)]
    return day


@pytest.fixture(scope="module")
def visited(people: list[Person], answered: Followed) -> Followed:
    """Every page is opened, and a person is searched for by all identifiers; what the browser got and the log."""
    (answered.home / "staff.yaml").write_text(STAFF)
    office = replace(pages.office(Tasks()), staff=answered.home / "staff.yaml")
    app = create_app(office)
    app.dependency_overrides[user_name] = sign_in("zhao")
    client, asked = TestClient(app), people[0]
    listed = client.get("/worklist", params={"number": asked.told}).text + client.get("/worklist?why=inquiry").text
    cards = sorted(set(re.findall(r"/item/(\w+)", listed)))[:ANSWERS]
    opened = [client.get(f"/{page}", params={"lang": language, "why": "inquiry"})
              for page in ["validation", "linkage", "health", "access", *(f"item/{card}" for card in cards)]
              for language in ("zh", "en")]
    assert cards and {answer.status_code for answer in opened} == {200}
    answered.told["pages"] = [answer.text for answer in opened]
    answered.told["access log"] = [unquote(str(entry)) for entry in office.accesses(ANSWERS * 9, 0)]
    return answered


@pytest.mark.parametrize("kind", ["log", "handed on", "message"])
def test_no_identifier_is_logged_handed_on_between_tasks_or_sent(scan: Scan, day: Followed, kind: str) -> None:
    assert any(day.told[kind])
    assert scan.kinds(day.told[kind]) == set()


def headed_by_people(people: list[Person]) -> dict[str, tuple[str, bytes]]:
    """A file whose first line, where the columns are named, names people."""
    line = ",".join(person.told for person in people[:20])
    return {f"rr_monitor_{NEXT:%Y%m%d}.csv": ("file", f"{line}\n{line}\n".encode("gb18030"))}


def trouble(people: list[Person], answered: Followed) -> None:
    """A cause of every kind, each met by the verb that meets it, about these people wherever one can be."""
    lake = Lake(answered.home / "lake")
    land(lake, "rural_revitalization", NEXT, headed_by_people(people))
    ingest.standardise("rural_revitalization", NEXT.isoformat())
    steps.freeze(NEXT.isoformat())
    with sqlite3.connect(answered.home / "register.db") as register:
        register.execute("drop trigger append_only_disposition_update")
        register.execute("update disposition set remark = ?", [people[0].told])
    for kind, check in (("chain", verify_chain), ("expired", verify_chain)):
        with pytest.raises(AuditFailed) as failed:
            check()
        alerts.stand(kind, str(failed.value), LATER)
    for kind in ("disk", "airflow-database", "register"):
        alerts.stand(kind, "almost full", LATER)
    results = answered.home / "output" / D.isoformat() / "validation" / "results.json"
    found = read_json(results)
    found["worklists"]["370102"]["held_because"] = "2500 new"
    write_json(results, found)


@pytest.fixture(scope="module")
def mailed(people: list[Person], visited: Followed) -> list[str]:
    """The text of every mail about that home: districts' digests, and alerts of every kind."""
    page = visited.home / "recipients.yaml"
    page.write_text("'370102': {name: 科, email: [a@example.org]}\noperations: {name: 运维, email: [b@example.org]}\n")
    page.chmod(0o600)
    trouble(people, visited)
    with pytest.MonkeyPatch.context() as patch, mailbox(patch) as mails:
        patch.setenv("LOWINCOME_RECIPIENTS", str(page))
        tell(D.isoformat(), "mail", by_mail)
        alerts.look(LATER)
        alerts.tell("mail", by_mail, LATER, "http://airflow/lowincome/runbook")
        contents = [email.message_from_bytes(content) for _, content in mails]
    return [str(make_header(decode_header(mail["Subject"]))) + str(part.get_payload(decode=True), "utf-8")
            for mail in contents for part in mail.walk() if not part.is_multipart()]


def test_the_metrics_of_that_home_hold_no_identifier(scan: Scan, mailed: list[str]) -> None:
    measured = [str(gauge) for gauge in gauges(LATER)]
    assert len(measured) > len(QUARANTINED) * 4 + len(KINDS)
    assert scan.kinds(measured) == set()


def test_a_mail_of_every_kind_of_alert_and_the_digest_hold_no_identifier(scan: Scan, mailed: list[str]) -> None:
    assert {kind for text in mailed for kind in re.findall(r"/runbook#([\w-]+)", text)} == set(KINDS)
    assert any("worklist" in text for text in mailed)
    assert scan.kinds(mailed) == set()


def test_what_a_caseworker_wrote_stands_in_the_register_and_goes_back_to_them_and_nowhere_else(
    scan: Scan, visited: Followed
) -> None:
    found = kinds_by_file(scan, visited.home)
    said = {path: kinds for path, kinds in found.items() if path.startswith(SAID)}
    others = {path: kinds for path, kinds in found.items()
              if not path.startswith((*SAID, *RAW)) and kinds != {"street"}}
    assert {path.split("/")[0] for path in said} == {"answers", "register.db"}
    assert others == {}


def test_a_page_shows_no_identifier_but_the_street_and_the_name_that_a_colleague_wrote(
    scan: Scan, visited: Followed
) -> None:
    assert scan.kinds(visited.told["pages"]) <= {"street", "name"}


def test_a_search_by_identifiers_leaves_none_in_the_access_log(scan: Scan, visited: Followed) -> None:
    assert any("number=" in entry for entry in visited.told["access log"])
    assert scan.kinds(visited.told["access log"]) == set()


@pytest.mark.parametrize(("typed", "logged"), [
    ("PH00000012", "PH00000012"), ("王秀英", "***"), ("138 0000 1234", "138****1234"),
    ("某37010219600102232X", "*3701**********232X")])
def test_what_was_searched_for_is_logged_without_names_and_numbers(typed: str, logged: str) -> None:
    assert mask_asked(typed) == logged


def test_an_id_or_phone_typed_into_an_address_is_masked_and_the_door_is_not() -> None:
    typed = "巷宝山永路10号1号楼2单元501室 电话13900000010 37010219500112910X"
    assert mask_address(typed) == "巷宝山永路10号1号楼2单元501室 电话139****0010 3701**********910X"


@pytest.mark.parametrize("typed", [
    "电话139 0000 0010", "电话139-0000-0010", "电话１３９００００００１０", "370102 19500112 910X", "370102500112910",
    "370102-19500112-910x"])
def test_a_number_typed_in_groups_or_full_width_is_masked(typed: str) -> None:
    assert "*" in mask_address(typed)
    assert not re.search(r"0000|５００|1950|5001|００００", mask_address(typed))


def test_a_door_with_many_numbers_is_no_phone() -> None:
    assert mask_address("某路10号1-2-301 250000") == "某路10号1-2-301 250000"


KEYED = 60
"""People enough for every way to be broken, thrice."""
INNER = "lake/"
"""Layers in which tables are joined by key, which nobody reads but the pipeline."""


@pytest.fixture(scope="module")
def keyed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """A published day whose sources took IDs, certificate numbers and phones for numbers of people and households."""
    with followed(mint(kind=KeyedByIdentifier)[:KEYED], tmp_path_factory.mktemp("keyed_day")) as found:
        (found.home / "staff.yaml").write_text(STAFF)
        app = create_app(replace(pages.office(Tasks()), staff=found.home / "staff.yaml"))
        app.dependency_overrides[user_name] = sign_in("zhao")
        client = TestClient(app)
        cards = sorted(set(re.findall(r"/item/(\w+)", client.get("/worklist").text)))
        opened = [client.get(f"/{page}", params={"why": "inquiry"}) for page in (
            "worklist", "linkage", "validation", "health", "access", *(f"item/{card}" for card in cards))]
        assert len(cards) > KEYED / 2 and {answer.status_code for answer in opened} == {200}
        found.told["pages"] = [answer.text for answer in opened]
    return found


@pytest.fixture(scope="module")
def keys(people: list[Person]) -> Scan:
    """Their IDs and phones; names and streets are no numbers."""
    known = Scan.of(people[:KEYED]).planted
    return Scan({kind: found if kind in ("id_no", "phone") else frozenset() for kind, found in known.items()})


def test_an_identifier_that_a_source_took_for_a_number_stands_whole_in_the_machines_files_alone(
    keys: Scan, keyed: Followed
) -> None:
    found = kinds_by_file(keys, keyed.home)
    shown = {path for path in found if not path.startswith(INNER) or path.startswith("lake/pages/")}
    assert {"flags.csv", "links.csv"} <= {path.rsplit("/", 1)[-1] for path in shown} <= set(days.WITH_EXACT_KEYS)
    assert all(path.startswith("output/") for path in shown)


@pytest.mark.parametrize("kind", ["log", "handed on", "message", "pages"])
def test_an_identifier_that_a_source_took_for_a_number_is_masked_on_pages_and_told_nowhere(
    keys: Scan, keyed: Followed, kind: str
) -> None:
    assert any(keyed.told[kind])
    assert keys.kinds(keyed.told[kind]) == set()


@pytest.mark.parametrize("source", ["assistance_roster", "province_check", "rural_revitalization"])
def test_the_report_counts_households_whose_number_is_an_id_and_the_owner_is_told(
    keyed: Followed, source: str
) -> None:
    day = keyed.home / "output" / D.isoformat()
    found = read_json(day / "validation" / "results.json")["sources"][source]["findings"]
    counted = {one["code"]: one["count"] for one in found}
    assert KEYED * 0.8 < counted["household_number_is_id"] <= KEYED
    assert "户编号就是身份证号" in (day / "validation" / "index.html").read_text("utf-8")
    assert any("Household numbers are ID numbers" in text for text in texts(day / "returns" / f"{source}.xlsx"))
