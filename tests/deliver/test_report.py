"""Auditors' pages: two languages, no script, no other host, and a day costs the same whatever lies behind it."""

import re
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lowincome import charts as drawing
from lowincome.closings import sentence
from lowincome.deliver import charts, past, report
from lowincome.deliver.day import Day
from lowincome.lake import read_json, write_json

from tests.web.browsing import chromium

D = date(2026, 11, 20)


def found(day: date = D, failing: int = 0, **changes: Any) -> dict[str, Any]:
    """Results of a day with one source, one expectation and one rule."""
    source = {
        "state": "ok", "as_of": day.isoformat(), "is_stale": False, "inputs": [{"name": "f1", "sha256": "ab" * 32}],
        "reason": None, "rows_in": 3, "kept": 2, "quarantined": 1, "refused": 0,
        "findings": [{"code": "x", "count": 1}], "others": None,
        "facts": {"rows_in": 0, "kept": 0, "quarantined": 0, "refused": 0}, "title": "City", "title_zh": "市核对"}
    asked = {
        "source": "city_check", "table": "person_record", "expectation": "sex_known", "level": "value",
        "severity": "warning", "why": "why", "success": not failing, "failing_count": failing,
        "failing_keys": ["city_check:P1"] if failing else []}
    listed = {"district": "历下区", "rows": 1, "answered": 0, "held_because": None, "released": None,
              "flags": {"new": 2, "open": 3, "held": 0, "closed": 1}, "due": {"overdue": 4, "week": 5}}
    return {
        "data_date": day.isoformat(), "run_id": "r1", "state": "complete", "code_version": "c1", "policy_version": "p1",
        "sources": {"city_check": source}, "expectations": [asked], "discrepancies": 4,
        "assumptions": {"rigid_ratio": {"title_zh": "刚性支出比例", "title_en": "Rigid expense ratio"}},
        "flags": {"B04": {"new": 2, "open": 3, "held": 0, "closed": 1}}, "worklists": {"370102": listed}, "returns": {},
        "closings": [{"rule": "B04", "reason": f"merged: F{number}", "count": 1} for number in range(2)],
        "undecided": [{"why": "cannot_tell", "rule_id": "B04", "subject_count": 6},
                      {"why": "no_district", "rule_id": None, "subject_count": 7}],
        "linkage": [{"source": "city_check", "method": "valid_id", "record_count": 2, "person_count": 2,
                     "without_household_count": 0}]} | changes


RULES = {"B04": {"title_zh": "有车", "title_en": "Vehicle"}}
REJECTED = [{"source": "city_check", "table_name": "person_record", "reason": "no_name", "row_count": 2}]


WORDS = {("person_record", "no_name"): {
    "column": "xm", "found_zh": "没有姓名", "found_en": "There is no name"}}


def page(path: Path, *earlier: dict[str, Any], **changes: Any) -> str:
    day = Day({}, [], [{"id": "B04"} | RULES["B04"]], {}, {}, history=list(earlier), fault_words={"city_check": WORDS})
    report.write_report(path, found(**changes), day, REJECTED)
    return path.read_text("utf-8")


def test_a_page_shows_what_came_what_failed_and_what_was_assumed_in_two_languages(tmp_path: Path) -> None:
    text = page(tmp_path / "index.html", failing=1)
    for expected in ("市核对", "City", "sex_known", "city_check:P1", "不符 not met", "xm：没有姓名",
                     "There is no name", "<code>no_name</code>", "刚性支出比例",
                     "ab" * 32, "有车", "Vehicle", "历下区", "有效身份证号", "昨日未结 before"):
        assert expected in text


def test_what_is_not_met_lies_open_and_what_is_met_unfolds(tmp_path: Path) -> None:
    opened, folded = (page(tmp_path / "index.html", failing=1).partition("<h2>校验")[2].partition("<h2>隔离原因")[0]
                      .split("<details><summary>通过 met: "))
    assert "不符 not met" in opened and "通过 met" not in opened
    assert folded.startswith("0</summary>")
    opened, folded = (page(tmp_path / "index.html").partition("<h2>校验")[2].partition("<h2>隔离原因")[0]
                      .split("<details><summary>通过 met: "))
    assert "<table>" not in opened and folded.startswith("1</summary>") and "sex_known" in folded


