"""Who is one person and who is not, case by case (persons.yaml)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.resolve.small import resolve, with_check_digit

CASES = yaml.safe_load((Path(__file__).parent / "persons.yaml").read_text("utf-8"))


def number(spec: dict[str, Any] | str | None) -> str | None:
    if not isinstance(spec, dict):
        return spec
    whole = with_check_digit(spec["stem"])
    if "legacy" in spec:
        return whole[:6] + whole[8:17]
    if "wrong" in spec or "passes" in spec:
        place = spec.get("wrong", spec.get("passes")) - 1
        changed = whole[:place] + str((int(whole[place]) + 1) % 10) + whole[place + 1 :]
        return with_check_digit(changed[:17]) if "passes" in spec else changed
    if "swapped" in spec:
        place = spec["swapped"] - 1
        return whole[:place] + whole[place + 1] + whole[place] + whole[place + 2 :]
    return whole


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_case(case: dict[str, Any], tmp_path: Path) -> None:
    records = [row | {"id": number(row.get("id"))} for row in case["records"]]
    together = {frozenset(group) for group in case["persons"]}
    alone = {frozenset([row["key"]]) for row in records} - {frozenset([key]) for group in together for key in group}
    assert resolve(tmp_path, records).groups() == together | alone
