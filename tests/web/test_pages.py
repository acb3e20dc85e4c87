"""What each page shows, to whom, and what it logs."""

import io
import re
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from fastapi.testclient import TestClient
from lowincome.web import card, prepare
from lowincome.web.staff import ROLES

from tests.web import world as planted
from tests.web.conftest import STAFF
from tests.web.world import World, flag_id, token

OWN, OTHER = "H370102000001", "H370126000001"
LI, ZHAO = {"x-user": "li"}, {"x-user": "zhao"}
FOUND = {"finding": "confirmed", "visited_on": "2026-11-23", "remark": "=1+1", "flag": flag_id(OWN)}


def test_nobody_gets_past_any_route_without_signing_in(world: World) -> None:
    client = world.client()
    routes = [(method, route.path) for route in client.app.routes for method in sorted(route.methods)]  # type: ignore
    assert len(routes) > 12
    for method, path in routes:
        filled = path.replace("{day}", "2026-11-22").replace("{", "").replace("}", "").replace(":path", "")
        assert client.request(method, filled).status_code == 401, path


@pytest.mark.parametrize(("page", "right"), [
    ("/worklist", "answers"), (f"/item/{OWN}?why=worklist", "answers"), ("/worklist/export.xlsx", "answers"),
    ("/validation", "validation"), ("/chart/flags.svg", "validation"),
    ("/evidence/2026-11-22/flags.csv", "exact_keys"), ("/evidence/2026-11-22/validation/results.json", "evidence"),
    ("/health", "health"), ("/access", "access"), ("/linkage", "linkage"), ("/worklist/upload", "answers"),
    ("/statistics", "statistics"), ("/rehearsal", "statistics")])
def test_a_page_opens_for_the_roles_that_have_it_and_for_no_other(
    client: TestClient, page: str, right: str
) -> None:
    for user, roles in (("li", ["caseworker"]), ("sun", ["auditor"]), ("qian", ["reviewer"]), ("wu", ["engineer"])):
        is_allowed = right in frozenset().union(*(ROLES[role] for role in roles))
        assert client.get(page, headers={"x-user": user}).status_code == (200 if is_allowed else 403), user


def test_a_user_whom_the_staff_page_does_not_name_sees_nothing(client: TestClient) -> None:
    for page in ("/", "/worklist", "/validation", "/health"):
        assert client.get(page, headers={"x-user": "stranger"}).status_code == 403


def test_a_wrong_staff_page_closes_every_page(world: World) -> None:
    area = 'li: {roles: [caseworker], districts: ["370199"]}'
    for page in ("li: {roles: [king]}", area, "li: {role: caseworker}", "- li"):
        world.office.staff.write_text(page, "utf-8")
        assert world.client().get("/worklist", headers=LI).status_code == 503


def test_the_first_page_is_the_first_that_the_visitor_may_open(client: TestClient) -> None:
    assert client.get("/", headers=LI).headers["location"] == "/worklist"
    assert client.get("/", headers={"x-user": "wu"}).headers["location"] == "/validation"


def test_the_list_shows_items_of_own_districts_most_urgent_first(client: TestClient) -> None:
    text = client.get("/worklist", headers=LI).text
    assert "<b>8</b> 件事项" in text
    assert text.index("在保人员有死亡记录") < text.index("还有")
    assert "逾期" in text


@pytest.mark.parametrize(("query", "items"), [
    ("rule=B04", 2), ("rule=B0", 0), ("certainty=possible", 2), ("state=new", 2), ("due=overdue", 2), ("due=week", 0),
    ("due=later", 6), ("district=370102", 4), ("township=370102001", 4), (f"number={OWN.lower()}", 1),
    ("district=370126", 0), (f"number={OTHER}", 0), ("rule=B04&district=370102", 1)])
def test_filters_narrow_the_list_together(client: TestClient, query: str, items: int) -> None:
    assert f"<b>{items}</b> 件事项" in client.get(f"/worklist?{query}", headers=LI).text


