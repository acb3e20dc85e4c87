"""Errors reach whoever has to act, also from another process."""

import pickle

import pytest
from lowincome import __main__, ingest, steps
from lowincome.errors import AuditFailed, ContractBroken, PipelineError, SettingsInvalid, SourceUnavailable

FIELDS = {"what": "too late", "where": "city_check", "expected": "08:00", "found": "nothing", "next_step": "wait"}


@pytest.mark.parametrize("kind", [SourceUnavailable, ContractBroken, AuditFailed, SettingsInvalid])
def test_an_error_comes_whole_from_another_process(kind: type[PipelineError]) -> None:
    error = pickle.loads(pickle.dumps(kind(**FIELDS)))
    assert type(error) is kind
    assert {name: getattr(error, name) for name in FIELDS} == FIELDS
    assert str(error) == "city_check: too late; expected 08:00; found nothing; next: wait"


@pytest.mark.parametrize("said", ["no right to [/hd/openapi/persons]", "no [sinceDate] :key:", "[bold]a[/] \\[b]"])
def test_the_brackets_of_a_server_are_shown_as_they_are_and_stop_no_run(
    said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: str) -> None:
        raise ContractBroken(what=said, where="city_check")

    def publish(_: str) -> dict[str, str]:
        return {"state": "degraded", "folder": "out"}

    record = {"state": "missing", "rows_in": 0, "kept": 0, "quarantined": 0, "refused": 0}
    monkeypatch.setattr(ingest, "fetch", refuse)
    monkeypatch.setattr(ingest, "missing", lambda *_: record)
    monkeypatch.setattr(steps, "DAY", (publish,))
    assert __main__.main(["run", "--data-date", "2026-11-20"]) == 0
    assert f"city_check: {said}" in capsys.readouterr().err
    assert __main__.main(["fetch", "--source", "city_check", "--data-date", "2026-11-20"]) == 1
    assert f"city_check: {said}" in capsys.readouterr().err
