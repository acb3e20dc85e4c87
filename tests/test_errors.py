"""Errors reach whoever has to act, also from another process."""

import pickle

import pytest
from lowincome.errors import AuditFailed, ContractBroken, PipelineError, SettingsInvalid, SourceUnavailable

FIELDS = {"what": "too late", "where": "city_check", "expected": "08:00", "found": "nothing", "next_step": "wait"}


@pytest.mark.parametrize("kind", [SourceUnavailable, ContractBroken, AuditFailed, SettingsInvalid])
def test_an_error_comes_whole_from_another_process(kind: type[PipelineError]) -> None:
    error = pickle.loads(pickle.dumps(kind(**FIELDS)))
    assert type(error) is kind
    assert {name: getattr(error, name) for name in FIELDS} == FIELDS
    assert str(error) == "city_check: too late; expected 08:00; found nothing; next: wait"
