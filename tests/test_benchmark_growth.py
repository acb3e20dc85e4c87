"""How costs grow is read from kept figures and from nothing else."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.growth import plots
from benchmarks.growth.figures import Day, exponent, local_exponents, of_change, read_days

SIZES = (1_000, 10_000, 100_000)


def grown(power: float) -> list[Day]:
    """Days of three sizes on which 2 % changed, and whose cost is a power of the size."""
    return [Day(size, 2 * size, 2.0, (size / 1_000) ** power, 500) for size in SIZES]


@pytest.mark.parametrize("power", [0, 0.5, 1])
def test_the_exponent_is_the_power_by_which_costs_grow(power: float) -> None:
    assert exponent(grown(power)) == pytest.approx(power)
    assert local_exponents(grown(power)) == pytest.approx([power, power])


def test_days_are_told_by_change_and_without_the_start_of_python(tmp_path: Path) -> None:
    cost = {"cpu": 12.0, "peak_mb": 500.0}
    steps = [{"name": "one process", "day": f"2026-11-2{day}", "cost": cost | {"cpu": 12.0 + run}}
             for day in (1, 2) for run in (0, 1, 7)]
    told = {"size": {"persons": 10, "records": 20}, "changed": [0.5], "idle": {"cpu": 2.0},
            "steps": [*steps, {"name": "resolve", "day": "2026-11-21", "cost": {"cpu": 99.0, "peak_mb": 9.0}}]}
    (tmp_path / "day_10.json").write_text(json.dumps(told), "utf-8")
    days = read_days([tmp_path / "day_10.json"])
    assert days == [Day(10, 20, None, 11.0, 500.0), Day(10, 20, 0.5, 11.0, 500.0)]
    assert of_change(days, 0.5) == days[1:]


def test_of_days_on_which_as_much_changed_the_last_counts(tmp_path: Path) -> None:
    steps = [{"name": "one process", "day": f"2026-11-2{day}", "cost": {"cpu": 10.0 * day, "peak_mb": 1.0}}
             for day in (1, 2, 3)]
    told = {"size": {"persons": 10, "records": 20}, "changed": [2.0, 2.0], "idle": {"cpu": 2.0}, "steps": steps}
    (tmp_path / "day_10.json").write_text(json.dumps(told), "utf-8")
    assert [day.cpu for day in read_days([tmp_path / "day_10.json"])] == [8.0, 28.0]


def test_every_size_is_drawn_however_many_there_are() -> None:
    days = [Day(1_000 * size, 1, changed, 1.0 * size, 500) for size in range(1, 9) for changed in (2.0, 10.0)]
    assert all(f"{1_000 * size:,} persons" in plots.drawn(days)["cost_by_change"] for size in range(1, 9))


def test_plots_are_well_formed_and_the_same_for_the_same_figures() -> None:
    drawn = plots.drawn(grown(0.5))
    assert drawn == plots.drawn(grown(0.5)) != plots.drawn(grown(1))
    assert {ElementTree.fromstring(picture).tag for picture in drawn.values()} == {"{http://www.w3.org/2000/svg}svg"}
