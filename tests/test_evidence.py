"""Evidence packs: they say what is known of one person, of nobody else, and no byte of them can be changed unseen."""

import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lowincome import __main__
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.evidence import Asked, make_pack, packed, salted
from lowincome.register import chain, traces
from lowincome.settings import PROJECT
from lowincome.trace_verbs import Places

from scripts import verify_evidence
from tests.conftest import day_runner
from tests.small_day import MOTHER, D, answer, flags, parquet, roster

OTHER = {"name": "李外人", "id_no": "370102199003070018", "phone": "13900009999", "address": "别处小区七号"}
ASKED = Asked("auditor Zhao", "complaint", "the family asked why; call 13800001234", datetime(2026, 11, 23, 9))
KEY = "province_check:SD1/1"


@dataclass(frozen=True)
class Made:
    """A pack, where it lies and the day that it is of."""

    content: bytes
    anchors: dict[int, str]
    folder: Path
    places: Places

    @property
    def members(self) -> dict[str, bytes]:
        return verify_evidence.read_pack(self.content)

    @property
    def fields(self) -> dict[str, tuple[str, Any]]:
        return dict(json.loads(self.members["fields.json"]))

    def values(self, path: str) -> list[Any]:
        return [value for name, (_, value) in self.fields.items() if name.startswith(path)]


def two_in_a_household() -> dict[str, tuple[str, bytes]]:
    """The roster's household with a second member, of whom a pack about the mother must say nothing."""
    files = roster()
    mother = pq.read_table(io.BytesIO(files["assist_member.parquet"][1])).to_pylist()[0]
    other = mother | {"member_no": "2", "relation": "11", "sex": "1", "birth_date": "1990-03-07"} | OTHER
    return files | {"assist_member.parquet": ("assist_member", parquet(mother, other))}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """The mother's pack of a day on which her cars are flagged; the household has another member."""
    folder = tmp_path_factory.mktemp("evidence")
    with pytest.MonkeyPatch.context() as patch:
        published = day_runner(folder, patch)(
            facts=[answer("A04", quantity=2), answer("I04", amount="500.00", periodFrom="202511", periodTo="202610")],
            assistance_roster=two_in_a_household())
        assert "B04" in flags(published)
        make_pack(D.isoformat(), KEY, ASKED, folder / "pack.zip")
        heads = [json.loads(path.read_text("utf-8")) for path in (folder / "home" / "anchors").glob("*.json")]
        anchors = {head["entry_no"]: head["hash"] for head in heads}
        yield Made((folder / "pack.zip").read_bytes(), anchors, folder, Places.of_settings())


def test_a_fresh_pack_holds(made: Made) -> None:
    assert verify_evidence.faults(made.content, made.anchors) == []


def test_it_tells_the_rows_the_law_and_the_reason(made: Made) -> None:
    assert MOTHER in made.values("person/")
    assert "A04" in made.values("source_row/economic_fact/")
    assert any(str(value).startswith("landing/province_check/") for value in made.values("arrival/"))
    flagged = {value for name, (_, value) in made.fields.items() if name.endswith("/rule_id")}
    explained = {value for name, (_, value) in made.fields.items() if name.endswith("/rule")}
    assert "B04" in flagged
    assert flagged == explained
    assert any(name.endswith("/vehicle_limit/document") for name in made.fields)


def test_nothing_of_another_person_is_in_it(made: Made) -> None:
    shown = b"".join(made.members.values()).decode()
    assert [text for text in (*OTHER.values(), "J1/2", "李外") if text in shown] == []
    people = {row["person_id"] for row in pq.read_table(
        made.places.lake.partition("resolved", "person", D)).to_pylist()}
    assert len(people) == 3
    assert len([person for person in people if person in shown]) == 1


def test_the_demand_is_logged_and_sealed_and_identifiers_in_the_reason_are_masked(made: Made) -> None:
    person = made.values("person/0/person_id")[0]
    look = traces.looks(made.places.register, [person])[0]
    assert (look["user_name"], look["action"], look["reason"]) == ("auditor Zhao", "pack", "complaint")
    assert "138****1234" in look["detail"]
    assert "13800001234" not in made.members["access.json"].decode()
    assert chain.faults(made.places.register) == []


def test_any_changed_byte_is_found(made: Made) -> None:
    draw = random.Random(6)
    for _ in range(400):
        at = draw.randrange(len(made.content))
        changed = bytearray(made.content)
        changed[at] ^= 1 << draw.randrange(8)
        assert verify_evidence.faults(bytes(changed), made.anchors), f"byte {at}"


def forged(made: Made, **members: bytes) -> bytes:
    return packed(made.members | {name.replace("_", ".", 1): content for name, content in members.items()})


def test_a_changed_value_is_found_though_the_file_is_written_well(made: Made) -> None:
    path = next(name for name in made.fields if name.endswith("/observed_low"))
    salt, _ = made.fields[path]
    fields = verify_evidence.canonical(made.fields | {path: [salt, "999.0000"]})
    assert verify_evidence.faults(forged(made, fields_json=fields), made.anchors) == [
        f"field {path}: changed or never stated"]


def test_a_field_that_was_never_stated_is_found(made: Made) -> None:
    fields = verify_evidence.canonical(made.fields | {"flag/9/rule_id": ["00", "B04"]})
    assert verify_evidence.faults(forged(made, fields_json=fields), made.anchors) == [
        "field flag/9/rule_id: changed or never stated"]


