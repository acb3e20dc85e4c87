"""`make screenshots`: docs/screenshots/*.png of every page in both languages, the report, a workbook's cover and list.

Needs a published day (run `make demo` first), Debian's chromium and, for the workbook, LibreOffice and poppler-utils.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lowincome import pages
from lowincome.settings import PROJECT
from lowincome.web.days import newest_day
from lowincome.web.desk import open_desk
from lowincome.web.office import Office
from lowincome.web.staff import find_member
from lowincome.web.worklist import Filters
from playwright.sync_api import Browser

from tests.web.browsing import chromium, served

FOLDER = PROJECT / "docs" / "screenshots"
STAFF = "staff: {roles: [supervisor, reviewer, auditor, engineer], districts: all}\n"
WIDTHS = {"": 1200, "_phone": 390}
HEIGHT = 1000


def main() -> int:
    """Take every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _office() as office, served(office) as address, chromium() as browser:
        for name, path in _paths(office).items():
            for language in ("zh", "en"):
                for suffix, width in WIDTHS.items():
                    if not suffix or name in ("worklist", "upload", "statistics", "card"):
                        asked = f"{path}{'&' if '?' in path else '?'}lang={language}"
                        _take(browser, address, asked, width, FOLDER / f"{name}_{language}{suffix}.png")
        report = f"{newest_day(office.output)}/validation/index.html"
        _take(browser, f"file://{office.output}", f"/{report}", WIDTHS[""], FOLDER / "report.png")
    _take_workbook(office)
    return 0


@contextmanager
def _office() -> Iterator[Office]:
    """The published days as a supervisor sees them; looks are not logged."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "staff.yaml"
        page.write_text(STAFF, "utf-8")
        office = replace(pages.office(lambda: []), staff=page, log_access=lambda entry: None)
        if newest_day(office.output) is None:
            raise SystemExit(f"no day is published under {office.output}: run `make demo` first")
        yield office


def _paths(office: Office) -> dict[str, str]:
    """Each page; the card is that of the household with most rules among the most urgent."""
    member = find_member(office.staff, "staff")
    desk = open_desk(office, member) if member else None
    items = desk.rows("worklist", ("item",), Filters().question(office.now().date(), 1, 500)) if desk else []
    if not items:
        raise SystemExit("the newest day has no open flag: there is no card to show")
    richest = max(items, key=lambda item: (len(item["rules"]), item["item_id"]))
    return {
        "worklist": "/worklist", "upload": "/worklist/upload", "statistics": "/statistics",
        "card": f"/item/{richest['item_id']}?why=worklist", "validation": "/validation",
        "linkage": "/linkage", "health": "/health", "access": "/access"}


def _take(browser: Browser, address: str, path: str, width: int, picture: Path) -> None:
    locale = "en-GB" if "lang=en" in path else "zh-CN"
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale=locale)
    if address.startswith("http"):
        context.add_cookies([{"name": "who", "value": "staff", "url": address}])
    page = context.new_page()
    page.goto(f"{address}{path}")
    page.screenshot(path=picture)
    context.close()


def _take_workbook(office: Office) -> None:
    """The cover and the list's first page of the first district's workbook, as LibreOffice prints them."""
    day = newest_day(office.output)
    assert day is not None
    book = next(iter(sorted((office.output / day.isoformat() / "worklists").glob("*.xlsx"))))
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book)]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        (pdf,) = Path(folder).glob("*.pdf")
        for number, name in (("1", "workbook"), ("2", "workbook_list")):
            draw = ["pdftoppm", "-png", "-r", "70", "-f", number, "-l", number, "-singlefile", str(pdf)]
            subprocess.run([*draw, str(FOLDER / name)], check=True)


if __name__ == "__main__":
    sys.exit(main())