@pytest.mark.parametrize(("typed", "address", "items"), [
    (OWN.lower(), f"number={OWN.lower()}", 1), (" 2324 ", "number=2324", 8), ("232", "number=232", 0),
    ("370102196001022324", "number=3701%2A%2A%2A%2A%2A%2A%2A%2A%2A%2A2324", 8), ("2325", "number=2325", 0),
    ("370102196001022325", "number=3701%2A%2A%2A%2A%2A%2A%2A%2A%2A%2A2325", 0), ("1234", "number=1234", 8),
    ("13800001234", "number=138%2A%2A%2A%2A1234", 8), ("王秀英", "number=%2A%2A%2A", 0)])
def test_what_is_searched_for_finds_and_stands_in_no_address_as_a_name_or_a_whole_number(
    client: TestClient, typed: str, address: str, items: int
) -> None:
    answer = client.post("/worklist", data={"number": typed, "why": "inquiry", "district": ""}, headers=LI)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/worklist?{address}&why=inquiry")
    assert f"<b>{items}</b> 件事项" in client.get(answer.headers["location"], headers=LI).text


def test_an_address_with_a_whole_number_leads_to_one_without_and_no_link_repeats_it(world: World) -> None:
    client, whole = world.client(), "370102196001022324"
    answer = client.get(f"/worklist?number={whole}&rule=B04", headers=LI)
    assert answer.status_code == 303 and whole not in answer.headers["location"] and world.accesses == []
    text = client.get(answer.headers["location"], headers=LI).text
    assert 'method="post" action="/worklist"' in text and whole not in text
    content = client.get(f"/worklist/export.xlsx?number={whole}&rule=B04", headers=LI).content
    assert openpyxl.load_workbook(io.BytesIO(content)).active.max_row == 1 + 2


def test_a_search_is_posted_by_those_alone_who_may_open_the_list(client: TestClient) -> None:
    for user, status in (("wu", 403), ("sun", 403), ("li", 303)):
        assert client.post("/worklist", data={"number": "2324"}, headers={"x-user": user}).status_code == status


def test_a_long_list_is_paged_and_keeps_its_filters(world: World) -> None:
    first = world.client().get("/worklist?rule=B04&state=new&why=inquiry", headers=ZHAO).text
    assert "第 1 页，共 1 页" in first
    every = world.client().get("/worklist?why=inquiry", headers=ZHAO).text
    assert "第 1 页，共 2 页" in every and "/worklist?why=inquiry&place=2" in unescape(every)
    assert "第 2 页，共 2 页" in world.client().get("/worklist?why=inquiry&place=2", headers=ZHAO).text


def test_a_card_asks_for_a_purpose_before_it_shows_or_logs_anything(world: World) -> None:
    answer = world.client().get(f"/item/{OWN}", headers=LI)
    assert "查看目的" in answer.text and token(OWN, "370102") not in answer.text
    assert world.accesses == []


def test_a_card_tells_why_with_figures_law_facts_sources_and_history(client: TestClient) -> None:
    text = client.get(f"/item/{OWN}?why=complaint", headers=LI).text
    for words in ("登记机动车1辆", "鲁民〔2021〕75号", token(OWN, "370102"), "养老金", "2,520.00", "2025-11 – 2026-10",
                  "省核对系统", "已核对、无记录", "存款", "部门未答复（不等于零）", "X99", "2025-02-01", "女 66 岁",
                  "车辆限额、other", "机动车数量超过限额", "≥ 1", "不能判断"):
        assert words in text, words


def test_a_card_tells_what_may_hold_from_what_cannot_be_told_and_each_record_once(client: TestClient) -> None:
    text = client.get(f"/item/{OWN}?why=worklist&lang=en", headers=LI).text
    judged = {name: text.partition(f">{name}</th>")[2].partition("</tr>")[0]
              for name in ("covered by assistance", "somebody is counted", "vehicles over the limit")}
    assert [">cannot tell<" in row for row in judged.values()] == [True, False, False]
    assert [">may hold<" in row for row in judged.values()] == [False, True, False]
    assert [row.count('title="a:1"') for row in judged.values()] == [1, 1, 1]


@pytest.mark.parametrize(("language", "told"), [
    ("zh", "尚未答复：机动车（1人）。"), ("en", "Not answered yet: Vehicles (persons: 1).")])
