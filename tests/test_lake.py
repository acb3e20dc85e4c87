"""What the lake writes has the bytes of its rows alone."""

from pathlib import Path

import pyarrow as pa
from lowincome.lake import write_rows


def test_rows_that_came_in_pieces_have_the_bytes_of_rows_that_came_whole(tmp_path: Path) -> None:
    whole = pa.table({"n": range(50_000), "text": [f"第{number % 40_000}条记录的依据" for number in range(50_000)]})
    pieces = pa.concat_tables([whole.slice(0, 70), whole.slice(70, 30_000), whole.slice(30_070)])
    write_rows(whole, tmp_path / "whole")
    write_rows(pieces, tmp_path / "pieces")
    assert pieces.column("n").num_chunks == 3
    assert (tmp_path / "pieces").read_bytes() == (tmp_path / "whole").read_bytes()
