"""Links against a truth, on partitions small enough to count by hand."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from lowincome import engine, linkage, schema
from lowincome.__main__ import main
from lowincome.errors import ContractBroken
from lowincome.lake import Lake, write_table
from lowincome.resolve.evaluate import SQL, evaluate, read_apart, read_truth
from lowincome.settings import read_settings

DAY = "2026-11-22"
MOTHER, REPORTED = "assistance_roster:J1/1", "province_check:SD1/1"
Row = dict[str, Any]


def told(*persons: str, kind: str = "clean") -> list[Row]:
    """`"a1 a2", "b1"`: two persons, the first of two records."""
    return [{"record_key": key, "person_no": keys[0], "kind": kind} for keys in persons for key in keys.split()]


def found(*persons: str) -> pa.Table:
    links = [{"record_key": key, "person_id": f"P{no}"} for no, keys in enumerate(persons) for key in keys.split()]
    return pa.Table.from_pylist(links, pa.schema({"record_key": pa.string(), "person_id": pa.string()}))


def quality(truth: Iterable[Row], links: pa.Table) -> Row:
    row: Row = evaluate(pa.Table.from_pylist(list(truth)), links)["quality"][0]
    return row


def shares(row: Row, prefix: str = "") -> list[Any]:
    return [row[f"{prefix}{name}"] for name in ("precision", "recall", "f1")]


def test_links_that_are_the_truth_are_right_in_everything() -> None:
    row = quality(told("a1 a2 a3", "b1 b2", "c1"), found("c1", "b2 b1", "a3 a1 a2"))
    assert shares(row) == shares(row, "cluster_") == [1, 1, 1]
    assert (row["wrong_pairs"], row["missed_pairs"], row["lost"], row["exact_persons"]) == (0, 0, 0, 3)


def test_one_record_in_the_wrong_person_is_counted_over_pairs_and_over_persons() -> None:
    """Four real pairs, two found (a1-a2, a3-b1), one right; of four persons found and three real only c is right."""
    row = quality(told("a1 a2 a3", "b1 b2", "c1"), found("a1 a2", "a3 b1", "b2", "c1"))
    assert shares(row) == pytest.approx([1 / 2, 1 / 4, 1 / 3])
    assert shares(row, "cluster_") == pytest.approx([1 / 4, 1 / 3, 2 / 7])
    assert (row["wrong_pairs"], row["missed_pairs"]) == (1, 3)


def test_a_person_with_a_strangers_record_beside_all_of_its_own_is_not_exactly_right() -> None:
    assert quality(told("a1 a2", "b1"), found("a1 a2 b1"))["exact_persons"] == 0


def test_a_lost_record_is_missed_with_each_of_its_persons_others() -> None:
    row = quality(told("a1 a2 a3", "b1"), found("a1 a2", "b1"))
    assert shares(row) == pytest.approx([1, 1 / 3, 1 / 2])
    assert shares(row, "cluster_") == pytest.approx([1 / 2, 1 / 2, 1 / 2])
    assert (row["records"], row["lost"], row["missed_pairs"]) == (4, 1, 2)


def test_two_lost_records_of_two_persons_are_not_one_person() -> None:
    row = quality(told("a1", "b1", "c1 c2"), found("c1 c2"))
    assert (row["wrong_pairs"], row["found_persons"], row["real_persons"], row["exact_persons"]) == (0, 1, 3, 1)


def test_where_nothing_is_linked_there_is_no_precision() -> None:
    assert shares(quality(told("a1 a2"), found())) == [None, 0, 0]


def test_records_that_the_truth_does_not_tell_are_no_mistakes() -> None:
    assert shares(quality(told("a1 a2"), found("a1 a2 x1", "x2"))) == [1, 1, 1]


def test_each_kind_of_record_has_its_own_share() -> None:
    """Of the mistyped b2 the pair is missed, and a wrong one found; of the clean ones a1-a2 is right, a2-b2 wrong."""
    truth = [*told("a1 a2", "b1"), {"record_key": "b2", "person_no": "b", "kind": "mistyped_id"}]
    by_kind = evaluate(pa.Table.from_pylist(truth), found("a1 a2 b2", "b1"))["quality_by_kind"]
    rows = {row["kind"]: row for row in by_kind}
    assert shares(rows["mistyped_id"]) == [0, 0, 0]
    assert shares(rows["clean"]) == pytest.approx([2 / 4, 2 / 3, 4 / 7])
    assert (rows["clean"]["records"], rows["clean"]["wrong"], rows["clean"]["missed"]) == (3, 2, 1)
    assert (rows["mistyped_id"]["wrong"], rows["mistyped_id"]["missed"]) == (2, 1)


def test_lost_records_of_a_kind_are_missed_and_not_mates_of_each_other() -> None:
    rows = evaluate(pa.Table.from_pylist(told("a1 a2", "b1 b2")), found("a1", "b1"))["quality_by_kind"]
    assert [(row["lost"], row["wrong"], row["missed"], row["recall"]) for row in rows] == [(2, 0, 4, 0)]


def test_persons_who_must_stay_apart_are_counted_when_any_record_of_both_meets() -> None:
    truth = pa.Table.from_pylist(told("a1 a2", "b1 b2", "c1", "d1"))
    apart = pa.table({"person_no": ["a", "a", "c"], "other_no": ["b", "c", "d"], "kind": ["twin", "other_id", "twin"]})
    rows = {row["kind"]: row for row in evaluate(truth, found("a1 a2 b1", "b2", "c1", "d1"), apart)["must_not_merge"]}
    assert rows["twin"] == {"kind": "twin", "planted": 2, "merged": 1, "wrong_pairs": 2}
    assert rows["other_id"] == {"kind": "other_id", "planted": 1, "merged": 0, "wrong_pairs": 0}


def test_two_lost_records_have_not_met() -> None:
    apart = pa.table({"person_no": ["a"], "other_no": ["b"], "kind": ["twin"]})
    rows = evaluate(pa.Table.from_pylist(told("a1", "b1")), found(), apart)["must_not_merge"]
    assert [(row["planted"], row["merged"]) for row in rows] == [(1, 0)]


@pytest.mark.parametrize("text", [
    "record_key,person_no\na,1\n", "", "record_key,person_no,kind\n", "record_key,person_no,kind\na,1,x\na,2,x\n",
    "record_key,person_no,kind\na,,x\n"], ids=["column missing", "empty", "no record", "told twice", "nobody"])
def test_a_truth_that_cannot_be_one_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "truth.csv").write_text(text)
    with pytest.raises(ContractBroken, match=r"truth\.csv"):
        read_truth(tmp_path / "truth.csv")


def test_persons_to_keep_apart_must_be_of_the_truth(tmp_path: Path) -> None:
    (tmp_path / "apart.csv").write_text("person_no,other_no,kind\na,b,twin\n")
    truth = pa.Table.from_pylist(told("a1", "b1"))
    assert read_apart(tmp_path / "apart.csv", truth).num_rows == 1
    with pytest.raises(ContractBroken, match="found 1"):
        read_apart(tmp_path / "apart.csv", pa.Table.from_pylist(told("a1")))


def test_a_record_is_linked_lost_replaced_or_unknown() -> None:
    def keys(*names: str) -> pa.Table:
        return pa.table({"record_key": pa.array(names, pa.string())})

    tables: dict[str, engine.Input] = {
        "truth": keys("current lost", "linked", "never", "refused", "replaced", "withdrawn subsidy"),
        "person_link": keys("linked"), "current_record": keys("linked", "current lost"),
        "rejected_record": keys("refused"), "person_record": keys("linked", "current lost", "replaced"),
        "subsidy": keys("withdrawn subsidy")}
    states = engine.query(SQL / "truth_state.sql", tables)["state"].to_pylist()
    assert states == ["lost", "linked", "unknown", "lost", "replaced", "replaced"]


def test_the_verb_prints_tables_of_a_published_day_and_refuses_records_that_the_day_never_had(
    run_day: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_day()
    truth, apart = tmp_path / "truth.csv", tmp_path / "apart.csv"
    truth.write_text(f"record_key,person_no,kind\n{MOTHER},1,clean\n{REPORTED},1,missing_id\n")
    apart.write_text("person_no,other_no,kind\n1,1,twin\n")
    arguments = ["evaluate-linkage", "--data-date", DAY, "--truth", str(truth), "--apart", str(apart)]
    assert main(arguments) == 0
    lines = [line.split() for line in capsys.readouterr().err.splitlines()]
    assert ["关联结果与真值对照：共", "2", "条记录，其中丢失", "0", "条"] in lines
    assert ["links", "against", "the", "truth:", "2", "records,", "0", "of", "them", "lost"] in lines
    assert ["真值中有", "0", "条记录已被较新的记录取代，未计入"] in lines
    assert ["记录对", "1.00000", "1.00000", "1.00000", "1", "1", "0", "0"] in lines
    assert ["missing_id", "1", "0", "1.00000", "1.00000", "1.00000", "0", "0"] in lines
    assert ["twin", "1", "1", "4", "400000.00"] in lines
    assert ["合计", "1", "1", "4", "400000.00"] in lines
    truth.write_text(f"record_key,person_no,kind\n{MOTHER},1,clean\ncity_check:CR9,1,clean\n")
    assert main(arguments[:-2]) == 1
    assert "found 1, among them city_check:CR9" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("refused_on", "is_known"), [("2026-11-20", True), ("2026-11-23", False)])
def test_what_was_refused_on_an_earlier_day_is_lost_and_not_unknown(
    run_day: Callable[..., Path], tmp_path: Path, refused_on: str, is_known: bool
) -> None:
    run_day()
    row = {"source": "city_check", "record_key": "city_check:CR9", "table_name": "person_record", "line": 1}
    lake = Lake(read_settings().lake)
    stored = lake.partition("standardised", "rejected_record", date.fromisoformat(refused_on), "city_check")
    write_table(pa.Table.from_pylist([row], schema.TABLES["rejected_record"]), stored)
    truth = tmp_path / "truth.csv"
    truth.write_text(f"record_key,person_no,kind\n{MOTHER},1,clean\ncity_check:CR9,1,clean\n")
    if is_known:
        assert linkage.evaluate_linkage(DAY, truth)["quality"][0]["lost"] == 1
    else:
        with pytest.raises(ContractBroken, match="city_check:CR9"):
            linkage.evaluate_linkage(DAY, truth)
