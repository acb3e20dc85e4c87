"""The pages in a real browser: accessible in both languages, at phone width, by keyboard, on paper, and alone."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from lowincome.deliver import past, report
from playwright.sync_api import Browser, Page

from tests.deliver import test_report
from tests.web import browsing
from tests.web.conftest import STAFF
from tests.web.world import World, hold, open_world, register_flags

ITEM = "/item/H370102000001"
PAGES = {
    "worklist": "/worklist", "purpose": ITEM, "card": f"{ITEM}?why=worklist", "print": f"{ITEM}/print?why=worklist",
    "upload": "/worklist/upload", "statistics": "/statistics", "rehearsal": "/rehearsal",
    "validation": "/validation", "source": "/validation/source/city_check", "linkage": "/linkage",
    "health": "/health", "runbook": "/runbook", "access": "/access",
    "refused": "/item/nothing?why=worklist"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with browsing.chromium() as found:
        yield found


@pytest.fixture(scope="module")
def opened(planted_home: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The planted days, looked at by everybody here."""
    folder = tmp_path_factory.mktemp("browser")
    world = open_world(planted_home, folder / "staff.yaml", STAFF)
    register_flags(f"sqlite:///{folder / 'register.db'}")
    return world


@pytest.fixture(scope="module")
def address(opened: World) -> Iterator[str]:
    """Where the pages are served."""
    with browsing.served(opened.office) as url:
        yield url


def visit(browser: Browser, address: str, width: int = 1200, user: str = "zhao") -> Page:
    """A new window of a user."""
    context = browser.new_context(viewport={"width": width, "height": 850})
    context.add_cookies([{"name": "who", "value": user, "url": address}])
    return context.new_page()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_has_a_serious_accessibility_finding(browser: Browser, address: str, language: str) -> None:
    page, found = visit(browser, address), []
    for name, path in PAGES.items():
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")
        found += serious(page, name)
    page.context.close()
    assert found == []


def serious(page: Page, name: str) -> list[tuple[str, str, list[str]]]:
    """What axe-core finds serious on the open page."""
    found = Axe().run(page).response
    assert len(found["passes"]) >= 10
    return [(name, finding["id"], [node["html"][:120] for node in finding["nodes"][:2]])
            for finding in found["violations"] if finding["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_answered_to_a_form_fits_a_phone_and_has_no_serious_finding(
    browser: Browser, address: str, tmp_path: Path, language: str
) -> None:
    page = visit(browser, address, width=375)
    (tmp_path / "list.xlsx").write_bytes(b"no workbook")
    page.goto(f"{address}/worklist/upload?lang={language}")
    page.set_input_files("input[name=file]", tmp_path / "list.xlsx")
    page.click("form.upload button")
    page.wait_for_selector(".receipt .bad")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    found = serious(page, "receipt")
    page.context.close()
    assert found == []


def test_a_held_list_is_told_without_a_serious_finding(
    browser: Browser, planted_home: Path, tmp_path: Path
) -> None:
    world = open_world(hold(planted_home, tmp_path, "370102"), tmp_path / "staff.yaml", STAFF)
    with browsing.served(world.office) as url:
        page = visit(browser, url, width=375)
        page.goto(f"{url}/worklist?lang=en")
        assert "until a supervisor releases it" in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        found = serious(page, "held")
        page.context.close()
    assert found == []


def test_the_pages_of_the_report_fit_a_phone_and_have_no_serious_finding(browser: Browser, tmp_path: Path) -> None:
    test_report.page(tmp_path / "day.html", failing=1)
    past.keep(tmp_path / "published", past.record(test_report.found()))
    report.write_archive(tmp_path, tmp_path / "published", "2026-11")
    page, found = visit(browser, "http://localhost", 375), []
    for name in ("day", "index", "city_check"):
        page.goto(f"file://{tmp_path}/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        found += serious(page, name)
    page.context.close()
    assert found == []


def test_no_page_asks_another_host_or_breaks_its_own_content_policy(browser: Browser, address: str) -> None:
    page, hosts, complaints = visit(browser, address), set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("console", lambda message: complaints.append(message.text) if "Security Policy" in message.text else None)
    for path in PAGES.values():
        page.goto(address + path)
    page.context.close()
    assert hosts == {urlsplit(address).netloc}
    assert complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone_without_scrolling_sideways(browser: Browser, address: str, name: str) -> None:
    page = visit(browser, address, width=375)
    page.goto(address + PAGES[name])
    width = page.evaluate("document.documentElement.scrollWidth")
    buttons = page.evaluate(
        "[...document.querySelectorAll('button, .button, select')].map(b => b.getBoundingClientRect().height)")
    page.context.close()
    assert width <= 375
    assert all(height >= 40 for height in buttons)


def test_an_item_is_opened_and_answered_by_keyboard_alone(browser: Browser, address: str, opened: World) -> None:
    page = visit(browser, address, user="li")
    page.goto(f"{address}/worklist")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("a.open")
    page.keyboard.press("Enter")
    page.wait_for_url("**/item/**")
    page.focus("input[name=finding]")
    page.keyboard.press("Space")
    page.focus("textarea")
    page.keyboard.type("=cmd|' /C calc'!A0")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**saved=true**")
    assert page.locator(".saved").is_visible()
    page.context.close()
    assert opened.found[-1].remark == "=cmd|' /C calc'!A0"


def test_paper_shows_the_card_and_neither_menus_nor_forms(browser: Browser, address: str) -> None:
    page = visit(browser, address)
    page.goto(address + PAGES["print"])
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible() and page.locator(".printed").is_visible()
    assert not page.locator("header nav").is_visible() and page.locator("form").count() == 0
    page.context.close()
