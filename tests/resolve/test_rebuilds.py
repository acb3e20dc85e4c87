"""What rebuilds may not do, however data arrive, whatever the model says and how much more there is.

Fifty rebuilds of one small population: no judgement is lost, nobody held apart is joined, the same model and the same
data give the same persons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from lowincome.resolve.model import Model, read_model

from tests.resolve.population import Record, number_of, population
from tests.resolve.small import DAY, Resolved, resolve, with_check_digit

REBUILDS = 50
PEOPLE = population(24, 1)
BY_HUMAN = {name: [row["key"] for row in PEOPLE if number_of(row) == name] for name in {number_of(r) for r in PEOPLE}}


def judged(number: int, left: str, right: str, verdict: str) -> dict[str, Any]:
    low, high = sorted((left, right))
    return {"judgement_id": number, "left_anchor": low, "right_anchor": high, "verdict": verdict}


def lasting(keys: Iterable[str]) -> list[str]:
    """Records that a judgement can name by their key; those of dated reports have a digest of their content."""
    return [key for key in keys if not key.startswith("province_check")]


def judgements() -> list[dict[str, Any]]:
    """Against the evidence, both ways: records of one human are DIFFERENT, records of two humans are the SAME."""
    several = [keys for _, keys in sorted(BY_HUMAN.items()) if len(lasting(keys)) > 1]
    apart = [(keys[0], lasting(keys)[-1], "DIFFERENT") for keys in several[:5]]
    heads = [keys[0] for keys in several[5:11]]
    together = [(left, right, "SAME") for left, right in zip(heads[::2], heads[1::2], strict=True)]
    return [judged(number, *pair) for number, pair in enumerate([*apart, *together], start=1)]


JUDGED = judgements()


def models() -> list[Model]:
    """The shipped model and four whose every weight is up to a third off."""
    shipped = read_model()
    return [shipped, *(perturbed(shipped, Random(seed)) for seed in range(4))]


def perturbed(model: Model, chance: Random) -> Model:
    """The model with other weights, as a later estimate would give."""
    weights = {
        kind: {name: {level: min(1.0, weight * chance.uniform(2 / 3, 4 / 3)) for level, weight in levels.items()}
               for name, levels in attributes.items()}
        for kind, attributes in model.weights.items()
    }
    return replace(model, version=model.version + 1, weights=weights)


def shuffled(records: Iterable[Record], chance: Random) -> list[Record]:
    rows = list(records)
    chance.shuffle(rows)
    return rows


def lost_or_joined_again(found: Resolved) -> list[Mapping[str, Any]]:
    """Judgements that a rebuild did not heed."""
    persons = found.persons()
    heeded = {(row["left_key"], row["right_key"], row["verdict"]) for row in found.table("judged_pair")}
    return [
        row for row in JUDGED
        if (row["left_anchor"], row["right_anchor"], row["verdict"]) not in heeded
        or (persons[row["left_anchor"]] == persons[row["right_anchor"]]) != (row["verdict"] == "SAME")
    ]


def test_the_judgements_go_against_what_the_evidence_says(tmp_path: Path) -> None:
    persons = resolve(tmp_path, PEOPLE).persons()
    said = {(row["verdict"], persons[row["left_anchor"]] == persons[row["right_anchor"]]) for row in JUDGED}
    assert said == {("DIFFERENT", True), ("SAME", False)}


def test_fifty_rebuilds_lose_no_judgement_join_nobody_again_and_give_one_partition_a_model(tmp_path: Path) -> None:
    """Day after day under changing models; each day is replayed from its own start with the rows in another order."""
    chance, previous, by_model = Random(50), None, {}
    for number in range(REBUILDS // 2):
        model_no, day = number % len(MODELS), DAY + timedelta(days=number)
        built, replayed = (
            resolve(tmp_path / f"{number}{run}", shuffled(PEOPLE, chance), previous, JUDGED, day, MODELS[model_no])
            for run in ("first", "replay")
        )
        assert lost_or_joined_again(built) == lost_or_joined_again(replayed) == []
        assert replayed.persons() == built.persons()
        assert built.groups() == by_model.setdefault(model_no, built.groups())
        previous = built.previous()


MODELS = models()


def test_the_models_differ_in_what_they_think_of_a_pair(tmp_path: Path) -> None:
    scores = {resolve(tmp_path / str(number), PEOPLE, model=model).table("placed_pair")[0]["score"]
              for number, model in enumerate(MODELS)}
    assert len(scores) == len(MODELS)


def test_ten_times_the_data_change_no_id_of_those_they_do_not_touch(tmp_path: Path) -> None:
    before = resolve(tmp_path / "before", PEOPLE, judgements=JUDGED)
    more = [*PEOPLE, *(row for seed in range(2, 12) for row in population(24, seed))]
    assert len(more) > 10 * len(PEOPLE)
    tomorrow = DAY + timedelta(days=1)
    for name, previous in (("next", before.previous()), ("rebuilt", None)):
        after = resolve(tmp_path / name, shuffled(more, Random(10)), previous, JUDGED, tomorrow)
        assert {key: person for key, person in after.persons().items() if key in before.persons()} == before.persons()
        assert lost_or_joined_again(after) == []


HOLDER = {"key": "assistance_roster:J1/1", "id": with_check_digit("37010219600102931"), "name": "王建国",
          "birth": date(1960, 1, 2), "sex": 1}
SURE = {"key": "medical_insurance:1", "name": "王建国", "birth": date(1960, 1, 2), "sex": 1}
DOUBTFUL = {**SURE, "id": "370103197503045555"}
WORSE = {**DOUBTFUL, "sex": 2}


def score(found: Resolved) -> float:
    (pair,) = found.table("placed_pair")
    return float(pair["score"])


def is_joined(found: Resolved) -> bool:
    return len(set(found.persons().values())) == 1


def test_between_stay_and_join_a_pair_stays_together_and_is_not_joined_anew(tmp_path: Path) -> None:
    shipped, tomorrow = read_model(), DAY + timedelta(days=1)
    sure = resolve(tmp_path / "sure", [HOLDER, SURE])
    stays = resolve(tmp_path / "stays", [HOLDER, DOUBTFUL], sure.previous(), day=tomorrow)
    anew = resolve(tmp_path / "anew", [HOLDER, DOUBTFUL])
    assert shipped.stay < score(stays) == score(anew) < shipped.join
    assert is_joined(sure)
    assert is_joined(stays)
    assert not is_joined(anew)
    assert not is_joined(resolve(tmp_path / "never", [HOLDER, DOUBTFUL], anew.previous(), day=tomorrow))


def test_a_record_of_a_dated_file_stays_too_known_again_by_its_content(tmp_path: Path) -> None:
    today, tomorrow = (
        {**DOUBTFUL, "key": f"rural_revitalization:rr_monitor_{day}.csv:{row}"}
        for day, row in (("20261122", 1), ("20261123", 8)))
    easy = replace(read_model(), join=read_model().stay)
    joined = resolve(tmp_path / "joined", [HOLDER, today], model=easy)
    assert is_joined(joined)
    assert is_joined(resolve(tmp_path / "b", [HOLDER, tomorrow], joined.previous(), day=DAY + timedelta(days=1)))
    assert not is_joined(resolve(tmp_path / "anew", [HOLDER, tomorrow]))


def test_below_stay_a_pair_parts(tmp_path: Path) -> None:
    sure = resolve(tmp_path / "sure", [HOLDER, SURE])
    parted = resolve(tmp_path / "parted", [HOLDER, WORSE], sure.previous(), day=DAY + timedelta(days=1))
    assert score(parted) < read_model().stay
    assert not is_joined(parted)


@pytest.mark.parametrize(("was_together", "threshold"), [(True, "stay"), (False, "join")])
def test_only_the_threshold_that_asks_decides(tmp_path: Path, was_together: bool, threshold: str) -> None:
    first = resolve(tmp_path / "first", [HOLDER, SURE if was_together else {**SURE, "name": "李大力"}])
    at = score(resolve(tmp_path / "score", [HOLDER, DOUBTFUL]))
    joined = []
    for name, level in (("just", at), ("over", at + 1e-6)):
        model = replace(read_model(), **{threshold: level})
        found = resolve(tmp_path / name, [HOLDER, DOUBTFUL], first.previous(), day=DAY + timedelta(days=1), model=model)
        joined.append(is_joined(found))
    assert joined == [True, False]
