"""Whoever reads why a flag closed reads a sentence, in either language."""

import re

from lowincome.closings import sentence
from lowincome.register.episodes import MERGED
from lowincome.rules.catalogue import rules

HAN = re.compile("[\u4e00-\u9fff]")


def test_every_reason_that_the_register_writes_has_a_sentence_in_both_languages() -> None:
    reasons = {f"false: {name}" for rule in rules() for name in rule.criteria}
    for reason in {*reasons, f"{MERGED}F0123456789abcdef", "subject_left_sources"}:
        said = sentence(reason)
        assert HAN.search(said["zh"]) and not HAN.search(said["en"]), reason
        assert " " in said["en"] and reason not in said.values()
    assert len(reasons) > 40


def test_a_sentence_names_no_flag() -> None:
    assert sentence(f"{MERGED}F1") == sentence(f"{MERGED}F2")


def test_a_reason_of_earlier_code_stays_as_it_was_written() -> None:
    assert sentence("false: criterion_of_old") == {"zh": "false: criterion_of_old", "en": "false: criterion_of_old"}
    assert sentence(None) == {"zh": "", "en": ""}
