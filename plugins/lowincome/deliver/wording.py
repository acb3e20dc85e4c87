"""What an item says to a caseworker: why, by which law, what changed since yesterday, what to verify at the door."""

from typing import Any

from lowincome import closings
from lowincome.deliver.items import CERTAINTIES, Flag, Item
from lowincome.figures import plain
from lowincome.mask import mask_name

Rules = dict[str, dict[str, Any]]
CERTAINTIES_EN = {"certain": "certain", "possible": "possible", "unknown": "cannot tell"}


def why(item: Item, rules: Rules) -> str:
    """One sentence a rule, with its certainty, the figures and the law."""
    return "\n".join(_why(flag, rules[flag["rule_id"]]) for flag in item.flags)


def why_en(item: Item, rules: Rules) -> str:
    """The same sentences in English, without the law, each with what to verify at the door."""
    return "\n".join(_why_en(flag, rules[flag["rule_id"]]) for flag in item.flags)


def reason(flag: Flag, rule: dict[str, Any], language: str = "zh") -> str:
    """The rule's sentence with the figures in it; the rule's title where the flag brings none."""
    return str(flag[f"reason_{language}"] or rule[f"title_{language}"])


def changes(item: Item) -> str:
    """What is different from yesterday's list, rule by rule; 无变化 when nothing is."""
    lines = [f"{flag['rule_id']} {change}" for flag in item.flags if (change := _change(flag))]
    lines += [f"{flag['rule_id']} 已销号：{closings.sentence(flag['close_reason'])['zh']}" for flag in item.ended]
    return "\n".join(lines) or "无变化"


def advice(item: Item, rules: Rules) -> str:
    """What to verify at the door, each advice once."""
    return "\n".join(dict.fromkeys(str(rules[flag["rule_id"]]["advice_zh"]) for flag in item.flags))


def _why(flag: Flag, rule: dict[str, Any]) -> str:
    who = f"{mask_name(flag['subject_name'])}：" if flag["is_about_member"] else ""
    text = reason(flag, rule).rstrip("。")
    certainty = CERTAINTIES[flag["certainty"]]
    return f"【{flag['rule_id']} {rule['title_zh']}·{certainty}】{who}{text}（依据：{rule['legal_basis']}）。"


def _why_en(flag: Flag, rule: dict[str, Any]) -> str:
    certainty = CERTAINTIES_EN[flag["certainty"]]
    return f"[{flag['rule_id']}, {certainty}] {reason(flag, rule, 'en')} Verify: {rule['advice_en']}"


def _change(flag: Flag) -> str:
    if flag["state"] == "new":
        return "新增"
    parts = [f"已核实属实（{flag['visited_on']}），待办结"] if flag["finding"] == "confirmed" else []
    if flag["state"] == "held":
        parts += ["来源过期，暂挂"]
    elif flag["before_state"] == "held":
        parts += ["恢复核对"]
    before = flag["before_certainty"]
    if before and before != flag["certainty"]:
        parts += [f"{CERTAINTIES[before]}→{CERTAINTIES[flag['certainty']]}"]
    if before and _has_other_figures(flag):
        parts += [f"数值{_bounds(flag, 'before')}→{_bounds(flag, 'observed')}"]
    return "，".join(parts)


def _has_other_figures(flag: Flag) -> bool:
    """Days count down by themselves, and held flags are not looked at: neither is news."""
    is_news = flag["state"] != "held" and flag["unit"] != "days"
    return is_news and _bounds(flag, "before") != _bounds(flag, "observed")


def _bounds(flag: Flag, name: str) -> str:
    low, high = (plain(flag[f"{name}_{end}"], flag["unit"]) or "不详" for end in ("low", "high"))
    return low if low == high else f"{low}～{high}"
