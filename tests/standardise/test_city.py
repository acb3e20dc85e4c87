"""The city: flat rows in fen; items replaced person by person."""

from datetime import timedelta
from typing import Any

import pytest
from lowincome.lake import Lake

from tests.landing_of import page
from tests.standardise.deliveries import NEXT, D, city, city_item, deliver, found, person, quarantine, rows


@pytest.mark.parametrize("amount", [1.5, 12.0, "12", True, None, [1]])
def test_a_city_amount_that_is_no_integer_is_quarantined(lake: Lake, amount: Any) -> None:
    record = city(lake, [person()], [city_item(je=amount)])
    assert record["facts"]["quarantined"] == 1


@pytest.mark.parametrize("answer", [2, 3])
@pytest.mark.parametrize("amount", ["", " ", "0", 0.5])
def test_a_city_amount_is_an_integer_or_null_where_nothing_was_found_or_answered(
    lake: Lake, answer: int, amount: Any
) -> None:
    record = city(lake, [person()], [city_item(je=amount, hdzt=answer)])
    assert quarantine(lake, record) == {("city_check:R1", "unreadable:amount_fen")}


@pytest.mark.parametrize("answer", [2, 3])
def test_a_city_amount_may_be_null_where_nothing_was_found_or_answered(lake: Lake, answer: int) -> None:
    record = city(lake, [person()], [city_item(je=None, hdzt=answer)])
    assert record["facts"]["kept"] == 1


def test_city_rows_equal_in_their_five_fields_are_one_the_newest(lake: Lake) -> None:
    newer = city_item(je=1300, gxsj="2026-11-21 10:00:00")
    record = city(lake, [person()], [newer, city_item()])
    assert [fact["amount_fen"] for fact in rows(lake, record, "economic_fact")] == [1300]


def test_a_changed_persons_items_are_replaced_as_a_whole_and_others_stay(lake: Lake) -> None:
    city(lake, [person(), person(rybh="R2")], [city_item(), city_item(xmdm="CK"), city_item(rybh="R2")])
    record = city(lake, [], [city_item(je=5, gxsj="2026-11-23 01:00:00")], NEXT, since=D)
    facts = rows(lake, record, "economic_fact")
    found = {(fact["record_key"], fact["item_code"], fact["amount_fen"]) for fact in facts}
    assert found == {("city_check:R1", "I01", 5), ("city_check:R2", "I01", 1200)}


@pytest.mark.parametrize("code", ["I01", "i01", "A03", "S05"])
def test_an_unknown_city_code_spelt_as_one_of_the_province_is_not_taken_for_it(lake: Lake, code: str) -> None:
    record = city(lake, [person()], [city_item(xmdm=code), city_item()])
    assert {fact["item_code"] for fact in rows(lake, record, "economic_fact")} == {"I01", f"?{code}"}
    assert found(record)["economic_fact:unknown_code:item_code"] == 1


def test_a_withdrawn_city_person_stays_as_a_tombstone(lake: Lake) -> None:
    city(lake, [person()], [])
    record = city(lake, [person(zt=0, gxsj="2026-11-23 01:00:00")], [], NEXT, since=D)
    assert [row["is_valid"] for row in rows(lake, record, "person_record")] == [False]


def test_a_quarantined_item_is_listed_under_its_person(lake: Lake) -> None:
    record = city(lake, [person()], [city_item(je="12"), city_item(xmdm="CK")])
    assert quarantine(lake, record) == {("city_check:R1", "unreadable:amount_fen")}
    assert record["facts"] == {"rows_in": 2, "kept": 1, "quarantined": 1, "refused": 0}
    assert (record["rows_in"], record["quarantined"]) == (1, 0)


@pytest.mark.parametrize("item", [city_item(je=-5), city_item(je=0), city_item(hdzt=2, je=7)])
def test_any_whole_amount_is_kept(lake: Lake, item: dict[str, Any]) -> None:
    assert city(lake, [person()], [item])["facts"]["kept"] == 1


@pytest.mark.parametrize(("item", "reason"), [
    ({"jsny": None}, "period_half"), ({"ksny": None}, "period_half"), ({"xmdm": "CL", "sl": -1}, "quantity_negative"),
    ({"ksny": None, "jsny": None}, None), ({"xmdm": "FX", "jsny": None}, None), ({"xmdm": "CL", "sl": 0}, None)])
