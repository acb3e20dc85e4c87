"""Synthetic households and persons of Jinan. Deterministic: the same seed gives the same people."""

import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

TOWNSHIPS = Path(__file__).resolve().parent.parent / "include" / "policy" / "jinan_townships.csv"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
RESERVED_SEQUENCES = range(900, 1000)
LARGEST_HOUSEHOLD = 6
"""Persons that a household has at most, somebody planted beside it included."""
ISSUE_CODES = {"370176": ("370112",), "370113": ("370113", "370123"), "370114": ("370114", "370181"),
               "370115": ("370115", "370125"), "370116": ("370116", "371202"), "370117": ("370117", "371203")}
ELSEWHERE = ("370202", "370203", "370302", "370303", "370402", "370502", "370602", "370702", "370802", "370902",
             "371002", "371102", "371302", "371402", "371502", "371602", "371702")
"""Districts of the province's other cities."""
SURNAMES = ("王李张刘陈杨赵孙周吴徐朱高马胡郭林何梁郑宋谢韩唐冯于董萧程曹"
            "袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田")
GIVEN = ("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉梅建国文"
         "斌志宏红海燕鹏飞雪琴春生福庆宝山凤云龙东升金玲永昌德顺淑珍")
RARE_NAMES = ("张𫖯", "阿卜杜·热合曼", "马·伊斯哈格", "李㛃", "王喆", "赵𬎆")
STREETS = ("经十路", "山大北路", "文化西路", "明水大街", "龙奥北路", "鲁中大街", "和平路", "解放东路")


@dataclass(slots=True, eq=False)
class Person:
    """One human. `keys` are the record keys under which the sources name the person (the dated files excepted)."""

    no: int
    name: str
    sex: str
    birth: date
    id_no: str
    relation: str
    phone: str
    keys: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Household:
    """People who live together. `keys` are the household keys under which the sources name them."""

    no: int
    area_code: str
    is_urban: bool
    address: str
    persons: list[Person]
    keys: list[str] = field(default_factory=list)

    @property
    def head(self) -> Person:
        """The head stands first."""
        return self.persons[0]

    @property
    def district(self) -> str:
        """The six-digit code of the township's district."""
        return self.area_code[:6]


def check_digit(first17: str) -> str:
    """The last character of an identity number (GB 11643)."""
    return CHECK_DIGITS[sum(int(d) * w for d, w in zip(first17, WEIGHTS, strict=True)) % 11]


def legacy_id(id_no: str) -> str:
    """The fifteen-digit form of a number of somebody born before 2000."""
    return id_no[:6] + id_no[8:17]


@cache
def townships() -> tuple[tuple[str, str, str], ...]:
    """Township code, township name, district name."""
    with TOWNSHIPS.open(encoding="utf-8") as lines:
        return tuple((r["township_code"], r["township"], r["district"]) for r in csv.DictReader(lines))


def is_urban_code(township: str) -> bool:
    """Digits seven to nine up to 099 are streets."""
    return int(township[6:9]) < 100


class Population:
    """Mints people one household after another; numbers are never used twice, nor those of another part.

    A part of a larger population begins after `first` households and draws identity numbers from its own `sequences`.
    """

    def __init__(self, seed: int, on: date, first: int = 0, sequences: range = RESERVED_SEQUENCES) -> None:
        self.rng = Random(f"population:{seed}")
        self.on = on
        self.first, self.sequences = first, sequences
        self.households: list[Household] = []
        self.people: dict[int, Person] = {}
        self._used: dict[str, int] = {}

    @property
    def next_number(self) -> int:
        """The number that the next household gets."""
        return self.first + len(self.households) + 1

    def household(self, roles: tuple[str, ...] | None = None, district: str | None = None) -> Household:
        """A new household; `roles` are GB/T 4761 relations, the head (02) first."""
        choices = townships() if district is None else [t for t in townships() if t[0].startswith(district)]
        code, township, district_name = self.rng.choice(choices)
        number = self.next_number
        phone = f"1{self.rng.choice('35789')}{self.rng.randrange(10**9):09d}"
        address = (f"济南市{district_name}{township}{self.rng.choice(STREETS)}{self.rng.randrange(1, 400)}号"
                   f"{self.rng.randrange(1, 30)}号楼{self.rng.randrange(1, 6)}单元{self.rng.randrange(101, 1800)}室")
        members = self._members(roles or self._roles(), code[:6], phone)
        home = Household(number, f"{code}{self.rng.randrange(1, 40):03d}", is_urban_code(code), address, members)
        self.households.append(home)
        return home

    def person(self, district: str, relation: str, sex: str, birth: date, surname: str, phone: str) -> Person:
        """A new person with a number of the reserved sequence."""
        name = surname + "".join(self.rng.choice(GIVEN) for _ in range(self.rng.choice((1, 2, 2, 2))))
        id_no = self._id_no(district, birth, sex)
        number = self.first * LARGEST_HOUSEHOLD + len(self.people) + 1
        self.people[number] = Person(number, name, sex, birth, id_no, relation, phone)
        return self.people[number]

    def _id_no(self, district: str, birth: date, sex: str) -> str:
        """The next number of the district; where the day's are used up, of where somebody moved here from."""
        issued = self.rng.choice(ISSUE_CODES.get(district, (district,)))
        while (sequence := self._sequence(f"{issued}{birth:%Y%m%d}", sex)) not in self.sequences:
            issued = self.rng.choice(ELSEWHERE)
        first17 = f"{issued}{birth:%Y%m%d}{sequence}"
        return first17 + check_digit(first17)

    def _sequence(self, stem: str, sex: str) -> int:
        taken = self._used.get(stem + sex, 0)
        self._used[stem + sex] = taken + 1
        return self.sequences.start + 2 * taken + (1 if sex == "1" else 0)

    def _roles(self) -> tuple[str, ...]:
        return self.rng.choice((
            ("02",), ("02",), ("02",), ("02", "10"), ("02", "10"), ("02", "20"), ("02", "10", "20"),
            ("02", "10", "30"), ("02", "10", "20", "30"), ("02", "10", "30", "52"), ("02", "10", "20", "51", "52")))

    def _members(self, roles: tuple[str, ...], district: str, phone: str) -> list[Person]:
        has_children = any(role[0] in "23" for role in roles)
        has_parents = any(role[0] == "5" for role in roles)
        age = self.rng.randrange(28, 55) if has_children or has_parents else self.rng.randrange(35, 85)
        sex, surname = self.rng.choice("12"), self.rng.choice(SURNAMES)
        members = []
        for role in roles:
            of_family = surname if role in ("01", "02", "20", "30", "51") else self.rng.choice(SURNAMES)
            members.append(self.person(district, role, _sex_of(role, sex), self._birth(role, age), of_family, phone))
        if self.rng.random() < 0.004:
            members[0].name = self.rng.choice(RARE_NAMES)
        return members

    def _birth(self, role: str, head_age: int) -> date:
        ages = {"2": max(0, head_age - self.rng.randrange(22, 34)), "3": max(0, head_age - self.rng.randrange(22, 34)),
                "5": head_age + self.rng.randrange(22, 30), "1": head_age + self.rng.randrange(-4, 5)}
        age = ages.get(role[0], head_age)
        return self.on - timedelta(days=age * 365 + age // 4 + 30 + self.rng.randrange(300))


def _sex_of(role: str, head_sex: str) -> str:
    other = "1" if head_sex == "2" else "2"
    return {"10": other, "20": "1", "30": "2", "51": "1", "52": "2"}.get(role, head_sex)
