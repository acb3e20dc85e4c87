"""Figures as people read them."""

from decimal import Decimal

import pytest
from lowincome.figures import SHARE, plain


@pytest.mark.parametrize(("value", "words"), [
    (Decimal("58.20833333"), "58.21"), (Decimal("58.205"), "58.21"), (Decimal("1114.00000000"), "1,114"),
    (Decimal("-2"), "-2"), (Decimal("100"), "100"), (Decimal("0E-8"), "0"), (None, "")])
def test_figures_have_at_most_two_digits_after_the_point(value: Decimal | None, words: str) -> None:
    assert plain(value) == words


@pytest.mark.parametrize(("value", "words"), [("0.6", "60%"), ("0.60549", "60.55%"), ("0", "0%")])
def test_a_share_is_told_in_percent(value: str, words: str) -> None:
    assert plain(Decimal(value), SHARE) == words
