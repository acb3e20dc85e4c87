"""The machines' files: rows are written as they are read, a batch at a time, so a city's table is never held whole."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from lowincome.deliver.tables import write_csv, write_large_csv, write_listed

Write = Callable[[Path, Path], int]
ROWS = 200_000
"""Three batches of 65,536, and a part of one."""


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """Keys of so many records, some with a comma and some of no household."""
    rows = [(f"a{',' * (number % 1000 == 0)}:{number}", None if number % 7 else f"H{number}", number / 8)
            for number in range(ROWS)]
    table = dict(zip(("record_key", "household_id", "score"), map(list, zip(*rows, strict=True)), strict=True))
    pq.write_table(pa.table(table), tmp_path / "links.parquet", row_group_size=30_000)
    return tmp_path / "links.parquet"


def test_a_large_file_has_the_bytes_of_the_table_written_at_once(links: Path, tmp_path: Path) -> None:
    assert write_large_csv(links, tmp_path / "found.csv") == ROWS
    pacsv.write_csv(pq.read_table(links), tmp_path / "expected.csv", pacsv.WriteOptions(quoting_style="needed"))
    assert (tmp_path / "found.csv").read_bytes() == (tmp_path / "expected.csv").read_bytes()


@pytest.mark.parametrize("write", [write_csv, write_large_csv])
def test_a_batch_is_written_before_the_next_one_is_read(
    write: Write, links: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, read = [], pq.ParquetFile.iter_batches

    def watched(file: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
        for batch in read(file):
            sizes.append((tmp_path / "found.csv").stat().st_size)
            yield batch

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", watched)
    assert write(links, tmp_path / "found.csv") == ROWS
    assert len(sizes) > 3
    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("write", [write_csv, write_large_csv])
def test_of_no_rows_the_names_of_the_columns_are_written(write: Write, links: Path, tmp_path: Path) -> None:
    pq.write_table(pq.read_table(links).slice(0, 0), tmp_path / "empty.parquet")
    assert write(tmp_path / "empty.parquet", tmp_path / "found.csv") == 0
    assert (tmp_path / "found.csv").read_text("utf-8").replace('"', "") == "record_key,household_id,score\n"


def test_decimals_are_exact_and_without_trailing_zeros_and_nothing_is_empty(tmp_path: Path) -> None:
    amounts = pa.array([Decimal("12.50"), Decimal("100.00"), None], pa.decimal128(38, 2))
    pq.write_table(pa.table({"amount": amounts, "is_open": [True, False, None]}), tmp_path / "flags.parquet")
    assert write_csv(tmp_path / "flags.parquet", tmp_path / "flags.csv") == 3
    assert (tmp_path / "flags.csv").read_text("utf-8") == "amount,is_open\n12.5,True\n100,False\n,\n"


def test_what_is_listed_for_people_masks_a_key_that_is_an_id_and_loses_no_record(tmp_path: Path) -> None:
    alike = ("assistance_roster:370102196001022324/1", "assistance_roster:370102197001022324/1")
    keys, sources = (*alike, "city_check:R1", "city_check:R1"), ("roster", "roster", "city", "city")
    listed = pa.table({"source": sources, "record_key": keys, "reason": ["late"] * 4, "line": [None, 3, 1, 1]})
    pq.write_table(listed, tmp_path / "q.parquet")
    masked = "assistance_roster:3701**********2324/1,late,"
    for source, lines in {"roster": [masked, f"{masked}3"], "city": ["city_check:R1,late,1"] * 2, "none": []}.items():
        assert write_listed(tmp_path / "q.parquet", source, tmp_path / "q.csv") == len(lines)
        assert (tmp_path / "q.csv").read_text("utf-8").splitlines() == ["record_key,reason,line", *lines]
