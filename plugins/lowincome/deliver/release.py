"""Which district's list jumps beyond its history and waits for a person (include/policy/worklist_release.yaml)."""

from collections.abc import Mapping, Sequence
from statistics import median

import yaml

from lowincome.settings import INCLUDE

Counts = Mapping[str, int]


def held(today: Counts, history: Sequence[Counts]) -> dict[str, str]:
    """Districts whose new flags today are beyond what their earlier days (oldest first) allow, each with the reason."""
    policy = yaml.safe_load((INCLUDE / "policy" / "worklist_release.yaml").read_text("utf-8"))
    days = history[-policy["days"] :]
    if len(days) < policy["at_least_days"]:
        return {}
    reasons = {}
    for district, count in sorted(today.items()):
        usual = median(day.get(district, 0) for day in days)
        limit = max(policy["floor"], policy["times"] * usual)
        if count > limit:
            reasons[district] = (
                f"今日新增 {count} 件，近 {len(days)} 日中位数 {usual:g} 件，超过上限 {limit:g} 件。 "
                f"{count} new today; median of {len(days)} days {usual:g}; limit {limit:g}."
            )
    return reasons
