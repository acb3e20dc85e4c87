"""Day by day a share of the background's records changes. Planted households never do by chance."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from sandbox.builder import Builder, CityState
from sandbox.facts import yuan
from sandbox.timeline import Row, Timelines, Version, midnight, moment

SHARE = 0.02
"""Of the records, on a day for which no other share is given."""


class Chance(Random):
    """Draws keys: so large a share of them."""

    share = SHARE

    def drawn(self, keys: list[str], limit: int, digits: slice) -> list[str]:
        """Of the keys whose number is one of a background record."""
        ordinary = [key for key in keys if int(key[digits]) <= limit]
        return sorted(self.sample(ordinary, min(len(ordinary), round(len(ordinary) * self.share))))


def lay_changes(builder: Builder, households: int, shares: Sequence[float] = ()) -> None:
    """Changes of the first so many households for every day after the first; `shares` are of the first such days."""
    rng = Chance(f"changes:{builder.config.seed}")
    ordinary = builder.population.households[:households]
    persons = max((p.no for h in ordinary for p in h.persons), default=0)
    last = max((h.no for h in ordinary), default=0)
    for number, day in enumerate(builder.config.dates[1:]):
        rng.share = shares[number] if number < len(shares) else SHARE
        _reports(builder, day, last, rng)
        _city(builder, day, persons, rng)
        _insured(builder, day, persons, rng)
        _settlements(builder, day, persons, rng)
        _monitored(builder, day, last, rng)
        _coverages(builder, day, last, rng)


def _last(lines: Timelines[Row], key: str) -> Row:
    return lines.by_key[key][-1].value


def _reports(builder: Builder, day: date, limit: int, rng: Chance) -> None:
    for key in rng.drawn(list(builder.reports.by_key), limit, slice(10, -1)):
        old = _last(builder.reports, key)
        members = [member | {"items": [_risen(item, rng) for item in member["items"]]} for member in old["members"]]
        builder.reports.add(key, moment(day, rng.randrange(10000)),
                            old | {"version": old["version"] + 1, "members": members})


def _risen(item: Row, rng: Chance) -> Row:
    if item["itemCode"] not in ("I01", "I02", "A01") or item["status"] != "HIT":
        return item
    fen = round(float(item["amount"]) * 100)
    return item | {"amount": yuan(fen * rng.randrange(97, 104) // 100)}


def _city(builder: Builder, day: date, limit: int, rng: Chance) -> None:
    for key in rng.drawn(list(builder.city_persons.by_key), limit, slice(2, None)):
        old = builder.city_persons.by_key[key][-1].value
        when = moment(day, rng.randrange(10000))
        stamp = f"{when:%Y-%m-%d %H:%M:%S}"
        items = [_moved(item, stamp, rng) for item in old.items]
        row = old.row | {"gxsj": stamp} if rng.random() < 0.5 else old.row
        builder.city_persons.add(key, when, CityState(row, items))


def _moved(item: Row, stamp: str, rng: Chance) -> Row:
    if item["xmdm"] not in ("GZ", "YLJ", "CK") or item["hdzt"] != 1:
        return item
    return item | {"je": item["je"] * rng.randrange(97, 104) // 100, "gxsj": stamp}


def _insured(builder: Builder, day: date, limit: int, rng: Chance) -> None:
    for key in rng.drawn(list(builder.insured.by_key), limit, slice(2, None)):
        phone = f"13{rng.randrange(10**9):09d}"
        builder.insured.add(key, moment(day, rng.randrange(10000)), _last(builder.insured, key) | {"phone": phone})


def _settlements(builder: Builder, day: date, limit: int, rng: Chance) -> None:
    for number, key in enumerate(rng.drawn(list(builder.settlements.by_key), limit, slice(2, 11))):
        old, when = _last(builder.settlements, key), moment(day, rng.randrange(10000))
        if number % 2:
            builder.settlements.add(key, when, old | {"diagCode": "Z54.900"})
            continue
        fresh = f"{key}{day:%m%d}"
        settled = midnight(day) - timedelta(hours=rng.randrange(2, 200))
        row = old | {"settlementId": fresh, "settledAt": f"{settled.isoformat()}+08:00", "refundOf": None}
        builder.settlements.add(fresh, when, row)


def _monitored(builder: Builder, day: date, limit: int, rng: Chance) -> None:
    for key in rng.drawn(list(builder.monitored.by_key), limit, slice(2, None)):
        rows = builder.monitored.by_key[key][-1].value
        income = f"{rng.randrange(6000, 16000)}.00"
        fresh = [row | {"家庭年人均纯收入": income, "更新日期": day} for row in rows]
        builder.monitored.by_key[key].append(Version(midnight(day), fresh))


def _coverages(builder: Builder, day: date, limit: int, rng: Chance) -> None:
    for key in rng.drawn(list(builder.coverages.by_key), limit, slice(2, None)):
        when, old = moment(day, rng.randrange(10000)), _last(builder.coverages, key)
        amount = old["monthly_amount"] + rng.randrange(-20, 30) * 100
        builder.coverages.add(key, when, old | {"monthly_amount": amount, "updated_at": when})
