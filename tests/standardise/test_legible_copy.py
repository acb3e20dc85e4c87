"""What the engine stops at costs the line or the row in which it stands, and no other."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from lowincome.lake import Lake, create_file, open_file
from lowincome.sealed import is_sealed
from lowincome.sources.standardise.documents import LONGEST_LINE
from lowincome.sources.standardise.legible_copy import legible_copies

from tests.landing_of import items, page
from tests.standardise.deliveries import (
    SOURCES,
    city_item,
    deliver,
    insured,
    person,
    province,
    quarantine,
    report,
    rows,
    settlement,
)

END = b"\n"
HALVES = [b"\xff", "张".encode()[:2], b"\\ud800", b"\\udc00"]


def line(number: str, address: bytes = b"") -> bytes:
    whole = json.dumps(report(number), ensure_ascii=False).encode()
    return whole.replace(b'"address": ""', b'"address": "%s"' % address)


def lines(lake: Lake, *texts: bytes, end: bytes = END, door: bool = False) -> dict[str, Any]:
    content = gzip.compress(end.join(texts), compresslevel=1, mtime=0)
    return deliver(lake, "province_check", {"f1.ndjson.gz": ("reports", content)}, door=door)


def numbers(lake: Lake, record: dict[str, Any]) -> list[str]:
    return sorted(row["report_no"] for row in rows(lake, record, "check_report"))


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_with_half_a_character_is_quarantined_and_the_rest_is_kept(lake: Lake, half: bytes, end: bytes) -> None:
    record = lines(lake, line("SD1"), b"", line("SD2", half), line("SD3"), end=end, door=True)
    assert (record["state"], numbers(lake, record)) == ("ok", ["SD1", "SD3"])
    assert quarantine(lake, record) == {("province_check:f1.ndjson.gz:line/3", "not_json")}
    assert (record["rows_in"], record["kept"], record["quarantined"]) == (3, 2, 1)
    arrived = {(row["record_key"], row["file"], row["line"]) for row in rows(lake, record, "arrival")}
    assert ("province_check:SD3/1", "f1.ndjson.gz", 4) in arrived


@pytest.mark.parametrize(("length", "kept"), [
    (LONGEST_LINE - 2, 1), (LONGEST_LINE - 1, 0), (LONGEST_LINE + 1, 0), (3 * LONGEST_LINE, 0)])
def test_a_line_that_is_too_long_is_quarantined_and_the_rest_is_kept(lake: Lake, length: int, kept: int) -> None:
    long = line("SD2", b"x" * (length - len(line("SD2"))))
    record = lines(lake, line("SD1"), long, line("SD3", b"\xff"), line("SD4"))
    assert len(long) == length
    assert numbers(lake, record) == sorted(["SD1", "SD4", *["SD2"] * kept])
    assert (record["rows_in"], record["quarantined"]) == (4, 2 - kept)


@pytest.mark.parametrize("shift", [-1, 0, 1, 2])
def test_a_line_may_end_where_the_engine_fills_its_buffer_anew(lake: Lake, shift: int) -> None:
    first = [line("SD1", b"x" * (LONGEST_LINE // 4))] * 3
    pad = LONGEST_LINE + shift - sum(len(text) + 1 for text in first) - len(line("SD2")) - 1
    record = lines(lake, *first, line("SD2", b"x" * pad), line("SD3"), line("SD4"))
    assert (numbers(lake, record), record["rows_in"]) == (["SD1", "SD2", "SD3", "SD4"], 6)


def test_a_file_that_is_cut_off_is_still_refused(lake: Lake) -> None:
    content = gzip.compress(line("SD1"), mtime=0)[:-20]
    record = deliver(lake, "province_check", {"f1.ndjson.gz": ("reports", content)})
    assert (record["state"], record["tables"]) == ("refused", {})


@pytest.mark.parametrize("half", HALVES)
def test_a_row_of_a_page_with_half_a_character_is_quarantined_and_the_rest_is_kept(lake: Lake, half: bytes) -> None:
    persons = page(person(), person(rybh="R2", xm="@"), person(rybh="R3", xm="张�"), person(rybh="R4", xm="张𫖯"))
    files = {"persons-00001.json": ("persons", persons.replace(b"@", half)),
             "items-00001.json": ("items", page(city_item(), city_item(rybh="R3", sjly="@")).replace(b"@", half))}
    record = deliver(lake, "city_check", files, door=True, totals={"persons": 4, "items": 2})
    assert quarantine(lake, record) == {("city_check:persons-00001.json:row/2", "not_json"),
                                        ("city_check:items-00001.json:row/2", "not_json")}
    kept = {row["record_key"]: row["name"] for row in rows(lake, record, "person_record")}
    assert kept == {"city_check:R1": "王某", "city_check:R3": "张�", "city_check:R4": "张𫖯"}
    assert [row["amount_fen"] for row in rows(lake, record, "economic_fact")] == [1200]
    assert (record["state"], record["rows_in"], record["kept"], record["quarantined"]) == ("ok", 4, 3, 1)


def test_what_cannot_be_read_beside_the_rows_costs_none(lake: Lake) -> None:
    files = {"insured-00001.json": ("insured", items(insured()).replace(b"null}", b'"\\ud800"}')),
             "settlements-00001.json": ("settlements", items(settlement()))}
    record = deliver(lake, "medical_insurance", files)
    assert (record["state"], record["rows_in"], record["kept"], record["facts"]["kept"]) == ("ok", 1, 1, 1)


def test_a_page_that_is_cut_off_is_still_refused(lake: Lake) -> None:
    files = {"persons-00001.json": ("persons", page(person())[:-1]), "items-00001.json": ("items", page())}
    assert deliver(lake, "city_check", files)["state"] == "refused"


def test_a_good_delivery_is_read_as_it_was_landed(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lowincome.sources.standardise.day.legible_copies", None)
    assert province(lake, report())["kept"] == 1


def test_a_copy_of_a_sealed_file_is_sealed(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path / "keys.yaml"
    keys.write_text(f"active: a\nkeys:\n  a: '{'11' * 32}'")
    keys.chmod(0o600)
    monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(keys))
    path = tmp_path / "f1.ndjson.gz"
    with create_file(path) as file:
        file.write(gzip.compress(line("SD1", b"\xff") + b"\n" + line("SD2")))
    spec = SOURCES["province_check"]
    (copy,) = legible_copies(spec, spec.tables[0], [path], tmp_path / "copies")
    assert is_sealed(copy)
    with open_file(copy) as content:
        assert gzip.decompress(content.read()) == b"?\r\n" + line("SD2") + b"\r\n"
