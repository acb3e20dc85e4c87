"""What the pages keep of a day, and for how long."""

from datetime import date, timedelta
from pathlib import Path

from lowincome.lake import Lake
from lowincome.web import prepare

from tests.web import world

D = world.D


def test_pages_older_than_a_week_are_removed_and_no_others(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    kept = [D - timedelta(days=back) for back in (-1, 0, 1, 7)]
    for day in [*kept, D - timedelta(days=8), date(2025, 1, 1)]:
        lake.pages(day, "run").mkdir(parents=True)
    prepare.remove_old(tmp_path / "pages", D)
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {day.isoformat() for day in kept}


def test_a_run_prepared_again_replaces_its_folder_whole(tmp_path: Path) -> None:
    world.build(tmp_path, (D,))
    folder = Lake(tmp_path / "lake").pages(D, f"run-{D}")
    (folder / "370102" / "left_over.parquet").write_bytes(b"")
    world.prepare_day(tmp_path / "lake", D, world.HOUSEHOLDS)
    assert {path.name for path in (folder / "370102").iterdir()} == {f"{name}.parquet" for name in prepare.TABLES}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_every_district_has_every_table_also_where_nothing_is_flagged(tmp_path: Path) -> None:
    world.prepare_day(tmp_path, D, {"H370102000001": "370102"})
    files = list(Lake(tmp_path).pages(D, f"run-{D}").rglob("*.parquet"))
    assert len(files) == len(prepare.district_names()) * len(prepare.TABLES)