def test_a_hit_with_half_a_period_of_income_or_less_than_nothing_is_quarantined(
    lake: Lake, item: dict[str, Any], reason: str | None
) -> None:
    record = city(lake, [person()], [city_item(**item)])
    assert quarantine(lake, record) == ({("city_check:R1", reason)} if reason else set())


@pytest.mark.parametrize("code", ["GZ", "CK", "FC"])
@pytest.mark.parametrize(("amount", "kept"), [
    (10**13 - 1, 1), (10**13, 0), (1 - 10**13, 1), (-(10**13), 0), (2**63 - 1, 0), (2**63, 0), (10**30, 0)])
def test_an_amount_has_at_most_thirteen_digits_of_fen(lake: Lake, code: str, amount: int, kept: int) -> None:
    record = city(lake, [person()], [city_item(xmdm=code, je=amount)])
    assert [fact["amount_fen"] for fact in rows(lake, record, "economic_fact")] == [amount] * kept
    assert quarantine(lake, record) == (set() if kept else {("city_check:R1", "unreadable:amount_fen")})


@pytest.mark.parametrize("name", ["rybh", "xmdm", "ksny", "jsny", "sjly"])
def test_rows_that_differ_in_one_of_the_five_fields_are_two(lake: Lake, name: str) -> None:
    other = city_item(**{name: {"rybh": "R2", "xmdm": "CK", "ksny": "2025-12", "jsny": "2026-09", "sjly": "YH"}[name]})
    assert len(rows(lake, city(lake, [person()], [city_item(), other]), "economic_fact")) == 2


def test_of_equal_rows_of_one_moment_the_later_on_the_page_rules(lake: Lake) -> None:
    record = city(lake, [person()], [city_item(je=n) for n in range(50)])
    assert [fact["amount_fen"] for fact in rows(lake, record, "economic_fact")] == [49]


def test_pages_are_read_in_the_order_of_their_coming(lake: Lake) -> None:
    files = {f"items-{n:05d}.json": ("items", page(city_item(je=n))) for n in range(1, 12)}
    record = deliver(lake, "city_check", files | {"persons-00001.json": ("persons", page(person()))})
    assert [fact["amount_fen"] for fact in rows(lake, record, "economic_fact")] == [11]


def test_a_person_sent_again_loses_the_rows_that_are_not_sent_again(lake: Lake) -> None:
    city(lake, [person()], [city_item(), city_item(xmdm="CK"), city_item(xmdm="CL", sl=1)])
    record = city(lake, [], [city_item(xmdm="CK", je=1)], NEXT, since=D)
    assert [fact["item_code"] for fact in rows(lake, record, "economic_fact")] == ["A01"]


def test_a_person_all_of_whose_new_rows_are_quarantined_keeps_none_of_the_old(lake: Lake) -> None:
    city(lake, [person()], [city_item()])
    record = city(lake, [], [city_item(je="x")], NEXT, since=D)
    assert rows(lake, record, "economic_fact") == []


def test_a_person_row_that_changes_alone_leaves_its_items_alone(lake: Lake) -> None:
    city(lake, [person()], [city_item()])
    record = city(lake, [person(lxdh="13900000000", gxsj="2026-11-23 01:00:00")], [], NEXT, since=D)
    assert len(rows(lake, record, "economic_fact")) == 1


def test_a_withdrawn_person_that_comes_back_has_its_items_still(lake: Lake) -> None:
    city(lake, [person()], [city_item()])
    city(lake, [person(zt=0, gxsj="2026-11-23 01:00:00")], [], NEXT, since=D)
    record = city(lake, [person(gxsj="2026-11-24 01:00:00")], [], NEXT + timedelta(days=1), since=NEXT)
    assert [row["is_valid"] for row in rows(lake, record, "person_record")] == [True]
    assert len(rows(lake, record, "economic_fact")) == 1


def test_a_person_row_that_is_older_than_the_known_one_changes_nothing(lake: Lake) -> None:
    city(lake, [person()], [])
    record = city(lake, [person(xm="旧", gxsj="2026-11-19 10:00:00")], [], NEXT, since=D)
    assert [row["name"] for row in rows(lake, record, "person_record")] == ["王某"]


