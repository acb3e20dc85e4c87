"""Two homes are the same when every file of lake and output is, and only then."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.engines import DIFFERS, REGROUPED, different

NAMES = ("lake/published/2026-11-21.json", "output/2026-11-21/flags.csv", "output/reports/2026-11.html")


@pytest.fixture
def homes(tmp_path: Path) -> tuple[Path, Path]:
    """Two homes of the same files."""
    for name in ("one", "other"):
        for file in NAMES:
            path = tmp_path / name / file
            path.parent.mkdir(parents=True)
            path.write_text(f"rows of {file}", "utf-8")
    return tmp_path / "one", tmp_path / "other"


def test_homes_of_the_same_bytes_do_not_differ_whoever_took_turns_in_them(homes: tuple[Path, Path]) -> None:
    held = homes[0] / "lake" / "locks" / "2026-11-21"
    held.parent.mkdir()
    held.touch()
    assert different(*homes) == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_the_same_size_and_other_bytes_differs(homes: tuple[Path, Path], name: str) -> None:
    content = (homes[0] / name).read_bytes()
    (homes[0] / name).write_bytes(content[:-1] + b"!")
    assert different(*homes) == {name: DIFFERS}


@pytest.mark.parametrize("side", [0, 1])
def test_a_file_that_one_home_lacks_differs(homes: tuple[Path, Path], side: int) -> None:
    (homes[side] / NAMES[0]).unlink()
    assert different(*homes) == {NAMES[0]: DIFFERS}


@pytest.mark.parametrize(("rows", "how"), [([1, 2, 3], REGROUPED), ([1, 3, 2], DIFFERS)])
def test_a_table_may_begin_its_groups_elsewhere_but_not_order_its_rows_otherwise(
    homes: tuple[Path, Path], rows: list[int], how: str
) -> None:
    pq.write_table(pa.table({"n": [1, 2, 3]}), homes[0] / "lake" / "part.parquet")
    pq.write_table(pa.table({"n": rows}), homes[1] / "lake" / "part.parquet", row_group_size=2)
    assert different(*homes) == {"lake/part.parquet": how}
