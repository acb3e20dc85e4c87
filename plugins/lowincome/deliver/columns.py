"""The columns of a worklist: the same names when it is written and when it comes back filled."""

from collections.abc import Sequence
from dataclasses import dataclass

LIST_SHEET = "清单"
COVER_SHEET = "说明"
ANSWERED_SHEET = "已反馈"
CLOSED_SHEET = "销号"
CONFIDENTIAL = "内部资料，注意保密 Confidential"
PAGE_OF = "第 &P 页，共 &N 页 Page &P of &N"
"""The page's number as the foot of a sheet has it."""


def watermark(recipient: str) -> str:
    """To whom a list was given, on its cover and every printed page; a list that comes back is read by it."""
    return f"仅供 {recipient} 使用 ·"


def labels(rules: Sequence[str]) -> list[str]:
    """How a row calls its flags, given their rules in order: by the rule, and where it has several by A05-1, A05-2."""
    return [f"{rule}-{rules[:place].count(rule) + 1}" if rules.count(rule) > 1 else rule
            for place, rule in enumerate(rules)]


def stamp(recipient: str, day: object) -> str:
    """The watermark with its date, in both languages."""
    return f"{watermark(recipient)} {day} · for the recipient only"


def list_path(district: str, name: str, data_date: object) -> str:
    """Where a district's list lies in the day's folder."""
    return f"worklists/{district}_{name}_{data_date}.xlsx"


@dataclass(frozen=True)
class Column:
    """One column; `is_answer` are the caseworker's, `is_hidden` the machine's or the second language's."""

    zh: str
    en: str
    width: int
    is_answer: bool = False
    is_hidden: bool = False

    @property
    def heading(self) -> str:
        """Chinese first."""
        return f"{self.zh}\n{self.en}"


COLUMNS = (
    Column("序号", "No.", 6),
    Column("状态", "State", 9),
    Column("街镇", "Township", 11),
    Column("规则", "Rules", 7),
    Column("户主或对象", "Household or person", 11),
    Column("身份证号", "ID number", 21),
    Column("联系电话", "Phone", 13),
    Column("住址", "Address", 20),
    Column("原因与依据", "Why, and the law", 52),
    Column("确定程度", "Certainty", 10),
    Column("较昨日变化", "Since yesterday", 15),
    Column("上门核实", "Verify at the door", 30),
    Column("首次发现", "First seen", 12),
    Column("办理期限", "Due", 12),
    Column("核查结果", "Finding", 13, is_answer=True),
    Column("核查日期", "Visited on", 12, is_answer=True),
    Column("仅限规则", "Only these rules", 12, is_answer=True),
    Column("备注", "Remark", 22, is_answer=True),
    Column("家庭编号", "Household number", 26, is_hidden=True),
    Column("英文说明", "Why, what to verify and what changed, in English", 52, is_hidden=True),
    Column("标记编号", "Flag numbers", 20, is_hidden=True),
)
PLACES = {column.zh: place for place, column in enumerate(COLUMNS)}