def test_on_paper_headings_are_repeated_bars_keep_their_patterns_and_nothing_is_cut_off(tmp_path: Path) -> None:
    keys = [f"disabled_federation:cl_cert_20261120_1.xlsx:历下区残疾人证信息登记汇总表/{number}" for number in range(3)]
    asked = [entry | {"failing_keys": keys} for entry in found(failing=3)["expectations"]]
    page(tmp_path / "index.html", expectations=asked)
    with chromium() as browser:
        paper = browser.new_page(viewport={"width": 720, "height": 1000})
        paper.goto((tmp_path / "index.html").as_uri())
        paper.emulate_media(media="print")
        widths = paper.eval_on_selector_all(".wide", "all => all.map(one => one.scrollWidth - one.clientWidth)")
        assert len(widths) > 5 and max(widths) == 0
        heads = paper.eval_on_selector_all("table", "all => all.map(one => one.tHead !== null)")
        assert all(heads)
        colours = "all => all.map(one => getComputedStyle(one).printColorAdjust)"
        assert set(paper.eval_on_selector_all(".bar, .mark", colours)) == {"exact"}


def test_a_page_tells_how_much_was_not_decided_and_why(tmp_path: Path) -> None:
    text = page(tmp_path / "index.html").partition("未作判断")[2].partition("</table>")[0]
    for expected in ("无法判断 cannot be told", "B04 有车", '<td class="n">6</td>', "地区不明", '<td class="n">7</td>'):
        assert expected in text
    assert "无 none" in page(tmp_path / "index.html", undecided=[]).partition("未作判断")[2].partition("</table>")[0]


def test_a_page_counts_what_holds_neither_persons_nor_facts_by_itself(tmp_path: Path) -> None:
    counts = {"rows_in": 9, "kept": 6, "quarantined": 3, "refused": 0}
    apart = {"city_check": found()["sources"]["city_check"] | {"others": {"coverage": counts, "lease": counts}}}
    shown = page(tmp_path / "index.html", sources=apart).partition("Neither persons nor facts")[2]
    text = shown.partition("</table>")[0]
    assert "roster households" in text and "<td>lease</td>" in text
    assert re.findall(r'<td class="n">(\d+)</td>', text) == ["9", "6", "3", "0"] * 2


@pytest.mark.parametrize("others", [{}, None])
def test_a_page_of_a_day_without_such_tables_has_no_empty_heading(tmp_path: Path, others: Any) -> None:
    source = {"city_check": found()["sources"]["city_check"] | {"others": others}}
    assert "Neither persons nor facts" not in page(tmp_path / "index.html", sources=source)


def test_the_worklists_flags_add_up_to_the_headline(tmp_path: Path) -> None:
    second = found()["worklists"]["370102"] | {"flags": {"new": 1, "open": 0, "held": 2, "closed": 0}}
    both = found()["worklists"] | {"370103": second}
    flags = {"B04": {"new": 3, "open": 3, "held": 2, "closed": 1}}
    text = page(tmp_path / "index.html", worklists=both, flags=flags)
    total = text.partition("合计 total")[2].partition("</tr>")[0]
    assert re.findall(r'<td class="n">(\d+)</td>', total) == ["2", "3", "3", "2", "0"]
    assert "<b>8</b>未结标记" in text and "open flags today:</span> 8" in total


def test_open_flags_are_drawn_rule_by_rule_over_the_days(tmp_path: Path) -> None:
    before = found(D - timedelta(days=1), flags={"B04": {"new": 1, "open": 0, "held": 1, "closed": 9}})
    other = found(D - timedelta(days=2), flags={"A01": {"new": 7, "open": 0, "held": 0, "closed": 0}})
    text = page(tmp_path / "index.html", past.record(other), past.record(before))
    assert "B04 近日未结 open flags: 0, 2, 5" in text


