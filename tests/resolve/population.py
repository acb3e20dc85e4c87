"""A few dozen synthetic people over four sources, with the mistakes that real lists have. Made by rule, from a seed.

Sequence numbers 900 to 999 of their IDs are given to nobody.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.resolve.small import with_check_digit

SURNAMES, GIVEN = "王李张刘陈杨赵黄", "建国秀英大力小雨文静志强桂兰明远海燕春梅"
Record = dict[str, Any]


@dataclass(frozen=True)
class Human:
    """Who stands behind records."""

    number: int
    name: str
    birth: date
    sex: int
    citizen_id: str
    phone: int
    family: str


def population(count: int, seed: int) -> list[Record]:
    """Records of `count` humans; their keys, families and IDs are those of the seed alone."""
    chance = Random(seed)
    humans = [_human(number, seed, chance) for number in range(count)]
    return [record for human in humans for record in _records(human, seed, chance)]


def number_of(record: Record) -> str:
    """The human whom a record is about, by the end of its key."""
    return str(record["key"].rpartition("-")[2])


def _human(number: int, seed: int, chance: Random) -> Human:
    birth = date(1950, 1, 1) + timedelta(days=chance.randrange(20_000))
    area = ("370102", "370103", "370112", "370402")[seed % 4]
    stem = f"{area}{birth:%Y%m%d}{900 + number % 100:03d}"
    given = "".join(chance.sample(GIVEN, 2))
    return Human(
        number, chance.choice(SURNAMES) + given, birth, 2 - number % 2, with_check_digit(stem),
        13_000_000_000 + seed * 100_000 + number // 3, f"{seed}-{number // 3}")


def _records(human: Human, seed: int, chance: Random) -> list[Record]:
    """One row in most sources: some without an ID, some with one mistyped, with 15 digits, or without a phone."""
    told = []
    for source in ("assistance_roster", "province_check", "city_check", "medical_insurance"):
        if source != "assistance_roster" and chance.random() < 0.4:
            continue
        is_insured = source == "medical_insurance"
        told.append({
            "key": f"{source}:{seed}-{human.number}", "name": human.name, "birth": human.birth, "sex": human.sex,
            "id": human.citizen_id if source == "assistance_roster" else _stated(human.citizen_id, chance),
            "phone": human.phone if chance.random() < 0.8 else None,
            "family": None if is_insured else f"{source[0].upper()}{human.family}",
        })
    return told


def _stated(citizen_id: str, chance: Random) -> str | None:
    """An ID as a clerk writes it down."""
    kind = chance.choices(("right", "missing", "mistyped", "short"), (6, 2, 1, 1))[0]
    wrong = citizen_id[:15] + str((int(citizen_id[15]) + 1) % 10) + citizen_id[16:]
    short = citizen_id[:6] + citizen_id[8:17]
    return {"right": citizen_id, "missing": None, "mistyped": wrong, "short": short}[kind]
