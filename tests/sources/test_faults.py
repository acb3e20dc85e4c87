"""Every fault has words in both languages; they say what the source calls a column and what can be read there."""

from collections.abc import Iterator

import pytest
from lowincome.sources.faults import fault_words, faults
from lowincome.sources.spec import FieldSpec, SourceSpec, TableSpec, registry

SOURCES = registry()
PARTS = [f"{part}_{language}" for part in ("found", "expected", "correct") for language in ("zh", "en")]


def known() -> Iterator[tuple[str, str, str]]:
    for spec in SOURCES.values():
        for table in spec.tables:
            yield from ((spec.id, table.name, fault) for fault in faults(spec, table))
        yield from ((spec.id, "delivery", f"delivery_{state}") for state in ("missing", "refused", "stale"))


@pytest.mark.parametrize("source", SOURCES)
def test_every_fault_of_a_source_has_words_of_its_own_in_both_languages(source: str) -> None:
    words = fault_words(SOURCES[source])
    mine = [(table, fault) for name, table, fault in known() if name == source]
    assert len(mine) > 20
    for key in mine:
        assert all(words[key][part].strip() for part in PARTS), key
        assert "不符合接口约定：" not in words[key]["found_zh"], key
        assert words[key]["found_en"].isascii(), key


def test_the_words_name_the_columns_by_the_sources_own_names() -> None:
    city, rural = fault_words(SOURCES["city_check"]), fault_words(SOURCES["rural_revitalization"])
    assert city["person_record", "unreadable:birth_date"]["column"] == "csrq（出生日期 date of birth）"
    assert rural["person_record", "unreadable:birth_date"]["column"] == "出生日期"
    assert city["economic_fact", "period_reversed"]["column"] == "ksny（起始月 first month）\njsny（截止月 last month）"
    assert city["person_record", "required:record_key"]["column"] == "rybh（记录编号 record number）"


def test_what_was_expected_follows_from_the_page_codes_where_there_are_any_else_the_form() -> None:
    words = fault_words(SOURCES["city_check"])
    assert words["person_record", "unknown_code:sex"]["expected_zh"] == "约定代码之一：男、女"
    assert words["person_record", "unreadable:birth_date"]["expected_zh"].startswith("真实存在的日期")
    long = words["person_record", "unknown_code:relation"]["expected_en"]
    assert (long.count("、"), long[-2:]) == (11, " …")


def test_a_dispute_names_the_item_by_the_sources_own_code() -> None:
    city, province = fault_words(SOURCES["city_check"]), fault_words(SOURCES["province_check"])
    fault = ("economic_fact", "disputed_by_visit:A04")
    assert (city[fault]["column"], province[fault]["column"]) == ("xmdm = CL", "itemCode = A04")
    assert "机动车" in city[fault]["found_zh"]
    assert ("economic_fact", "disputed_by_visit:A04") not in fault_words(SOURCES["medical_insurance"])


def test_a_reason_that_only_a_page_names_is_told_by_its_name() -> None:
    fields = {"status": FieldSpec("new_way", "state", required=True)}
    table = TableSpec("coverage", "p", "x:{no}", fields, reject_when={"no_such": "true"})
    spec = SourceSpec(**{**vars(SOURCES["assistance_roster"]), "tables": (table,)})
    words = fault_words(spec)
    assert words["coverage", "no_such"]["found_zh"] == "不符合接口约定：no_such"
    assert words["coverage", "required:status"]["expected_zh"] == "符合接口约定"
