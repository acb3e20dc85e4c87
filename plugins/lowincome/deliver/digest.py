"""What a district is told of its day: counts, how complete the sources are, where the list lies; no personal data."""

import hashlib
from dataclasses import dataclass
from typing import Any

from lowincome.deliver.columns import list_path
from lowincome.deliver.cover import COUNTED, SOURCE_STATES

DUE = {"week": "七日内到期 due within seven days", "overdue": "已逾期 overdue"}


@dataclass(frozen=True)
class Digest:
    """One district's message of one data date, in Markdown; Chinese, then English."""

    district: str
    data_date: str
    subject: str
    markdown: str

    @property
    def sha256(self) -> str:
        """Digest of what the reader sees."""
        return hashlib.sha256(f"{self.subject}\n{self.markdown}".encode()).hexdigest()


def digests(found: dict[str, Any]) -> list[Digest]:
    """A message for every district of a published day, from its validation/results.json."""
    return [_digest(found, code, listed) for code, listed in sorted(found["worklists"].items())]


def _digest(found: dict[str, Any], code: str, listed: dict[str, Any]) -> Digest:
    day, name = found["data_date"], listed["district"]
    subject = f"{name} 低收入人口动态监测 worklist {day}"
    parts = [f"**{subject}**", _counts(listed), _completeness(found["sources"]), _place(day, code, listed)]
    return Digest(code, day, subject, "\n\n".join(parts))


def _counts(listed: dict[str, Any]) -> str:
    flags, due = listed["flags"], listed["due"]
    lines = [f"{label}: {flags[state]}" for state, label in COUNTED.items()]
    if not listed["held_because"]:
        lines += [f"清单行数 rows: {listed['rows']}", *(f"{label}: {due[name]}" for name, label in DUE.items())]
    return "\n".join(f"- {line}" for line in lines)


def _completeness(sources: dict[str, dict[str, Any]]) -> str:
    late = [source for _, source in sorted(sources.items()) if source["state"] != "ok"]
    if not late:
        return "来源齐全。 All sources came."
    return "\n".join(["降级，以下来源未正常到达： Degraded:", "", *(f"- {_source(source)}" for source in late)])


def _source(source: dict[str, Any]) -> str:
    as_of = source["as_of"] or "—"
    return f"{source['title_zh']} {source['title']}: {SOURCE_STATES[source['state']]}，数据截至 as of {as_of}"


def _place(day: str, code: str, listed: dict[str, Any]) -> str:
    if listed["held_because"]:
        return f"清单暂缓下发，待放行。 The list is held until it is released. {listed['held_because']}"
    return f"清单 List: {day}/{list_path(code, listed['district'], day)}"
