"""A filled worklist is given back on the page: taken once, for the own districts only, and told row by row."""

import hashlib
import io
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from lowincome.deliver.columns import PLACES
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.workbook import write_workbook
from lowincome.lake import read_json, write_json
from lowincome.register import dispositions
from lowincome.web.worklist import XLSX

from tests.deliver.listing import flag, worklist
from tests.web import world as planted
from tests.web.world import HOUSEHOLDS, World, flag_id

OWN, TOO, OTHER = "H370102000001", "H370103000001", "H370126000001"
LI, ZHAO = {"x-user": "li"}, {"x-user": "zhao"}
GOOD = {"核查结果": "属实", "核查日期": "2026-11-23", "备注": "=1+1"}
ELSEWHERE = "系统中没有该标记，或不在您的辖区"
Book = Callable[..., bytes]
Row = dict[str, Any]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Makes the bytes of a list about some households, each of whose rows is filled as told."""

    def make(*homes: str, password: str | None = None, day: str = planted.D.isoformat(), **said: str) -> bytes:
        path = tmp_path / "list.xlsx"
        flags = [flag(flag_id(home), item_id=home, district=HOUSEHOLDS.get(home)) for home in homes]
        write_workbook(path, worklist(*flags))
        book = openpyxl.load_workbook(path)
        for number in range(2, len(homes) + 2):
            for column, value in (GOOD | said).items():
                cell = book["清单"].cell(number, PLACES[column] + 1)
                cell.value, cell.data_type = value, "s"
        for (cell,) in book["说明"].iter_rows(min_col=2, max_col=2):
            if str(book["说明"].cell(cell.row, 1).value).startswith("数据日期"):
                cell.value = day
        book.save(path)
        if password:
            lock_workbook(path, password, tmp_path / "vault")
        return path.read_bytes()

    return make


@pytest.fixture
def world(world: World) -> World:
    """The planted flags stand in the register too."""
    planted.register_flags(url(world))
    return world


@pytest.fixture
def client(world: World) -> TestClient:
    return world.client()


def url(world: World) -> str:
    return f"sqlite:///{world.office.staff.with_name('register.db')}"


def give(client: TestClient, content: bytes, user: Row = LI, name: str = "清单.xlsx", kind: str = XLSX) -> Response:
    return client.post("/worklist/upload", files={"file": (name, content, kind)}, headers=user)


def answered(world: World) -> dict[str, Row]:
    known = dispositions.in_force(url(world), planted.D + timedelta(days=30))
    return {row["flag_id"].removeprefix("F"): row for row in known}


def figures(answer: Response) -> tuple[int, ...]:
    """Flags newly recorded and recorded before, as the page tells them."""
    return tuple(map(int, re.findall(r"<dd>(\d+)</dd>", answer.text)))


def reasons(answer: Response, client: TestClient, user: Row = LI) -> list[str]:
    """What the returned workbook says, fetched by the page's own link."""
    link = re.search(r'href="(/worklist/returned/\w+)"', answer.text)
    assert link
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(link[1], headers=user).content)).active
    return [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_an_uploaded_list_is_recorded_in_the_name_of_who_is_signed_in(
    client: TestClient, world: World, book: Book
) -> None:
    answer = give(client, book(OWN, TOO))
    assert (answer.status_code, figures(answer)) == (200, (2, 0))
    found = answered(world)
    assert set(found) == {OWN, TOO}
    assert {(row["finding"], row["remark"], row["recorded_by"], row["channel"]) for row in found.values()} == {
        ("confirmed", "=1+1", "li", "page_upload")}
    assert "/worklist/returned/" not in answer.text


def test_a_row_of_another_district_is_refused_and_the_own_rows_of_the_same_file_are_taken(
    client: TestClient, world: World, book: Book
) -> None:
    answer = give(client, book(OWN, OTHER))
    assert set(answered(world)) == {OWN}
    assert (figures(answer), answer.text.count(ELSEWHERE)) == ((1, 0), 1)
    assert len(reasons(answer, client)) == 1 and ELSEWHERE in reasons(answer, client)[0]


def test_a_flag_of_another_district_is_refused_in_the_words_of_one_that_does_not_exist(
    client: TestClient, book: Book
) -> None:
    words = [re.findall(r"<tbody>(.*?)</tbody>", give(client, book(home)).text, re.S) for home in (OTHER, "H0")]
    assert words[0] == words[1] != []


def test_each_caseworker_of_all_districts_answers_every_row(client: TestClient, world: World, book: Book) -> None:
    give(client, book(*HOUSEHOLDS), ZHAO)
    assert set(answered(world)) == set(HOUSEHOLDS)


def test_a_caseworker_of_one_district_answers_no_row_of_any_other(
    planted_home: Path, tmp_path: Path, book: Book
) -> None:
    for number, code in enumerate(sorted(set(HOUSEHOLDS.values()))):
        folder = tmp_path / code
        folder.mkdir()
        staff = {"one": {"roles": ["caseworker"], "districts": [code]}}
        alone = planted.open_world(planted_home, folder / "staff.yaml", staff)
        planted.register_flags(url(alone))
        give(alone.client(), book(*HOUSEHOLDS, 备注=str(number)), {"x-user": "one"})
        assert set(answered(alone)) == {home for home, area in HOUSEHOLDS.items() if area == code}


def test_the_same_file_again_changes_nothing_even_after_a_newer_answer(
    client: TestClient, world: World, book: Book
) -> None:
    first, newer = book(OWN, OTHER), book(OWN, 核查结果="转介")
    give(client, first)
    give(client, newer)
    again = give(client, first)
    assert "此前交过：当时登记 1 个标记，退回 1 行" in again.text and answered(world)[OWN]["finding"] == "referred"
    assert len(reasons(again, client)) == 1


def test_a_file_of_which_nothing_was_taken_is_never_told_as_taken(
    client: TestClient, world: World, book: Book
) -> None:
    content = book(OWN, 核查日期="2026-11-25")
    give(client, content)
    assert "当时登记 0 个标记，退回 1 行" in give(client, content).text


def test_a_file_that_the_folder_refused_is_told_with_its_reason(client: TestClient, world: World) -> None:
    refused = {"rows": 0, "recorded": 0, "rejected": 1}
    name = hashlib.sha256(b"no list").hexdigest()
    dispositions.remember_file(url(world), name, datetime(2026, 11, 23), refused)
    answer = give(client, b"no list")
    assert answer.status_code == 422 and "文件不是下发的工作清单" in answer.text


def test_the_same_answers_in_another_file_are_told_as_unchanged(client: TestClient, world: World, book: Book) -> None:
    give(client, book(OWN))
    assert figures(give(client, book(OWN, TOO))) == (1, 1)


def test_a_file_that_one_may_answer_in_part_is_still_taken_from_whoever_may_answer_the_rest(
    client: TestClient, world: World, book: Book
) -> None:
    content = book(OWN, OTHER)
    give(client, content)
    assert figures(give(client, content, ZHAO)) == (1, 1)
    assert {home: row["recorded_by"] for home, row in answered(world).items()} == {OWN: "li", OTHER: "zhao"}


def test_a_closed_flag_is_told_as_closed_in_its_district_and_as_unknown_elsewhere(
    client: TestClient, world: World, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = planted.D + timedelta(days=1)
    planted.register_flags(url(world), {home: HOUSEHOLDS[home] for home in (OWN, OTHER)}, "closed", day)
    monkeypatch.setattr("lowincome.web.upload._shown", lambda desk, flags: frozenset())
    text = give(client, book(OWN, OTHER)).text
    assert text.count("已销号，无需反馈") == 1 and text.count(ELSEWHERE) == 1


def test_answers_to_an_earlier_list_are_taken_while_the_newest_list_is_held(
    planted_home: Path, tmp_path: Path, book: Book
) -> None:
    home = tmp_path / "home"
    shutil.copytree(planted_home, home)
    results = home / "output" / planted.D.isoformat() / "validation" / "results.json"
    found = read_json(results)
    found["worklists"]["370102"]["held_because"] = "too many"
    write_json(results, found)
    held = planted.open_world(home, tmp_path / "staff.yaml", {"li": {"roles": ["caseworker"], "districts": ["370102"]}})
    planted.register_flags(url(held))
    assert figures(give(held.client(), book(OWN, day="2026-11-21"))) == (1, 0)


def test_a_bad_row_is_told_with_its_number_and_reason(client: TestClient, world: World, book: Book) -> None:
    answer = give(client, book(OWN, 核查日期="2026-11-25"))
    assert answered(world) == {}
    assert "核查日期晚于今日" in answer.text and "核查日期晚于今日" in reasons(answer, client)[0]


def test_a_list_of_a_day_that_is_not_published_is_refused_whole(
    client: TestClient, world: World, book: Book
) -> None:
    """A cover that names a later day would make every true list after it stale."""
    assert give(client, book(OWN, day="2026-11-23")).status_code == 422
    assert answered(world) == {}


def test_a_returned_workbook_is_for_its_uploader_alone(client: TestClient, book: Book) -> None:
    link = re.search(r'href="(/worklist/returned/\w+)"', give(client, book(OTHER)).text)
    assert link
    assert client.get(link[1], headers=LI).status_code == 200
    assert client.get(link[1], headers=ZHAO).status_code == 404
    assert client.get(link[1], headers={"x-user": "sun"}).status_code == 403
    assert client.get("/worklist/returned/..%2Fimported", headers=LI).status_code in (404, 422)


@pytest.mark.parametrize(("name", "kind", "content", "words"), [
    ("a.xls", XLSX, b"x", "不是 .xlsx 工作簿"), ("a.xlsx", "text/html", b"x", "不是 .xlsx 工作簿"),
    ("a.xlsx", XLSX, b"", "文件是空的"), ("a.xlsx", XLSX, b"x" * 1_001, "大于 0.001 MB"),
    ("a.xlsx", XLSX, b"x" * 1_000, "文件不是下发的工作清单"),
    ("A.XLSX", "application/octet-stream", b"x", "文件不是下发的工作清单")])
def test_a_file_that_cannot_be_a_list_is_refused_in_words_and_logged(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str, kind: str, content: bytes, words: str
) -> None:
    object.__setattr__(world.office.answers, "limit", 1_000)
    answer = give(world.client(), content, LI, name, kind)
    assert answer.status_code == 422 and words in answer.text
    assert [entry.action for entry in world.accesses] == ["upload"]


@pytest.mark.parametrize(("language", "shown", "other"), [
    ("zh", "核查日期晚于今日", "The date lies in"), ("en", "The date lies in the future", "核查日期晚于今日")])
def test_what_was_not_taken_is_told_in_the_language_of_the_page_and_in_both_in_the_workbook(
    client: TestClient, book: Book, language: str, shown: str, other: str
) -> None:
    content = book(OWN, 核查日期="2026-11-25")
    answer = client.post(f"/worklist/upload?lang={language}", files={"file": ("a.xlsx", content, XLSX)}, headers=LI)
    assert shown in answer.text and other not in answer.text
    assert reasons(answer, client) == ["核查日期晚于今日\nThe date lies in the future"]


@pytest.mark.parametrize(("language", "words"), [("zh", "文件不是下发的工作清单"), ("en", "The file is not a work")])
def test_a_refusal_of_the_whole_file_is_in_the_language_of_the_page(
    client: TestClient, language: str, words: str
) -> None:
    answer = client.post(f"/worklist/upload?lang={language}", files={"file": ("a.xlsx", b"x", XLSX)}, headers=LI)
    assert answer.status_code == 422 and words in answer.text


def test_a_body_longer_than_any_upload_or_of_unknown_length_is_not_even_read(client: TestClient, world: World) -> None:
    limit = world.office.answers.limit
    assert give(client, bytes(limit + 20_000)).status_code == 413
    assert client.post("/worklist/upload", content=iter([b"x"]), headers=LI).status_code == 411
    assert world.accesses == []


def test_a_locked_list_opens_with_the_password_of_the_own_district_and_of_no_other(
    client: TestClient, world: World, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = world.office.staff.with_name("recipients.yaml")
    page.write_text("'370102': {name: a, password: own-7}\n'370126': {name: b, password: other-7}\n", "utf-8")
    page.chmod(0o600)
    settings = planted.read_settings({
        "LOWINCOME_HOME": str(page.parent), "LOWINCOME_REGISTER_URL": url(world), "LOWINCOME_RECIPIENTS": str(page)})
    object.__setattr__(
        world.office.answers, "receive",
        lambda given: planted.upload.receive(settings, given, planted.datetime(2026, 11, 24), planted.TODAY))
    other = give(client, book(OWN, password="other-7"))
    assert other.status_code == 422 and "文件已加密，密码不符" in other.text
    assert figures(give(client, book(OWN, password="own-7"))) == (1, 0)


def test_an_upload_from_another_site_or_by_who_may_not_answer_is_refused(
    client: TestClient, world: World, book: Book
) -> None:
    content = book(OWN)
    assert give(client, content, LI | {"sec-fetch-site": "cross-site"}).status_code == 403
    assert give(client, content, {"x-user": "sun"}).status_code == 403
    assert give(client, content, {"x-user": "stranger"}).status_code == 403
    assert client.post("/worklist/upload", files={"file": ("a.xlsx", content, XLSX)}).status_code == 401
    assert (answered(world), world.accesses) == ({}, [])


def test_an_upload_and_what_came_back_are_logged_without_the_name_of_the_file(
    client: TestClient, world: World, book: Book
) -> None:
    answer = give(client, book(OTHER), name="王秀英.xlsx")
    reasons(answer, client)
    assert [(entry.user_name, entry.action) for entry in world.accesses] == [("li", "upload"), ("li", "returned")]
    assert world.accesses[0].subject == "370102,370103"
    assert "王秀英" not in str(world.accesses)
    assert "上传工作簿" in client.get("/access", headers={"x-user": "sun"}).text


def test_the_list_offers_the_upload_in_both_languages(client: TestClient) -> None:
    for language, words in (("zh", "上传填好的工作簿"), ("en", "Upload a filled workbook")):
        text = client.get(f"/worklist?lang={language}", headers=LI).text
        assert words in text and 'enctype="multipart/form-data"' in text and "5 MB" in text