def restated(made: Made) -> dict[str, bytes]:
    """A forger's pack: another value, and a statement, an access row and a chain written anew to fit it."""
    path = next(name for name in made.fields if name.endswith("/observed_low"))
    salt, _ = made.fields[path]
    statement = json.loads(made.members["statement.json"])
    statement["fields"][path] = verify_evidence.field_digest(path, salt, "999.0000")
    told = verify_evidence.canonical(statement)
    access = json.loads(made.members["access.json"])
    access["detail"] = replace(ASKED).detail(told)
    row = verify_evidence.canonical(access)
    entries = [json.loads(line) for line in made.members["chain.jsonl"].splitlines()]
    for before, entry in pairwise(entries):
        if entry["kind"] == "access_log":
            entry["content"] = hashlib.sha256(row).hexdigest()
        entry["hash"] = verify_evidence.link(entry, before["hash"])
    return {"statement_json": told, "access_json": row,
            "fields_json": verify_evidence.canonical(made.fields | {path: [salt, "999.0000"]}),
            "chain_jsonl": b"".join(verify_evidence.canonical(entry) + b"\n" for entry in entries)}


def test_a_pack_written_anew_from_end_to_end_fails_by_the_anchor_alone(made: Made) -> None:
    false = forged(made, **restated(made))
    assert verify_evidence.faults(false, None) == []
    assert [fault for fault in verify_evidence.faults(false, made.anchors) if "no anchor" in fault]


def test_an_entry_that_stands_twice_is_found(made: Made) -> None:
    members = restated(made)
    both = members.pop("chain_jsonl").splitlines()[-1] + b"\n" + made.members["chain.jsonl"]
    assert verify_evidence.faults(forged(made, **members, chain_jsonl=both), made.anchors)


def test_fields_can_be_taken_out_and_the_rest_still_holds(made: Made) -> None:
    redacted = verify_evidence.blanked(made.content, ["person/*", "source_row/*/name", "source_row/*/id_raw"])
    assert verify_evidence.faults(redacted, made.anchors) == []
    with zipfile.ZipFile(io.BytesIO(redacted)) as pack:
        left = json.loads(pack.read("fields.json"))
    assert set(made.fields) - set(left) and not [name for name in left if name.startswith("person/")]
    assert "王秀英" not in [value for _, value in left.values()]
    changed = bytearray(redacted)
    changed[redacted.index(b'"B04"') + 1] ^= 1
    assert verify_evidence.faults(bytes(changed), made.anchors)


def test_a_digest_cannot_be_tried_out_without_its_salt() -> None:
    first, second = salted({"sex": "2"}), salted({"sex": "2"})
    assert first["sex"][0] != second["sex"][0]
    assert len(first["sex"][0]) == 32


@pytest.mark.parametrize(("reason", "person", "kind"), [
    ("", KEY, ContractBroken), ("x" * 301, KEY, ContractBroken), ("why", "city_check:nobody", ContractBroken)])
def test_a_pack_needs_a_reason_and_a_person(
    made: Made, tmp_path: Path, reason: str, person: str, kind: type[Exception]
) -> None:
    before = len(list(chain.entries(made.places.register)))
    with pytest.raises(kind):
        make_pack(D.isoformat(), person, replace(ASKED, reason=reason), tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()
    assert len(list(chain.entries(made.places.register))) == before


def test_a_day_that_is_not_published_gives_no_pack(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOWINCOME_OUTPUT", str(tmp_path))
    with pytest.raises(AuditFailed, match="not published"):
        make_pack(D.isoformat(), KEY, ASKED, tmp_path / "pack.zip")


def test_the_verb_writes_a_pack_that_the_stock_script_verifies_alone(made: Made, tmp_path: Path) -> None:
    pack = tmp_path / "pack.zip"
    assert __main__.main(["evidence", "--data-date", D.isoformat(), "--person", KEY, "--who", "zhao", "--purpose",
                          "inquiry", "--reason", "asked by the family", "--to", str(pack)]) == 0
    anchors = made.folder / "home" / "anchors"
    script = [sys.executable, "-I", str(PROJECT / "scripts" / "verify_evidence.py"), str(pack), str(anchors)]
    told = subprocess.run(script, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert told.stdout.startswith("the pack holds")


def test_a_pack_and_a_redacted_one_are_for_their_owner_alone_also_where_a_readable_file_lay(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, redacted = tmp_path / "pack.zip", tmp_path / "redacted.zip"
    for path in (pack, tmp_path / ".pack.zip.candidate", redacted):
        path.touch(0o644)
    make_pack(D.isoformat(), KEY, ASKED, pack)
    monkeypatch.setattr(sys, "argv", ["verify", str(pack), "--blank", "person/*", "--to", str(redacted)])
    assert verify_evidence.main() == 0
    assert [path.stat().st_mode & 0o777 for path in (pack, redacted)] == [0o600] * 2
    assert verify_evidence.faults(redacted.read_bytes(), None) == []


@pytest.mark.parametrize(("given", "told"), [
    (("no.zip",), "there is no pack"), (("a.zip", "empty"), "there are no anchors in"),
    (("a.zip", "elsewhere"), "there are no anchors in")])
def test_a_pack_or_anchors_that_are_not_there_are_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: tuple[str, ...],
    told: str,
) -> None:
    (tmp_path / "a.zip").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr("sys.argv", ["verify_evidence.py", *(str(tmp_path / name) for name in given)])
    with pytest.raises(SystemExit) as ended:
        verify_evidence.main()
    assert ended.value.code == 2 and told in capsys.readouterr().err
