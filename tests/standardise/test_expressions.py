"""Cells are read alike whether they are spelt as they should be, which is read at once, or in one of many odd ways."""

from collections.abc import Sequence

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.sources.standardise.mapping import expressions

DATES = (
    "2026-11-22", "2026-02-29", "2024-02-29", "2026-13-01", "0000-01-01", "9999-12-31", "19800131", "19801301",
    "00000000", "2026-11-22 10:11:12", "2026-11-22 24:00:00", "2026-11-22 23:59:60", "2026-11-22 10:11",
    "2026-1-2", "2026/11/22", "2026.11.22",
)
"""Real ones, impossible ones and their neighbours; the first kinds take the short way."""
NUMBERS = ("370102196001022324", "37010219600102232X", "37010219600102232x", "370102600102232", "0", "12345", "123456",
           "370102000000", "3701020000001", "+8613812345678", "138-1234-5678", "X", "12X3")


@pytest.mark.parametrize(("name", "texts"), [
    ("date", DATES), ("date_time", DATES), ("id", NUMBERS), ("digits", NUMBERS), ("area", NUMBERS), ("half", NUMBERS),
])
def test_a_cell_in_a_spreadsheets_armour_reads_as_without(name: str, texts: Sequence[str]) -> None:
    bare, armoured = read(name, texts), read(name, [f'="{text}"' for text in texts])
    assert bare == armoured
    assert any(bare)


@pytest.mark.parametrize("name", ["id", "digits", "area", "half"])
def test_full_width_digits_read_as_half_width_ones(name: str) -> None:
    wide = str.maketrans("0123456789X-", "０１２３４５６７８９Ｘ－")
    assert read(name, NUMBERS) == read(name, [text.translate(wide) for text in NUMBERS])


def test_a_date_that_is_none_is_not_read() -> None:
    texts = ["2026-02-29", "2026-02-28", "20260229", "20260228", "2026-02-28 24:00:00", "2026-02-28 23:00:00"]
    assert [value is not None for value in read("date_time", texts)] == [False, True, False, True, False, True]


@pytest.mark.parametrize(("name", "clock"), [
    ("date", ""), ("date_time", " 10:00:00"), ("local_time", " 10:00:00"), ("zoned_time", "T10:00:00+08:00"),
])
def test_a_year_from_1_to_9999_is_read_and_another_is_none(name: str, clock: str) -> None:
    days = ["0000-01-01", "0001-02-01", "9999-12-30", "10000-01-01", "-0001-01-01", "294247-01-10"]
    read_as = read(name, [day + clock for day in days])
    assert [value is not None for value in read_as] == [False, True, True, False, False, False]


AMOUNTS = ("0", "50", "-3", "100.1", "0.07", "-0.05", "123456789.99", "99999999999.99")


def test_an_amount_reads_the_same_with_the_noise_of_binary_numbers() -> None:
    noisy = [f"{text}{'' if '.' in text else '.'}000000000001" for text in AMOUNTS[:7]]
    assert read("yuan_number", AMOUNTS[:7]) == read("yuan_number", noisy)
    assert read("yuan_number", ["0.074", "1e2", "1e16", "x"]) == [None, "10000", None, None]


@pytest.mark.parametrize(("name", "most", "beyond"), [
    ("yuan", "99999999999.99", "100000000000.00"), ("yuan", "0099999999999.990", "9999999999999.99"),
    ("yuan_number", "99999999999.99", "100000000000"), ("yuan_number", "9.999999999999e10", "1e11"),
    ("yuan_cell", "99,999,999,999.994元", "99,999,999,999.995元"), ("yuan_cell", "99999999999.99", "100000000000"),
])
def test_an_amount_below_a_hundred_thousand_million_yuan_is_read_and_one_beyond_is_not(
    name: str, most: str, beyond: str
) -> None:
    read_as = read(name, [most, f"-{most}", beyond, f"-{beyond}"])
    assert read_as == ["9999999999999", "-9999999999999", None, None]


@pytest.mark.parametrize("zone", ["Z", "z", "+00:00", "+08:00", "-03:30"])
def test_a_time_with_its_zone_is_jinans_and_one_without_is_not_read(zone: str) -> None:
    assert read("zoned_time", [f"2026-11-01T10:00:00{zone}", "2026-11-01T10:00:00", f"x{zone}"])[1:] == [None, None]
    hours = {"Z": 18, "z": 18, "+00:00": 18, "+08:00": 10, "-03:30": 21}
    assert f" {hours[zone]}:" in str(read("zoned_time", [f"2026-11-01T10:00:00{zone}"])[0])


@pytest.mark.parametrize("edge", [" ", "\t", "\n", "\r", "\u3000", "\u200b", "\ufeff", "\u00a0", " \u3000\t"])
def test_white_space_goes_at_both_ends_and_stays_inside(edge: str) -> None:
    inside = f"王{edge}某"
    assert read("clean", [inside, edge + inside, inside + edge, edge + inside + edge, edge, ""], "{x}") == [
        inside, inside, inside, inside, None, None]


def read(name: str, texts: Sequence[str], cell: str = "{c}") -> list[str | None]:
    """The texts as one expression reads them, in their order."""
    sql = f"select cast({expressions()[name].replace(cell, 'c')} as varchar) as value from cell order by place"
    cells = pa.table({"c": pa.array(texts, pa.string()), "place": range(len(texts))})
    found: list[str | None] = engine.query(sql, {"cell": cells}).column("value").to_pylist()
    return found