@pytest.mark.parametrize(("city_code", "code"), [
    ("GZ", "I01"), ("YLJ", "I02"), ("JY", "I03"), ("CC", "I04"), ("ZY", "I05"), ("SYJ", "I06"), ("NY", "I07"),
    ("CK", "A01"), ("ZQ", "A02"), ("FC", "A03"), ("CL", "A04"), ("GS", "A05"), ("GJJ", "A06"), ("BX", "A07"),
    ("SW", "S01"), ("FX", "S02"), ("HH", "S03"), ("XJ", "S04"), ("SB", "S05"), ("XX", "XX")])
def test_city_codes_are_province_codes_and_an_unknown_one_is_kept(lake: Lake, city_code: str, code: str) -> None:
    record = city(lake, [person()], [city_item(xmdm=city_code)])
    assert [fact["item_code"] for fact in rows(lake, record, "economic_fact")] == [code]
    assert ("economic_fact:unknown_code:item_code" in found(record)) is (code == "XX")


def test_a_null_page_is_an_empty_page(lake: Lake) -> None:
    files = {f"{part}-00001.json": (part, b'{"data": {"rows": null}}') for part in ("persons", "items")}
    assert deliver(lake, "city_check", files)["rows_in"] == 0


def test_a_row_that_is_null_or_has_no_number_is_quarantined_by_its_place(lake: Lake) -> None:
    record = city(lake, [person(), None, person(rybh=None), 5, {}], [])
    reasons = {2: "not_json"} | dict.fromkeys((3, 4, 5), "required:record_key")
    assert quarantine(lake, record) == {
        (f"city_check:persons-00001.json:row/{place}", reason) for place, reason in reasons.items()}
    assert (record["rows_in"], record["quarantined"]) == (5, 4)


@pytest.mark.parametrize(("moment", "kept"), [("2026-11-22 23:59:59", 1), ("2026-11-23 00:00:00", 0)])
def test_a_row_updated_after_the_data_date_is_quarantined(lake: Lake, moment: str, kept: int) -> None:
    assert city(lake, [person(gxsj=moment)], [])["kept"] == kept


def test_relations_in_words_become_codes_and_the_head_is_marked(lake: Lake) -> None:
    record = city(lake, [person(), person(rybh="R2", yhzgx="孙子"), person(rybh="R3", yhzgx="表弟")], [])
    read_rows = [(row["relation"], row["is_head"]) for row in rows(lake, record, "person_record")]
    assert read_rows == [("02", True), ("41", False), (None, None)]
    assert found(record)["person_record:unknown_code:relation"] == 1


@pytest.mark.parametrize("odd", [{"a": 1}, [1], [], {}])
def test_an_object_or_an_array_is_no_key_and_no_name(lake: Lake, odd: Any) -> None:
    record = city(lake, [person(), person(rybh=odd), person(rybh="R3", xm=odd, hh=odd)], [city_item(rybh=odd)])
    assert quarantine(lake, record) == {
        (f"city_check:{part}-00001.json:row/{place}", "unreadable:record_key")
        for part, place in (("persons", 2), ("items", 1))}
    kept = {row["record_key"]: (row["name"], row["household_key"]) for row in rows(lake, record, "person_record")}
    assert kept == {"city_check:R1": ("王某", "city_check:H1"), "city_check:R3": (None, None)}
    assert found(record) == {"person_record:unreadable:household_key": 1, "person_record:unreadable:name": 1}


@pytest.mark.parametrize("text", ["{", "[历下]", "[", "{a}", "1", "true"])
def test_a_text_that_only_begins_like_an_object_is_one(lake: Lake, text: str) -> None:
    record = city(lake, [person(rybh=text, xm=text)], [])
    assert [(row["record_key"], row["name"]) for row in rows(lake, record, "person_record")] == [
        (f"city_check:{text}", text)]


@pytest.mark.parametrize(("word", "household"), [("无", None), ("/", None), ("无1", "city_check:无1")])
def test_a_word_for_nothing_in_the_place_of_a_household_number_joins_nobody(
    lake: Lake, word: str, household: str | None
) -> None:
    record = city(lake, [person(hh=word)], [])
    assert [row["household_key"] for row in rows(lake, record, "person_record")] == [household]


def test_a_consent_without_an_end_is_none_and_said_so(lake: Lake) -> None:
    record = city(lake, [person(sqyxq="长期")], [])
    assert rows(lake, record, "person_record")[0]["authorized_until"] is None
    assert found(record)["person_record:unreadable:authorized_until"] == 1
