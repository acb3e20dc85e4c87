"""What an item says to a caseworker: why, by which law, what changed since yesterday, what to verify at the door."""

from collections.abc import Iterator
from typing import Any

from lowincome import closings, unanswered
from lowincome.deliver.items import Flag, Item
from lowincome.figures import plain
from lowincome.mask import mask_name
from lowincome.messages import pairs

Rules = dict[str, dict[str, Any]]
LANGUAGES = ("zh", "en")


def why(item: Item, rules: Rules) -> str:
    """One sentence a rule, with its certainty, the figures and the law."""
    return "\n".join(_why(flag, rules[flag["rule_id"]], label) for flag, label in _labelled(item))


def why_en(item: Item, rules: Rules) -> str:
    """The same sentences in English, without the law, each with what to verify at the door; then what changed."""
    since = ". ".join(changes(item, "en").splitlines())
    told = (_why_en(flag, rules[flag["rule_id"]], label) for flag, label in _labelled(item))
    return "\n".join([*told, f"Since yesterday: {since}."])


def reason(flag: Flag, rule: dict[str, Any], language: str = "zh") -> str:
    """The rule's sentence with the figures in it; the rule's title where the flag brings none."""
    return str(flag[f"reason_{language}"] or rule[f"title_{language}"])


def certainty(item: Item) -> str:
    """The strongest certainty among the row's rules, in both languages."""
    return "\n".join(_certain(item.certainty, language) for language in LANGUAGES)


def changes(item: Item, language: str = "zh") -> str:
    """What is different from yesterday's list, a line a rule (include/messages/worklist.yaml)."""
    lines = [f"{label} {change}" for flag, label in _labelled(item) if (change := _change(flag, language))]
    for flag in item.ended:
        why = closings.sentence(flag["close_reason"])[language]
        lines.append(f"{flag['rule_id']} {_said('ended', language, why=why)}")
    return "\n".join(lines) or _said("nothing", language)


def advice(item: Item, rules: Rules) -> str:
    """What to verify at the door, each advice once."""
    return "\n".join(dict.fromkeys(str(rules[flag["rule_id"]]["advice_zh"]) for flag in item.flags))


def _labelled(item: Item) -> Iterator[tuple[Flag, str]]:
    return zip(item.flags, item.labels, strict=True)


def _why(flag: Flag, rule: dict[str, Any], label: str) -> str:
    who = f"{mask_name(flag['subject_name'])}：" if flag["is_about_member"] else ""
    told = (reason(flag, rule), unanswered.sentence(flag["unanswered"])["zh"])
    text = "。".join(part.rstrip("。") for part in told if part)
    certain = _certain(flag["certainty"], "zh")
    return f"【{label} {rule['title_zh']}·{certain}】{who}{text}（依据：{rule['legal_basis']}）。"


def _why_en(flag: Flag, rule: dict[str, Any], label: str) -> str:
    certain = _certain(flag["certainty"], "en")
    owed = unanswered.sentence(flag["unanswered"])["en"]
    told = (f"[{label}, {certain}]", reason(flag, rule, "en"), owed, f"Verify: {rule['advice_en']}")
    return " ".join(part for part in told if part)


def _change(flag: Flag, language: str) -> str:
    if flag["state"] == "new":
        return _said("new", language)
    parts = [_said("confirmed", language, day=flag["visited_on"])] if flag["finding"] == "confirmed" else []
    if flag["state"] == "held":
        parts += [_said("held", language)]
    elif flag["before_state"] == "held":
        parts += [_said("resumed", language)]
    before = flag["before_certainty"]
    if before and before != flag["certainty"]:
        was, now = (_certain(certain, language) for certain in (before, flag["certainty"]))
        parts += [_said("certainty", language, before=was, now=now)]
    if before and _has_other_figures(flag):
        was, now = (_bounds(flag, name, language) for name in ("before", "observed"))
        parts += [_said("figures", language, before=was, now=now)]
    return {"zh": "，", "en": ", "}[language].join(parts)


def _certain(certainty: str, language: str) -> str:
    return _said(f"certainty.{certainty}", language)


def _said(key: str, language: str, **figures: object) -> str:
    return pairs("worklist")[key][LANGUAGES.index(language)].format(**figures)


def _has_other_figures(flag: Flag) -> bool:
    """Days count down by themselves, and held flags are not looked at: neither is news."""
    moved = any(flag[f"before_{end}"] != flag[f"observed_{end}"] for end in ("low", "high"))
    is_news = moved and flag["state"] != "held" and flag["unit"] != "days"
    return is_news and _bounds(flag, "before", "zh") != _bounds(flag, "observed", "zh")


def _bounds(flag: Flag, name: str, language: str) -> str:
    """What was observed with its unit; unknown is said, and without an upper bound "at least"."""
    low, high = (plain(flag[f"{name}_{end}"], flag["unit"]) for end in ("low", "high"))
    if not low:
        return _said("unknown", language)
    told = low if low == high else _said("between" if high else "at_least", language, low=low, high=high)
    return told + _unit(flag["unit"], language)


def _unit(unit: str | None, language: str) -> str:
    """As on the pages; a share has none."""
    words = pairs("pages").get(f"unit.{unit}")
    return {"zh": "", "en": " "}[language] + words[LANGUAGES.index(language)] if words else ""
