"""`make screenshots`: docs/screenshots/*.png of every page in both languages, the report, and workbooks' first pages.

Needs a published day (run `make demo` first), Debian's chromium and, for workbooks, LibreOffice and poppler-utils.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from lowincome import ingest, pages, steps
from lowincome.deliver import past
from lowincome.lake import read_json
from lowincome.settings import PROJECT, read_settings
from lowincome.web.days import held_districts, newest_day
from lowincome.web.desk import open_desk
from lowincome.web.office import Office, Tasks
from lowincome.web.staff import find_member
from lowincome.web.worklist import Filters
from playwright.sync_api import Browser

from tests.web.browsing import chromium, served

FOLDER = PROJECT / "docs" / "screenshots"
STAFF = "staff: {roles: [supervisor, reviewer, auditor, engineer], districts: all}\n"
WIDTHS = {"": 1200, "_phone": 390}
PHONES = ("worklist", "upload", "statistics", "card")
SILENT = "city_check: gave up after 6 tries: connection refused; next: the task retries later"
HEIGHT = 1000


def main() -> int:
    """Take every picture anew, and make each as small as pngquant can where it is installed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _office() as office, served(office) as address, chromium() as browser:
        for name, path in _paths(office).items():
            _take_both(browser, address, name, path, has_phone=name in PHONES)
        day = office.output / str(newest_day(office.output))
        _take(browser, f"file://{day}", "/validation/index.html", WIDTHS[""], FOLDER / "report.png")
        _take_workbook(next(iter(sorted(day.glob("worklists/*.xlsx")))), "workbook", "workbook_list")
        _take_workbook(_longest_return(day), "return", "return_list")
    with _troubled_home(), _office() as office, served(office) as address, chromium() as browser:
        _take_both(browser, address, "held", "/worklist", has_phone=True)
        _take_both(browser, address, "health", "/health", has_phone=False)
        day, (code, *_) = office.output / str(newest_day(office.output)), sorted(_held(office))
        _take_workbook(next(day.glob(f"worklists/{code}_*.xlsx")), "workbook_held")
    _shrink()
    return 0


@contextmanager
def _office() -> Iterator[Office]:
    """The published days as a supervisor sees them; looks are not logged."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "staff.yaml"
        page.write_text(STAFF, "utf-8")
        office = replace(pages.office(Tasks()), staff=page, log_access=lambda entry: None)
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
        "purpose": f"/item/{richest['item_id']}", "card": f"/item/{richest['item_id']}?why=worklist",
        "print": f"/item/{richest['item_id']}/print?why=worklist", "validation": "/validation",
        "source": "/validation/source/rural_revitalization", "linkage": "/linkage", "access": "/access",
        "runbook": "/runbook", "rehearsal": "/rehearsal"}


@contextmanager
def _troubled_home() -> Iterator[None]:
    """A copy of the home in which lists are held and a source has not come.

    The first day is published again after five quiet days that it did not have, and is the newest one there; on the
    day after the home's newest one a source stays silent.
    """
    settings = read_settings()
    first, newest = (date.fromisoformat(path.stem) for path in _ends(settings.lake / "published"))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = Path(folder) / "home"
        shutil.copytree(settings.home, home, ignore=shutil.ignore_patterns("output", "airflow", "sandbox"))
        for name, value in {"HOME": home, "OUTPUT": home / "output", "REGISTER_URL": ""}.items():
            patch.setenv(f"LOWINCOME_{name}", str(value))
        record = read_json(home / "lake" / "published" / f"{first}.json")
        for back in range(1, 6):
            quiet = {"data_date": str(first - timedelta(days=back)), "new_flags": dict.fromkeys(record["new_flags"], 0)}
            past.keep(home / "lake" / "published", record | quiet)
        for later in (path for path in (home / "lake" / "published").glob("*.json") if path.stem > str(first)):
            later.unlink()
        steps.publish(str(first))
        ingest.missing("city_check", str(newest + timedelta(days=1)), SILENT)
        yield


def _ends(folder: Path) -> tuple[Path, Path]:
    days = sorted(folder.glob("*.json"))
    return days[0], days[-1]


def _held(office: Office) -> frozenset[str]:
    day = newest_day(office.output)
    assert day is not None
    return held_districts(office.output, day)


def _longest_return(day: Path) -> Path:
    """The error return that has most to tell."""
    weeks = read_json(day / "validation" / "results.json")["returns"]
    return day / "returns" / f"{max(weeks, key=lambda source: weeks[source][0]['open_faults'])}.xlsx"


def _take_both(browser: Browser, address: str, name: str, path: str, has_phone: bool) -> None:
    """A page in both languages, and as a phone shows it."""
    for language in ("zh", "en"):
        for suffix, width in WIDTHS.items():
            if has_phone or not suffix:
                asked = f"{path}{'&' if '?' in path else '?'}lang={language}"
                _take(browser, address, asked, width, FOLDER / f"{name}_{language}{suffix}.png")


def _take(browser: Browser, address: str, path: str, width: int, picture: Path) -> None:
    locale = "en-GB" if "lang=en" in path else "zh-CN"
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, locale=locale)
    if address.startswith("http"):
        context.add_cookies([{"name": "who", "value": "staff", "url": address}])
    page = context.new_page()
    page.goto(f"{address}{path}")
    page.screenshot(path=picture)
    context.close()


def _take_workbook(book: Path, *names: str) -> None:
    """The first pages of a workbook, as LibreOffice prints them: the cover, then the list."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(book)]
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        (pdf,) = Path(folder).glob("*.pdf")
        for number, name in enumerate(names, 1):
            page = str(number)
            draw = ["pdftoppm", "-png", "-r", "70", "-f", page, "-l", page, "-singlefile", str(pdf)]
            subprocess.run([*draw, str(FOLDER / name)], check=True)


def _shrink() -> None:
    pictures = sorted(map(str, FOLDER.glob("*.png")))
    if shutil.which("pngquant"):
        # 98 and 99 say that a picture would not become smaller, or not look right.
        done = subprocess.run(["pngquant", "--force", "--ext", ".png", "--skip-if-larger", "--strip", *pictures])
        if done.returncode not in (0, 98, 99):
            raise SystemExit(f"pngquant failed with {done.returncode}")


if __name__ == "__main__":
    sys.exit(main())
