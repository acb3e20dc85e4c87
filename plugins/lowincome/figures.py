"""A figure as people read it: on lists, in sentences and on pages the same."""

from decimal import ROUND_HALF_UP, Decimal

SHARE = "share of total income"
"""The unit of criteria that compare a part with a whole; told in percent."""


def plain(value: Decimal | int | None, unit: str | None = None) -> str:
    """At most two digits after the point, none that say nothing, percent for a share; empty where there is none."""
    if value is None:
        return ""
    scaled = Decimal(value) * 100 if unit == SHARE else Decimal(value)
    text = f"{scaled.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}".rstrip("0").rstrip(".")
    return f"{text}%" if unit == SHARE else text
