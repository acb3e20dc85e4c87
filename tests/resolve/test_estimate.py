"""Weights are counted from pairs that valid IDs label, into a new file and never into the model in use."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lowincome import engine, linkage
from lowincome.errors import ContractBroken
from lowincome.resolve.comparison import read_comparison
from lowincome.resolve.estimate import estimate, write_model
from lowincome.resolve.explain import comparable
from lowincome.resolve.model import SHIPPED, read_model

from tests.resolve.small import resolve, with_check_digit

DAY = "2026-11-22"


def counted(folder: Path, *phones: str) -> dict[str, float]:
    """The weights of a phone in one person: of pairs of a record of the roster and one of the insurer with a phone."""
    ids = [with_check_digit(f"37010219600102{number:03d}") for number in range(len(phones))]
    rows = [
        {"key": f"{source}:{number}", "id": one, "name": "王秀英", "birth": None, "phone": phone}
        for number, one in enumerate(ids)
        for source, phone in (("assistance_roster", "13800001234"), ("medical_insurance", phones[number]))]
    resolve(folder, rows)
    known: dict[str, engine.Input] = {path.stem: [path] for path in folder.glob("*.parquet")}
    model = estimate(comparable(known), folder / "scratch", read_comparison(), read_model())
    return dict(model.weights["same"]["phone"])


def test_a_level_weighs_its_share_of_the_labelled_pairs_and_half_a_pair_more(tmp_path: Path) -> None:
    weights = counted(tmp_path, *["13800001234"] * 7, *["13900009999"] * 2)
    assert weights == {"same": 0.75, "different": 0.25}


def test_a_side_that_does_not_say_counts_for_no_level(tmp_path: Path) -> None:
    assert counted(tmp_path, "13800001234", "") == {"same": 0.75, "different": 0.25}


def test_the_model_in_use_weighs_every_level_that_is_compared_and_no_other() -> None:
    levels = {attribute: list(levels) for attribute, levels in read_comparison().levels.items()}
    for weights in read_model().weights.values():
        assert {attribute: list(weights[attribute]) for attribute in weights} == levels


def test_a_model_that_is_written_is_read_back(tmp_path: Path) -> None:
    write_model(read_model(), tmp_path / "model.yaml")
    assert read_model(tmp_path / "model.yaml") == read_model()
    assert (tmp_path / "model.yaml").read_text("utf-8") == SHIPPED.read_text("utf-8")


def test_an_estimate_is_a_new_file_of_the_next_version_and_the_model_in_use_stays(
    run_day: Callable[..., Path], tmp_path: Path
) -> None:
    run_day()
    before = SHIPPED.read_bytes()
    assert linkage.estimate_linkage(DAY, tmp_path / "next.yaml") == read_model().version + 1
    assert read_model(tmp_path / "next.yaml").version == read_model().version + 1
    written = (tmp_path / "next.yaml").read_bytes()
    with pytest.raises(ContractBroken, match="--output"):
        linkage.estimate_linkage(DAY, tmp_path / "next.yaml")
    assert ((tmp_path / "next.yaml").read_bytes(), SHIPPED.read_bytes()) == (written, before)
