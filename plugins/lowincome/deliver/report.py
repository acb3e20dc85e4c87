"""The auditor's pages: one of the day, one a month, one a source; no server, no script, Chinese first.

They hold record keys, counts and digests, no personal data.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lowincome import causes
from lowincome import charts as drawing
from lowincome.closings import sentence
from lowincome.deliver import charts, past
from lowincome.deliver.day import Day, Rows
from lowincome.expectations import why_en, why_zh
from lowincome.lake import replace_file
from lowincome.settings import INCLUDE

OPEN = ("new", "open", "held")
FATES = {"kept": "采用 kept", "quarantined": "隔离 quarantined", "refused": "拒收 refused"}
DIRECTIONS = {"A": "应助未助 A need without help", "B": "在保复核 B review", "Q": "记录质量 Q records"}
WORDS = {
    "source_states": {"ok": "正常 ok", "missing": "未到 missing", "refused": "拒收 refused", "stale": "过期 stale"},
    "states": {"complete": "完整 complete", "degraded": "降级 degraded"},
    "levels": {"file": "文件", "value": "值", "record": "记录", "household": "家庭", "cross_source": "跨来源",
               "over_time": "跨日"},
    "layers": {"resolved": "人员归并 resolved", "households": "家庭 households", "outcomes": "规则结果 outcomes",
               "returns": "数据问题反馈 error returns", "published": "发布 published"},
    "methods": {
        "valid_id": "有效身份证号 valid ID", "upgraded_id": "15 位升 18 位 ID upgraded from 15 digits",
        "near_id": "号码差一位，其余相符 ID one slip off", "two_ids": "同一人持两个号码 one person, two IDs",
        "scored": "按相似程度归并 scored", "judged": "人工判断 judged by people", "alone": "未与任何记录归并 alone",
        "held_for_review": "补贴待人工核对 subsidy held for review"},
    "undecided": {
        "cannot_tell": "无法判断 cannot be told", "held": "来源过期，暂不判断 waits for a stale source",
        "no_district": "不在济南或地区不明，不评估 outside Jinan or area unknown, not evaluated",
        "consent_lapsed": "核对授权已过期，待续签 consent lapsed, to be renewed"},
    "severities": {"critical": "阻断", "quarantine": "隔离", "warning": "提示"},
    "tables": {"coverage": "救助家庭 roster households", "payment": "发放 payments",
               "subsidy": "残疾人补贴 disability subsidies"},
}


def write_report(path: Path, found: dict[str, Any], day: Day, rejected: Rows) -> None:
    """Write validation/index.html from the day's results; `rejected` tell how many rows are in quarantine."""
    days = [*day.history, past.record(found)]
    expectations = [result | {"trend": _spark(past.expectation_key(result), days)} for result in found["expectations"]]
    drawn = {"freshness": _freshness(days[-1]), "flags": _flags(days),
             "rules": {rule: _rule_spark(rule, days) for rule in found["flags"]}}
    told = found | {"expectations": expectations, "figures": _figures(found), "reasons": rejected}
    told["closings"], told["others"] = _closings(found["closings"]), _others(found["sources"])
    words = {"rules": day.rules, "faults": day.fault_words}
    path.write_text(_render("validation.html", **told, **words, charts=drawn, trend_days=len(days)), "utf-8")


def write_archive(folder: Path, records: Path, month: str) -> None:
    """Write the pages over days: the month, the index (the newest month) and each source's newest days."""
    folder.mkdir(parents=True, exist_ok=True)
    months = past.months(records)
    for name in {month, months[0]}:
        text = _month(name, past.month(records, name), months)
        _put(folder / f"{name}.html", text)
        if name == months[0]:
            _put(folder / "index.html", text)
    newest = past.newest(records)
    for source in newest[-1]["sources"]:
        _put(folder / f"{source}.html", _source(source, newest))


def _month(name: str, days: Rows, months: list[str]) -> str:
    titles = {source: (entry["title_zh"], entry["title"]) for source, entry in days[0]["sources"].items()}
    shown = [day | _totals(day) for day in days]
    chart = _flags(days[::-1])
    return _render("month.html", month=name, months=months, titles=titles, days=shown, chart=chart)


