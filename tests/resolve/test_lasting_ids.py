"""A person id lasts: from day to day, in any order, through more data, merges, splits and their undoing."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.resolve.small import Resolved, resolve, with_check_digit

FATHER, SON = with_check_digit("37010219600102231"), with_check_digit("37010219880304091")
TWO = {"name": "王建国", "birth": date(1960, 1, 2), "sex": 1}
ROSTER = {"key": "assistance_roster:J1/1", "id": FATHER, "family": "J1", **TWO}
INSURED = {"key": "medical_insurance:1", "id": FATHER, **TWO}
CHILD = {"key": "assistance_roster:J1/2", "name": "王小雨", "birth": date(2018, 3, 4), "sex": 2, "family": "J1"}
OTHER = {"key": "medical_insurance:9", "id": SON, "name": "李大力", "birth": date(1988, 3, 4), "sex": 1}
Record = Mapping[str, Any]


def same(left: str, right: str, verdict: str = "SAME") -> dict[str, Any]:
    return {"judgement_id": 1, "left_anchor": left, "right_anchor": right, "verdict": verdict}


def run_days(
    folder: Path, *days: Iterable[Record], judged: Mapping[int, list[dict[str, Any]]] | None = None
) -> list[Resolved]:
    found: list[Resolved] = []
    for number, records in enumerate(days):
        previous = found[-1].previous() if found else None
        judgements = (judged or {}).get(number, [])
        day = date(2026, 11, 22 + number)
        found.append(resolve(folder / str(number), records, previous, judgements, day))
    return found


def test_an_id_outlives_more_records_another_number_and_the_loss_of_the_number(tmp_path: Path) -> None:
    child_now_known = {**CHILD, "id": with_check_digit("37010220180304094")}
    days = run_days(tmp_path, [CHILD, ROSTER], [ROSTER, INSURED, child_now_known, OTHER], [CHILD, ROSTER])
    assert len({day.persons()[CHILD["key"]] for day in days}) == 1
    assert len({day.persons()[ROSTER["key"]] for day in days}) == 1
    assert days[1].persons()[INSURED["key"]] == days[0].persons()[ROSTER["key"]]


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    records: list[Record] = [ROSTER, INSURED, CHILD, OTHER, {**INSURED, "key": "city_check:7", "id": None}]
    first = resolve(tmp_path / "first", records).persons()
    for seed in range(3):
        shuffled = list(records)
        Random(seed).shuffle(shuffled)
        assert resolve(tmp_path / str(seed), shuffled).persons() == first


def test_a_dated_record_is_recognised_by_its_content_on_the_next_day(tmp_path: Path) -> None:
    rural = {"name": "王小雨", "birth": date(2018, 3, 4), "sex": 2, "family": "R1"}
    days = run_days(
        tmp_path,
        [{"key": "rural_revitalization:rr_monitor_20261122.csv:1", **rural}],
        [{"key": "rural_revitalization:rr_monitor_20261123.csv:8", **rural}],
    )
    assert set(days[0].persons().values()) == set(days[1].persons().values())


SEATED = {
    "rural": ("rural_revitalization:f{}.csv:1", {"name": "李大力", "birth": date(1988, 3, 4), "family": "R1"}),
    "province": ("province_check:SD{}/2", {"name": "李大力", "birth": date(1988, 3, 4), "family": "PH1"}),
    "federation": ("disabled_federation:cl_cert_{}.xlsx:S!2", {"name": "李大力", "phone": "13912345678"})}
"""Records without lasting keys, by what tells who they are beside the number."""
MISTYPED = SON[:-2] + str((int(SON[-2]) + 1) % 10) + SON[-1]


def seated(source: str, *numbers: str | None) -> list[list[Record]]:
    """One record on as many days, each time under another number, or none."""
    key, row = SEATED[source]
    return [[{"key": key.format(day), "id": number, **row}] for day, number in enumerate(numbers)]


@pytest.mark.parametrize("source", SEATED)
@pytest.mark.parametrize("numbers", [(None, SON), (SON, None), (MISTYPED, SON), (SON, MISTYPED, None, SON)])
def test_a_record_whose_number_comes_goes_or_is_corrected_is_the_same_person(
    tmp_path: Path, source: str, numbers: tuple[str | None, ...]
) -> None:
    days = run_days(tmp_path, *seated(source, *numbers))
    assert len({person for day in days for person in day.persons().values()}) == 1
    assert [day.table("person_event") for day in days] == [[]] * len(days)


def test_a_record_that_gains_the_number_of_somebody_known_is_merged_with_a_redirect(tmp_path: Path) -> None:
    without, with_number = seated("rural", None, SON)
    days = run_days(tmp_path, without, [*with_number, OTHER])
    (person,) = set(days[0].persons().values())
    assert set(days[1].persons().values()) == {person}
    apart = [*without, {**OTHER, "name": "李二"}]
    other_first = run_days(tmp_path / "other first", [OTHER], apart, [*with_number, OTHER])
    older, younger = other_first[0].persons()[OTHER["key"]], other_first[1].persons()[str(without[0]["key"])]
    assert set(other_first[2].persons().values()) == {older}
    assert other_first[2].table("person_redirect") == [{"person_id": younger, "leads_to": older}]


def test_the_id_stays_with_the_number_when_a_record_leaves_it_for_another(tmp_path: Path) -> None:
    first, second = seated("rural", SON, with_check_digit("37010219880304093"))
    days = run_days(tmp_path, [*first, OTHER], [*second, {**OTHER, "birth": None}])
    person = days[0].persons()[OTHER["key"]]
    assert days[1].persons()[OTHER["key"]] == person


def test_two_who_share_a_seat_are_not_known_by_it(tmp_path: Path) -> None:
    key, row = SEATED["rural"]
    twins: list[Record] = [{"key": key.format(0) + str(place), **row} for place in (1, 2)]
    days = run_days(tmp_path, twins, [{"key": key.format(1), "id": SON, **row}])
    assert not set(days[1].persons().values()) & set(days[0].persons().values())


def test_a_merge_keeps_the_older_id_leaves_a_redirect_and_is_recorded(tmp_path: Path) -> None:
    joined = {2: [same(ROSTER["key"], OTHER["key"])]}
    days = run_days(tmp_path, [ROSTER], [ROSTER, OTHER], [ROSTER, OTHER], judged=joined)
    older, younger = days[0].persons()[ROSTER["key"]], days[1].persons()[OTHER["key"]]
    assert days[2].persons() == {ROSTER["key"]: older, OTHER["key"]: older}
    assert days[2].table("person_redirect") == [{"person_id": younger, "leads_to": older}]
    event = days[2].table("person_event")[0]
    assert (event["event"], event["from_person_id"], event["to_person_id"]) == ("merged", younger, older)


def test_undoing_a_merge_gives_every_id_back(tmp_path: Path) -> None:
    days = run_days(
        tmp_path, [ROSTER, OTHER], [ROSTER, OTHER], [ROSTER, OTHER], judged={1: [same(ROSTER["key"], OTHER["key"])]}
    )
    assert len(set(days[1].persons().values())) == 1
    assert days[2].persons() == days[0].persons()
    assert days[2].table("person_anchor") == days[0].table("person_anchor")
    assert days[2].table("person_redirect") == []


def test_a_split_leaves_the_id_with_the_number_and_is_recorded(tmp_path: Path) -> None:
    different = same(ROSTER["key"], INSURED["key"], "DIFFERENT")
    both = [ROSTER, INSURED]
    days = run_days(tmp_path, both, both, both, judged={1: [different], 2: [different]})
    before = days[0].persons()[ROSTER["key"]]
    after = days[1].persons()
    assert len(set(after.values())) == 2
    assert before in after.values()
    assert [row["event"] for row in days[1].table("person_event")] == ["split"]
    assert days[2].persons() == after


def test_a_person_who_was_away_comes_back_under_the_same_id(tmp_path: Path) -> None:
    days = run_days(tmp_path, [CHILD, ROSTER], [ROSTER], [CHILD, ROSTER])
    assert days[2].persons()[CHILD["key"]] == days[0].persons()[CHILD["key"]]


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    records = [ROSTER, INSURED, CHILD, OTHER]
    first, second = resolve(tmp_path / "a", records), resolve(tmp_path / "b", records)
    for path in first.folder.iterdir():
        assert path.read_bytes() == (second.folder / path.name).read_bytes()


def test_what_people_decided_beats_the_number_and_the_score(tmp_path: Path) -> None:
    different = same(ROSTER["key"], INSURED["key"], "DIFFERENT")
    assert len(set(resolve(tmp_path / "a", [ROSTER, INSURED], judgements=[different]).persons().values())) == 2
    without_id = {**INSURED, "id": None, "phone": 13912345678}
    twin = {**ROSTER, "phone": 13912345678}
    assert len(set(resolve(tmp_path / "b", [twin, without_id]).persons().values())) == 1
    assert len(set(resolve(tmp_path / "c", [twin, without_id], judgements=[different]).persons().values())) == 2


def test_who_is_judged_to_be_the_holder_of_an_id_is_not_put_out_of_it(tmp_path: Path) -> None:
    put_out = {"key": "medical_insurance:3", "id": FATHER, "name": "王小明", "birth": date(1988, 3, 4), "sex": 1}
    records = [ROSTER, INSURED, put_out]
    assert len(resolve(tmp_path / "a", records).groups()) == 2
    judged = resolve(tmp_path / "b", records, judgements=[same(ROSTER["key"], put_out["key"])])
    assert judged.groups() == {frozenset(str(row["key"]) for row in records)}
    elsewhere = resolve(tmp_path / "c", [*records, OTHER], judgements=[same(OTHER["key"], put_out["key"])])
    assert elsewhere.groups() == {frozenset({ROSTER["key"], INSURED["key"]}), frozenset({OTHER["key"], put_out["key"]})}


def test_unsure_neither_merges_nor_splits(tmp_path: Path) -> None:
    unsure = same(ROSTER["key"], INSURED["key"], "UNSURE")
    assert len(set(resolve(tmp_path / "a", [ROSTER, INSURED], judgements=[unsure]).persons().values())) == 1
    unsure = same(ROSTER["key"], OTHER["key"], "UNSURE")
    assert len(set(resolve(tmp_path / "b", [ROSTER, OTHER], judgements=[unsure]).persons().values())) == 2


def test_a_doubt_is_put_before_people_until_somebody_judged_it(tmp_path: Path) -> None:
    twin = {"key": "medical_insurance:5", "name": "王建军", "birth": date(1960, 1, 2), "sex": 1, "phone": 13912345678}
    first = {**ROSTER, "phone": 13912345678}
    kinds = {row["kind"] for row in resolve(tmp_path / "a", [first, twin]).table("review_pair")}
    assert kinds == {"other_name"}
    for verdict in ("DIFFERENT", "UNSURE"):
        judged = [same(ROSTER["key"], twin["key"], verdict)]
        assert resolve(tmp_path / verdict, [first, twin], judgements=judged).table("review_pair") == []
