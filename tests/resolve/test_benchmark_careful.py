"""What other ways are given is readied with care, so that a table of results does not flatter the pipeline."""

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.resolution import labelled, truth
from benchmarks.resolution.careful import checked, readied, trimmed

VALID, UPGRADED = "370102196001022324", "370102600102232"


@pytest.mark.parametrize(("written", "found"), [
    (VALID, VALID), (VALID[:-1] + "5", None), (VALID[:-1], None), ("37010260010223A", None), ("", None), (None, None)])
def test_a_number_is_kept_where_its_check_digit_fits_and_is_missing_elsewhere(
    written: str | None, found: str | None
) -> None:
    (number,) = checked(pd.Series([written], dtype="str"))
    assert number == found if found else pd.isna(number)


def test_fifteen_digits_become_the_eighteen_of_the_last_century() -> None:
    (number,) = checked(pd.Series([UPGRADED]))
    assert number == VALID


@pytest.mark.parametrize(("written", "name"), [
    ("王 秀\u3000英", "王秀英"), ("阿里·买买提", "阿里买买提"), ("王秀英(已故)", "王秀英"), ("王秀英", "王秀英")])
def test_names_lose_spaces_dots_and_notes_and_nothing_else(written: str, name: str) -> None:
    assert list(trimmed(pd.Series([written]))) == [name]


def test_eighteen_characters_that_are_no_valid_number_still_stand_as_written() -> None:
    mistyped = VALID[:-1] + "5"
    numbers = [VALID, UPGRADED, mistyped, mistyped[:-1], None]
    count = len(numbers)
    frame = readied(pa.table({
        "id_raw": numbers, "name": ["王秀英"] * count, "birth_date": pa.array([date(1960, 1, 2)] * count)}))
    written = frame["id_written"]
    assert list(written[:3]) == [VALID, VALID, mistyped]
    assert written[3:].isna().all()


def test_what_ways_are_taught_with_is_another_city_than_the_one_they_are_measured_on() -> None:
    taught, measured = labelled.city(200), truth.records(11, 200)
    assert set(taught["id_no"].dropna()).isdisjoint(measured["id_raw"].to_pylist())
    assert "person_no" in taught