@pytest.mark.parametrize("owed", [{"unanswered": "A04:1"}, {"unanswered": None}, {}])
def test_a_card_names_what_nobody_answered_and_nothing_where_nothing_is_owed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, language: str, told: str, owed: dict[str, str | None]
) -> None:
    """A day that an earlier version prepared does not say what is owed."""
    found = card._flags
    monkeypatch.setattr(card, "_flags", lambda desk, item: [
        {name: value for name, value in row.items() if name != "unanswered"} | owed for row in found(desk, item)])
    text = client.get(f"/item/{OWN}?why=worklist&lang={language}", headers=LI).text
    reason = text.partition('<p class="reason">')[2].partition("</p>")[0]
    assert reason.endswith(told) is bool(owed.get("unanswered"))
    assert (told[:4] in reason) is bool(owed.get("unanswered"))


@pytest.mark.parametrize(("language", "area", "money"), [
    ("zh", "86.50 平方米", "2,520.00 元"), ("en", "86.50 square metres", "2,520.00 yuan")])
def test_real_estate_is_told_in_square_metres_and_income_in_yuan(
    client: TestClient, language: str, area: str, money: str
) -> None:
    text = client.get(f"/item/{OWN}?why=worklist&lang={language}", headers=LI).text
    assert area in text and money in text


def test_names_ids_and_phones_are_masked_in_cards_lists_and_prepared_files(world: World) -> None:
    client = world.client()
    pages = [client.get(path, headers=LI).text for path in (f"/item/{OWN}?why=worklist", "/worklist")]
    assert "王**" in pages[0] and "3701**********2324" in pages[0] and "138****1234" in pages[0]
    raw = [path.read_bytes() for path in world.office.lake.root.rglob("pages/**/*.parquet")]
    assert len(raw) == 2 * 14 * len(prepare.TABLES)
    for secret in ("王秀英", "370102196001022324", "13800001234"):
        assert all(secret not in text for text in pages)
        assert all(secret.encode() not in content for content in raw)


def test_a_finding_is_recorded_once_for_the_chosen_flags_and_shown(world: World) -> None:
    client = world.client()
    answer = client.post(f"/item/{OWN}/finding?why=worklist", data=FOUND, headers=LI)
    assert answer.status_code == 303
    (found,) = world.found
    assert (found.flag_id, found.finding, found.recorded_by, found.list_date) == (
        flag_id(OWN), "confirmed", "li", planted.D)
    assert "属实" in client.get(answer.headers["location"], headers=LI).text
    assert "属实 · 2026-11-23 · li" in client.get("/worklist", headers=LI).text


@pytest.mark.parametrize(("change", "status"), [
    ({"finding": "invented"}, 422), ({"visited_on": "2026-11-25"}, 422), ({"visited_on": "2026-11-24"}, 303),
    ({"visited_on": "soon"}, 422), ({"flag": flag_id(OTHER)}, 422), ({"flag": ""}, 422), ({"remark": "x" * 501}, 422),
    ({"remark": "x" * 500}, 303)])
def test_a_finding_that_is_wrong_or_of_another_item_is_refused_whole(
    world: World, change: dict[str, str], status: int
) -> None:
    answer = world.client().post(f"/item/{OWN}/finding", data=FOUND | change, headers=LI)
    assert (answer.status_code, len(world.found)) == (status, int(status == 303))


@pytest.mark.parametrize(("day", "status", "zh", "en"), [
    ("2026-11-20", 422, "早于该标记首次发现之日", "before the day on which"),
    ("0226-11-23", 422, "早于该标记首次发现之日", "before the day on which"),
    ("2026-11-25", 422, "核查日期晚于今日", "lies in the future"), ("2026-11-21", 303, "", "")])
def test_a_visit_lies_between_the_flags_first_day_and_today_and_the_page_says_so(
    world: World, day: str, status: int, zh: str, en: str
) -> None:
    client = world.client()
    assert 'min="2026-11-21" max="2026-11-24"' in client.get(f"/item/{OWN}?why=worklist", headers=LI).text
    for language, words in (("zh", zh), ("en", en)):
        answer = client.post(
            f"/item/{OWN}/finding?lang={language}", data=FOUND | {"visited_on": day}, headers=LI)
        assert answer.status_code == status and words in answer.text
    assert len(world.found) == 2 * (status == 303)