def test_why_flags_closed_is_said_in_sentences_of_both_languages_each_once(tmp_path: Path) -> None:
    text = page(tmp_path / "index.html")
    words = sentence("merged: F0")
    assert "merged:" not in text and text.count(words["zh"]) == text.count(words["en"]) == 1
    row = text.partition(words["en"])[2].partition("</tr>")[0]
    assert '<td class="n">2</td>' in row
    assert "销号原因" not in page(tmp_path / "index.html", closings=[])


def test_a_page_needs_no_script_and_no_other_host(tmp_path: Path) -> None:
    text = page(tmp_path / "index.html")
    assert not re.search(r"<script|<link|@import|src=|https?://", text)


def test_what_is_not_met_stands_before_what_is(tmp_path: Path) -> None:
    met = found()["expectations"][0]
    failed = met | {"expectation": "late_one", "success": False, "failing_count": 2}
    text = page(tmp_path / "index.html", expectations=[met, failed])
    assert text.index("late_one") < text.index("sex_known")


def test_a_trend_has_a_gap_where_a_day_did_not_ask(tmp_path: Path) -> None:
    assert str(charts.spark([1, None, 3, 2], "t")).count("<polyline") == 2


def test_bars_name_each_part_for_readers_without_colour() -> None:
    drawn = drawing.day_bars("title", ["2026-11-20"], {"A & a": [1], "B": [2]})
    assert "A &amp; a" in drawn and "11-20" in drawn
    assert [int(value) for value in re.findall(r'<desc class="value">(\d+)<', drawn)] == [1, 2]


def test_a_chart_of_the_same_figures_has_the_same_bytes_and_of_others_not() -> None:
    first, again, other = (drawing.day_bars("title", ["2026-11-20"], {"A": [count]}) for count in (1, 1, 2))
    assert first == again != other


def test_the_archive_links_every_month_and_each_source_has_a_page(tmp_path: Path) -> None:
    records, folder = tmp_path / "published", tmp_path / "reports"
    for day in (date(2026, 10, 31), D):
        past.keep(records, past.record(found(day)))
        report.write_archive(folder, records, day.isoformat()[:7])
    assert {path.name for path in folder.iterdir()} == {
        "2026-10.html", "2026-11.html", "index.html", "city_check.html"}
    index = (folder / "index.html").read_text("utf-8")
    assert 'href="2026-10.html"' in index
    assert '<th>市核对<br><small>City</small></th>' in index
    assert 'href="../2026-11-20/validation/index.html"' in index
    source = (folder / "city_check.html").read_text("utf-8")
    assert "2026-10-31" in source
    assert "1、2 以外的性别代码未作转换。" in source
    assert "Codes other than 1 and 2 were not mapped." in source


def test_an_older_month_published_again_does_not_become_the_index(tmp_path: Path) -> None:
    records, folder = tmp_path / "published", tmp_path / "reports"
    for day in (D, date(2026, 10, 31)):
        past.keep(records, past.record(found(day)))
        report.write_archive(folder, records, day.isoformat()[:7])
    assert "2026-11-20" in (folder / "index.html").read_text("utf-8")


def test_a_day_reads_as_few_records_after_five_years_as_after_two_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: Counter[int] = Counter()
    for days in (60, 1826):
        records = tmp_path / f"published-{days}"
        for age in range(days):
            write_json(records / f"{D - timedelta(days=age)}.json", past.record(found(D - timedelta(days=age))))
        monkeypatch.setattr(past, "read_json", lambda path, n=days: (reads.update([n]), read_json(path))[1])
        past.before(records, D)
        report.write_archive(tmp_path / f"reports-{days}", records, "2026-11")
        monkeypatch.undo()
        shutil.rmtree(records)
    assert reads[1826] == reads[60] <= 31 * 3
