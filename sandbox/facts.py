"""One economic fact as both checking systems know it, and its two dialects."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

CITY_CODES = {"I01": "GZ", "I02": "YLJ", "I03": "JY", "I04": "CC", "I05": "ZY", "I06": "SYJ", "I07": "NY",
              "A01": "CK", "A02": "ZQ", "A03": "FC", "A04": "CL", "A05": "GS", "A06": "GJJ", "A07": "BX",
              "S01": "SW", "S02": "FX", "S03": "HH", "S04": "XJ", "S05": "SB"}
PROVIDERS = {"I01": "SW", "I02": "RS", "I03": "SW", "I04": "MZ", "I05": "MZ", "I06": "RS", "I07": "NY", "A01": "YH",
             "A02": "ZJ", "A03": "ZG", "A04": "GA", "A05": "SC", "A06": "GJJ", "A07": "BX", "S01": "GA",
             "S02": "SF", "S03": "MZ", "S04": "JY", "S05": "RS"}
CITY_STATES = {"HIT": 1, "NONE": 2, "ERROR": 3}


@dataclass(slots=True, frozen=True)
class Fact:
    """`amount` in fen (A03: hundredths of a square metre); `period` of yyyymm months, inclusive."""

    code: str
    as_of: date
    status: str = "NONE"
    amount: int | None = None
    quantity: str | None = None
    period_from: str | None = None
    period_to: str | None = None
    provider: str | None = None


def hit(code: str, as_of: date, amount: int | None = 0, quantity: str | None = None, **more: str | None) -> Fact:
    """The department found something."""
    return replace(Fact(code, as_of, "HIT", amount, quantity), **more)  # type: ignore[arg-type]


def none(code: str, as_of: date) -> Fact:
    """The department answered and has nothing: a real zero."""
    return Fact(code, as_of)


def error(code: str, as_of: date) -> Fact:
    """The department did not answer: unknown."""
    return Fact(code, as_of, "ERROR")


def province_item(fact: Fact) -> dict[str, Any]:
    """The nested item of a check report; amounts are decimal strings in yuan."""
    return {"itemCode": fact.code, "periodFrom": fact.period_from, "periodTo": fact.period_to,
            "amount": yuan(fact.amount), "quantity": fact.quantity,
            "provider": fact.provider or PROVIDERS.get(fact.code, "QT"),
            "asOf": fact.as_of.isoformat(), "status": fact.status}


def city_item(fact: Fact, rybh: str) -> dict[str, Any]:
    """The flat row of the city's system; amounts are whole fen, null unless found."""
    return {"rybh": rybh, "xmdm": CITY_CODES.get(fact.code, fact.code), "ksny": _dashed(fact.period_from),
            "jsny": _dashed(fact.period_to), "je": (fact.amount or 0) if fact.status == "HIT" else None,
            "sl": None if fact.quantity is None else int(fact.quantity),
            "sjly": fact.provider or PROVIDERS.get(fact.code, "QT"), "hdzt": CITY_STATES[fact.status],
            "gxsj": f"{fact.as_of.isoformat()} 03:20:00"}


def yuan(fen: int | None) -> str | None:
    """Fen as a decimal string of yuan."""
    if fen is None:
        return None
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _dashed(month: str | None) -> str | None:
    return None if month is None else f"{month[:4]}-{month[4:]}"