def test_a_post_from_another_site_is_refused(world: World) -> None:
    headers = LI | {"sec-fetch-site": "cross-site"}
    assert world.client().post(f"/item/{OWN}/finding", data=FOUND, headers=headers).status_code == 403
    assert world.found == []


HERE = "lists.jinan.example:8080"


@pytest.mark.parametrize(("headers", "status"), [
    ({"origin": f"http://{HERE}"}, 303), ({"origin": f"https://{HERE.upper()}"}, 303), ({}, 303),
    ({"origin": "http://evil.example"}, 403), ({"origin": "http://lists.jinan.example"}, 403),
    ({"origin": f"http://{HERE}.evil.example"}, 403), ({"origin": "null"}, 403), ({"origin": ""}, 403),
    ({"origin": "http://["}, 403),
])
def test_where_a_browser_does_not_say_which_site_posts_its_origin_must_be_the_host_that_was_asked(
    world: World, headers: dict[str, str], status: int
) -> None:
    answer = world.client().post(f"/item/{OWN}/finding", data=FOUND, headers=LI | {"host": HERE} | headers)
    assert (answer.status_code, len(world.found)) == (status, int(status == 303))


@pytest.mark.parametrize(("forwarded", "origin", "status"), [
    (HERE, f"https://{HERE}", 303), (f"{HERE}, inner:8080", f"https://{HERE}", 303), (HERE, "http://inner:8080", 303),
    (HERE, "https://evil.example", 403), (f"inner:8080, {HERE}", f"https://{HERE}", 403), ("", "null", 403)])
def test_behind_a_proxy_the_origin_may_be_the_host_that_the_proxy_was_asked(
    world: World, forwarded: str, origin: str, status: int
) -> None:
    headers = LI | {"host": "inner:8080", "x-forwarded-host": forwarded, "origin": origin}
    assert world.client().post(f"/item/{OWN}/finding", data=FOUND, headers=headers).status_code == status


def test_what_the_browser_says_of_the_site_goes_before_the_origin(world: World) -> None:
    """A proxy that tells neither host does not stop those who come over HTTPS."""
    headers = LI | {"host": "inner:8080", "origin": f"https://{HERE}"}
    answers = [world.client().post(f"/item/{OWN}/finding", data=FOUND, headers=headers | {"sec-fetch-site": site})
               for site in ("same-origin", "same-site", "none")]
    assert [answer.status_code for answer in answers] == [303, 403, 403]


def test_every_look_and_every_export_is_logged_with_who_what_and_why(world: World) -> None:
    client = world.client()
    client.get("/worklist?rule=B04&why=inquiry", headers=LI)
    client.get(f"/item/{OWN}?why=complaint", headers=LI)
    client.get(f"/item/{OWN}/print?why=supervision", headers=LI)
    client.get("/worklist/export.xlsx?why=inquiry", headers=LI)
    client.get("/workbook/370102?why=inquiry", headers=LI)
    client.post(f"/item/{OWN}/finding?why=worklist", data=FOUND, headers=LI)
    client.get("/evidence/2026-11-22/flags.csv", headers={"x-user": "sun"})
    assert [(entry.user_name, entry.action, entry.subject, entry.reason) for entry in world.accesses] == [
        ("li", "list", "370102,370103", "inquiry"), ("li", "card", OWN, "complaint"),
        ("li", "print", OWN, "supervision"), ("li", "export", "370102,370103", "inquiry"),
        ("li", "workbook", "370102", "inquiry"), ("li", "finding", OWN, "worklist"),
        ("sun", "evidence", "flags.csv", "supervision")]
    text = client.get("/access", headers={"x-user": "sun"}).text
    assert "打印卡片" in text and "信访投诉处理" in text
    assert "2026-11-24 08:00:00" in text and "UTC" not in text


LIST = "worklists/370102_历下区_2026-11-22.xlsx"


@pytest.mark.parametrize(("name", "address", "is_gone"), [
    ("flags.csv", "/evidence/2026-11-22/flags.csv", False), (LIST, "/workbook/370102", False),
    (LIST, "/workbook/370102", True)])
