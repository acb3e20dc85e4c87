"""The catalogue has words for everything that a page may have to say."""

from decimal import Decimal

import pytest
from lowincome.rules.catalogue import CRITERIA, rules
from lowincome.sources.spec import registry
from lowincome.web.render import plain
from lowincome.web.words import translator


def test_every_criterion_rule_state_and_source_has_words_in_both_languages() -> None:
    keys = [f"criterion.{name}" for rule in rules() for name in rule.criteria]
    keys += [f"system.{name}" for name in registry()]
    keys += [f"state.{state}" for state in ("new", "open", "held", "closed")]
    keys += [f"source.{state}" for state in ("ok", "missing", "refused", "stale")]
    for key in keys:
        assert translator("zh")(key) and translator("en")(key)
    assert len({path.stem for path in CRITERIA.glob("*.sql")}) > 40


def test_a_missing_word_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(KeyError, match=r"pages\.yaml has no words for nonsense"):
        translator("zh")("nonsense")


def test_words_take_figures() -> None:
    assert translator("en")("days_left", days=3) == "3 days left"


@pytest.mark.parametrize(("value", "words"), [
    (Decimal("58.20833333"), "58.21"), (Decimal("58.205"), "58.21"), (Decimal("1114.00000000"), "1,114"),
    (Decimal("-2"), "-2"), (Decimal("100"), "100"), (Decimal("0E-8"), "0"), (None, "")])
def test_figures_have_at_most_two_digits_after_the_point(value: Decimal | None, words: str) -> None:
    assert plain(value) == words
