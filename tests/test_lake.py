"""What the lake writes has the bytes of its rows alone, and a piece of work has a name of its own."""

import fcntl
from pathlib import Path

import pyarrow as pa
import pytest
from lowincome.errors import ContractBroken
from lowincome.lake import Lake, write_rows


def test_rows_that_came_in_pieces_have_the_bytes_of_rows_that_came_whole(tmp_path: Path) -> None:
    whole = pa.table({"n": range(50_000), "text": [f"第{number % 40_000}条记录的依据" for number in range(50_000)]})
    pieces = pa.concat_tables([whole.slice(0, 70), whole.slice(70, 30_000), whole.slice(30_070)])
    write_rows(whole, tmp_path / "whole")
    write_rows(pieces, tmp_path / "pieces")
    assert pieces.column("n").num_chunks == 3
    assert (tmp_path / "pieces").read_bytes() == (tmp_path / "whole").read_bytes()


@pytest.mark.parametrize("work", ["../register.db", "..", "a/b", "/tmp/a", ""])
def test_a_piece_of_work_whose_name_leads_elsewhere_is_refused_before_anything(tmp_path: Path, work: str) -> None:
    kept = tmp_path / "register.db"
    kept.write_text("rows", "utf-8")
    with pytest.raises(ContractBroken, match="named by no path"), Lake(tmp_path / "lake").alone(work):
        pass
    assert kept.read_text("utf-8") == "rows" and list(tmp_path.iterdir()) == [kept]


def test_two_pieces_of_work_of_one_name_take_turns(tmp_path: Path) -> None:
    held = Lake(tmp_path).alone("2026-11-22")
    with held, (tmp_path / "locks" / "2026-11-22").open("a") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