def test_a_file_that_was_changed_since_it_was_published_is_not_handed_out_nor_logged_as_seen(
    planted_home: Path, tmp_path: Path, name: str, address: str, is_gone: bool
) -> None:
    home = planted.hold(planted_home, tmp_path)
    world = planted.open_world(home, tmp_path / "staff.yaml", STAFF)
    assert world.client().get(address, headers=ZHAO).status_code == 200
    file = home / "output" / "2026-11-22" / name
    file.unlink() if is_gone else file.write_text("another", "utf-8")
    answer = world.client().get(address, headers=ZHAO)
    assert (answer.status_code, len(world.accesses)) == (500, 1)
    assert "与发布时不同" in answer.text and "another" not in answer.text


def test_an_unknown_purpose_is_refused_and_nothing_shown(world: World) -> None:
    assert world.client().get(f"/item/{OWN}?why=curiosity", headers=LI).status_code == 422
    assert world.accesses == []


def test_an_export_holds_the_filtered_list_as_text_and_no_formula(client: TestClient) -> None:
    content = client.get("/worklist/export.xlsx?rule=B04", headers=LI).content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) == 1 + 2
    assert all(isinstance(cell, str | None) for row in rows for cell in row)


@pytest.mark.parametrize("path", [
    "/evidence/2026-11-22/worklists/370102_%E5%8E%86%E4%B8%8B%E5%8C%BA_2026-11-22.xlsx",
    "/evidence/2026-11-22/manifest.json",
    "/evidence/2026-11-22/../../staff.yaml", "/evidence/2026-11-20/flags.csv", "/static/..%2Fmessages%2Fpages.yaml"])
def test_files_that_are_not_evidence_are_not_served(client: TestClient, path: str) -> None:
    assert client.get(path, headers=ZHAO).status_code == 404


@pytest.mark.parametrize(("user", "is_given"), [("sun", True), ("wu", False)])
def test_files_with_exact_keys_are_offered_to_auditors_and_not_to_engineers(
    client: TestClient, user: str, is_given: bool
) -> None:
    text = client.get("/validation", headers={"x-user": user}).text
    assert ("/evidence/2026-11-22/flags.csv" in text) is is_given
    assert "/evidence/2026-11-22/validation/results.json" in text


def test_english_is_one_switch_away_and_stays(client: TestClient) -> None:
    answer = client.get("/worklist?lang=en", headers=LI)
    assert "Worklist" in answer.text and 'lang="en"' in answer.text and "工作清单" not in answer.text
    assert "Worklist" in client.get("/worklist", headers=LI | {"cookie": answer.headers["set-cookie"]}).text


def test_validation_shows_balance_failures_trend_and_charts(client: TestClient) -> None:
    text = client.get("/validation", headers={"x-user": "sun"}).text
    for words in ("市核对系统", "拒收", "name_mostly_present", "✗", "/chart/waterfall.svg", "validation/results.json"):
        assert words in text, words
    assert client.get("/validation/2026-11-21", headers={"x-user": "sun"}).status_code == 200
    assert client.get("/validation/2026-11-20", headers={"x-user": "sun"}).status_code == 404
    assert client.get("/validation/source/city_check", headers={"x-user": "sun"}).status_code == 200
    assert client.get("/validation/source/%2e%2e", headers={"x-user": "sun"}).status_code == 404


def test_health_has_one_row_a_cause_over_all_its_days(client: TestClient) -> None:
    text = client.get("/health", headers={"x-user": "wu"}).text
    assert text.count("bad signature") == 1
    assert "/dags/ingest_city_check/runs/manual__ingest_city_check_2026-11-22" in text
    assert "对方系统拒绝了请求" in text and "the server refuses the request" in text
    assert "2026-11-21" in text and "publish" in text


@pytest.mark.parametrize("name", ["flags", "waterfall", "freshness"])
def test_charts_are_drawn_here_and_ask_no_other_host(client: TestClient, name: str) -> None:
    answer = client.get(f"/chart/{name}.svg", headers=ZHAO)
    assert answer.headers["content-type"].startswith("image/svg") and "<script" not in answer.text
    assert not re.findall(r"(?:href|src|url|import)[=( ]*[\"']?(?:https?:)?//", answer.text)


def test_no_page_may_be_cached_framed_elsewhere_or_send_anything_out(client: TestClient) -> None:
    headers = client.get("/worklist", headers=LI).headers
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'self'" in headers["content-security-policy"]