def _source(source: str, days: Rows) -> str:
    known = [(day["data_date"], day["sources"][source]) for day in days if source in day["sources"]]
    parts = {words: [entry[key] for _, entry in known] for key, words in FATES.items()}
    chart = _day_bars("收到的人员记录 person records in", [day for day, _ in known], parts)
    asked = sorted({name for day in days for name in day["expectations"] if name.startswith(f"{source}/")})
    rows = [(name.partition("/")[2], _failing(name, days)[-1], _spark(name, days)) for name in asked]
    names = {key: known[-1][1][key] for key in ("title", "title_zh")}
    weeks = days[-1].get("returns", {}).get(source, [])
    told = {"source": source, "days": known[::-1], "weeks": weeks, "chart": chart, "expectations": rows}
    return _render("source.html", **names, **told)


def _figures(found: dict[str, Any]) -> dict[str, int]:
    sources, flags = found["sources"].values(), found["flags"].values()
    return {
        "sources_ok": sum(source["state"] == "ok" for source in sources),
        "rows_in": sum(source["rows_in"] for source in sources),
        "quarantined": sum(source["quarantined"] for source in sources),
        "failing": sum(not result["success"] for result in found["expectations"]),
        "new": sum(counts["new"] for counts in flags),
        "today": sum(counts[state] for counts in flags for state in OPEN),
    }


def _others(sources: dict[str, Any]) -> list[tuple[str, str, dict[str, int]]]:
    """Counts of the tables that hold neither persons nor facts; a day from before they were counted has none."""
    return [(source, table, counts) for source, entry in sorted(sources.items())
            for table, counts in (entry.get("others") or {}).items()]


def _closings(closings: Rows) -> Rows:
    """Closings by rule and sentence: flags merged into different ones closed for the same reason."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for closing in closings:
        words = sentence(closing["reason"])
        counts[closing["rule"], words["zh"], words["en"]] += closing["count"]
    return [{"rule": rule, "zh": zh, "en": en, "count": count} for (rule, zh, en), count in sorted(counts.items())]


def _totals(day: dict[str, Any]) -> dict[str, int]:
    counts = day["flags"].values()
    return {
        "not_met": sum(not success for _, success in day["expectations"].values()),
        "flags_new": sum(rule["new"] for rule in counts),
        "flags_closed": sum(rule["closed"] for rule in counts),
        "flags_today": sum(rule[state] for rule in counts for state in OPEN),
    }


def _flags(days: Rows) -> Any:
    parts = {words: [_open(day, direction) for day in days] for direction, words in DIRECTIONS.items()}
    return _day_bars("各日未结标记 open flags by day", [day["data_date"] for day in days], parts)


def _day_bars(title: str, days: Sequence[str], parts: drawing.Parts) -> Any:
    return charts.inside(drawing.day_bars(title, days, parts), title)


def _open(day: dict[str, Any], direction: str) -> int:
    rules = (counts for rule, counts in day["flags"].items() if rule.startswith(direction))
    return sum(counts[state] for counts in rules for state in OPEN)


def _freshness(day: dict[str, Any]) -> Any:
    ages = {entry["title_zh"]: past.age(day, name) for name, entry in sorted(day["sources"].items())}
    title = "数据距当日天数 days between the data and the day"
    return charts.inside(drawing.age_bars(title, title, ages), title)


def _spark(name: str, days: Rows) -> Any:
    values = _failing(name, days)
    return charts.spark(values, "近日不符行数 failing rows: " + ", ".join("-" if v is None else str(v) for v in values))


def _rule_spark(rule: str, days: Rows) -> Any:
    """Open flags of one rule over days; a day without any has none."""
    counts = [day["flags"].get(rule, {}) for day in days]
    values = [sum(found.get(state, 0) for state in OPEN) for found in counts]
    return charts.spark(values, f"{rule} 近日未结 open flags: " + ", ".join(map(str, values)))


def _failing(name: str, days: Rows) -> Sequence[int | None]:
    return [day["expectations"].get(name, (None,))[0] for day in days]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(INCLUDE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"words": WORDS, "why_zh": why_zh, "why_en": why_en, "cause": causes.sentence}
    return environment


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


def _put(path: Path, text: str) -> None:
    candidate = path.with_name(f".{path.name}.part")
    candidate.write_text(text, "utf-8")
    replace_file(candidate, path)