def test_without_a_day_or_a_district_there_is_nothing_to_see(world: World) -> None:
    assert world.client().get("/worklist", headers={"x-user": "nowhere"}).status_code == 404


def test_a_held_list_shows_nothing_of_its_district_until_it_is_released(planted_home: Path, tmp_path: Path) -> None:
    home = planted.hold(planted_home, tmp_path, "370102")
    held = planted.open_world(home, tmp_path / "staff.yaml", {"li": {"roles": ["caseworker"], "districts": ["370102"]}})
    client = held.client()
    text = client.get("/worklist", headers=LI).text
    assert "<b>0</b> 件事项" in text and "等待主管放行" in text
    assert client.get(f"/item/{OWN}?why=worklist", headers=LI).status_code == 404


def test_every_cause_leads_to_its_place_in_the_runbook(client: TestClient) -> None:
    health = client.get("/health", headers={"x-user": "wu"}).text
    runbook = client.get("/runbook", headers={"x-user": "wu"}).text
    assert 'href="/runbook#refused"' in health
    for state in ("missing", "refused", "stale"):
        assert f'<h2 id="{state}">' in runbook


@pytest.mark.parametrize(("late", "is_quiet"), [([], True), ([{
    "kind": "unpublished", "title": {"zh": "当日未按时发布", "en": "not in time"},
    "about": {"2026-11-23": "2026-11-22"}}], False)])
def test_health_names_the_newest_published_day_and_what_is_late_though_no_source_is(
    world: World, monkeypatch: pytest.MonkeyPatch, late: list[dict[str, object]], is_quiet: bool
) -> None:
    monkeypatch.setattr("lowincome.trouble.troubles", lambda records: [])
    object.__setattr__(world.office, "publication", lambda: late)
    text = world.client().get("/health?lang=en", headers={"x-user": "wu"}).text
    assert "Newest published day: <b>2026-11-22</b>" in text
    assert ("Nothing is wrong" in text) is is_quiet
    assert ("not in time · 2026-11-23" in text and "/runbook#unpublished" in text) is not is_quiet


@pytest.mark.parametrize(("language", "named"), [("zh", "清单待放行 · 历下区"), ("en", "Lists wait · Lixia")])
def test_health_names_the_districts_whose_lists_wait(world: World, language: str, named: str) -> None:
    held = {"kind": "held", "title": {"zh": "清单待放行", "en": "Lists wait"}, "about": {"370102 历下区": "too many"}}
    object.__setattr__(world.office, "publication", lambda: [held])
    assert named in world.client().get(f"/health?lang={language}", headers={"x-user": "wu"}).text


def test_what_engineers_were_told_and_is_not_over_stands_on_the_health_page(client: TestClient) -> None:
    chinese, english = (client.get(f"/health?lang={lang}", headers={"x-user": "wu"}).text for lang in ("zh", "en"))
    assert "未恢复的告警" in chinese and "来源被拒收" in chinese
    assert "Open alerts" in english and "Sources were refused" in english and "Since 2026-11-23 06:00" in english


@pytest.mark.parametrize(("language", "where", "again"), [
    ("zh", "staff.yaml 中加一行", "不必重启"), ("en", "add a line to staff.yaml", "nothing has to be restarted")])
def test_a_user_without_a_role_is_told_which_line_of_which_page_gives_one(
    client: TestClient, language: str, where: str, again: str
) -> None:
    answer = client.get(f"/worklist?lang={language}", headers={"x-user": "stranger"})
    assert where in answer.text and again in answer.text
    assert unescape(re.findall("<pre>(.+)</pre>", answer.text)[0]) == (
        '"stranger": {roles: [caseworker], districts: ["370102"]}')


def test_the_line_that_a_user_without_a_role_is_told_opens_the_page(world: World) -> None:
    odd = {"x-user": 'o: "x" #<b>'}
    told = world.client().get("/worklist", headers=odd)
    world.office.staff.write_text(unescape(re.findall("<pre>(.+)</pre>", told.text)[0]), "utf-8")
    assert (told.status_code, world.client().get("/worklist", headers=odd).status_code) == (403, 200)
