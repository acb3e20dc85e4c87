"""The audit chain: whatever is changed, added, removed, moved or cut is found, and found at its place."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from lowincome import chain_verbs
from lowincome.errors import AuditFailed, ContractBroken
from lowincome.register import access, chain, dispositions, judgements, ledger
from lowincome.register.dispositions import Answer
from lowincome.register.models import AuditHead
from lowincome.settings import PROJECT, read_settings
from sqlalchemy import Connection, Engine, create_engine, select, text, update

from scripts import verify_chain
from tests.register.test_dispositions import outcomes

DAY, NOW = date(2026, 11, 20), datetime(2026, 11, 21, 9)
ENTRY = {"user_name": "zhang", "action": "card", "subject": "I1", "reason": "visit", "data_date": DAY, "detail": ""}


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_url: str) -> str:
    """A register with a day, answers, judgements and looks in it."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path))
    monkeypatch.setenv("LOWINCOME_REGISTER_URL", empty_url)
    url = empty_url
    ledger.migrate(url)
    flags = ledger.apply(url, DAY, "run-1", outcomes("certain", "certain", "certain")).column("flag_id").to_pylist()
    dispositions.record(url, [Answer(f, "confirmed", DAY, "看过", "office", NOW, "page", DAY) for f in flags])
    dispositions.remember_file(url, "0" * 64, NOW, {"rows": 3, "recorded": 3, "rejected": 0})
    number = judgements.propose(url, ("a", "b"), "SAME", "li", "one ID", NOW)
    judgements.approve(url, number, "wang", "seen", NOW)
    engine = create_engine(url)
    for _ in range(20):
        access.append(engine, NOW, ENTRY)
    engine.dispose()
    return url


@pytest.fixture
def database(register: str) -> Engine:
    return create_engine(register)


@pytest.fixture
def lines(database: Engine, tmp_path: Path) -> list[str]:
    chain_verbs.export_chain(tmp_path / "chain.jsonl")
    return (tmp_path / "chain.jsonl").read_text("utf-8").splitlines()


def place(fault: str | None) -> int:
    assert fault is not None
    return int(fault.split()[1].rstrip(":"))


def test_a_chain_that_nobody_touched_holds_and_every_row_is_borne_out(lines: list[str], database: Engine) -> None:
    assert verify_chain.first_fault(lines, {}) is None
    assert chain.faults(database) == []
    assert len(lines) == 1 + 3 + 1 + 1 + 1 + 20


def edit(lines: list[str], at: int, draw: random.Random) -> None:
    entry = json.loads(lines[at])
    name = draw.choice(["kind", "row_key", "content", "hash", "entry_no"])
    entry[name] = entry[name] + 1 if name == "entry_no" else entry[name][:-1] + ("0" if entry[name][-1] != "0" else "1")
    lines[at] = json.dumps(entry)


def mutate(lines: list[str], kind: str, draw: random.Random) -> int:
    """Do one harm to the chain; the first entry that it touches, from 1."""
    at = draw.randrange(len(lines) - 1)
    if kind == "edit":
        edit(lines, at, draw)
    elif kind == "insert":
        lines.insert(at, lines[draw.randrange(len(lines))])
    elif kind == "delete":
        del lines[at]
    elif kind == "reorder":
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
    else:
        del lines[at + 1 :]
        return at + 2
    return at + 1


@pytest.mark.parametrize("kind", ["edit", "insert", "delete", "reorder", "cut"])
def test_any_of_200_mutations_of_a_kind_is_found_at_its_place(lines: list[str], kind: str) -> None:
    draw = random.Random(kind)
    anchors = {len(lines): json.loads(lines[-1])["hash"]}
    for _ in range(200):
        harmed = list(lines)
        touched = mutate(harmed, kind, draw)
        found = place(verify_chain.first_fault(harmed, anchors))
        # A copy of an entry put right before itself is told where the numbering breaks, one entry on.
        assert touched <= found <= touched + (kind == "insert"), (kind, touched, found)


def test_a_chain_written_anew_as_a_whole_is_found_by_its_anchor(lines: list[str]) -> None:
    anchors, previous, forged = {len(lines): json.loads(lines[-1])["hash"]}, "", []
    for line in lines:
        entry = json.loads(line) | ({"content": "f" * 64} if '"entry_no": 3,' in line else {})
        previous = entry["hash"] = verify_chain.link(entry, previous)
        forged.append(json.dumps(entry))
    assert verify_chain.first_fault(forged, {}) is None
    assert place(verify_chain.first_fault(forged, anchors)) == len(lines)


def disarm(connection: Connection) -> None:
    """Go around the triggers, as only who administers the server or the file can."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("set local session_replication_role = replica")
        return
    for (name,) in connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'").all():
        connection.exec_driver_sql(f"drop trigger {name}")


@pytest.mark.parametrize(("harm", "fault"), [
    ("update disposition set finding = 'not_confirmed' where disposition_id = 2", ("disposition", "2", "changed")),
    ("delete from access_log where entry_id = 20", ("access_log", "20", "missing")),
    ("insert into judgement_review select judgement_id, 'WITHDRAWN', person, reason, reviewed_at from judgement_review",
     ("judgement_review", "1/WITHDRAWN", "never sealed")),
    ("update flag_event set certainty = 'possible'", ("flag_event", "2026-11-20/1", "changed")),
    ("update flag set subject_id = subject_id || 'x' where subject_id = 'H1'",
     ("flag_event", "2026-11-20/1", "changed")),
    ("update register_day set run_id = 'another'", ("register_day", "2026-11-20/1", "changed")),
])
def test_a_row_changed_behind_the_chain_is_named(database: Engine, harm: str, fault: tuple[str, str, str]) -> None:
    with database.begin() as connection:
        disarm(connection)
        connection.execute(text(harm))
    assert [(one.kind, one.row_key, one.what) for one in chain.faults(database)] == [fault]


@pytest.mark.parametrize("is_changed", [True, False])
@pytest.mark.parametrize("table", ["disposition", "access_log", "register_day"])
def test_a_row_that_is_sealed_a_second_time_is_named_by_the_chain_and_by_its_export(
    database: Engine, tmp_path: Path, table: str, is_changed: bool
) -> None:
    model = next(one for one in chain.SEALED if one.__tablename__ == table)
    column = {"disposition": "finding", "access_log": "user_name", "register_day": "run_id"}[table]
    with database.begin() as connection:
        disarm(connection)
        connection.execute(text(f"update {table} set {column} = 'another'") if is_changed else text("select 1"))
        row = dict(connection.execute(select(model.__table__)).mappings().first() or {})
        chain.seal(connection, [chain._seal_of(model, row)])
    key = chain._seal_of(model, row).row_key
    found = {(one.kind, one.row_key, one.what) for one in chain.faults(database)}
    assert (table, key, "sealed twice") in found
    assert ((table, key, "changed") in found) == is_changed
    chain_verbs.export_chain(tmp_path / "chain.jsonl")
    told = verify_chain.first_fault((tmp_path / "chain.jsonl").read_text("utf-8").splitlines(), {})
    assert told == f"entry 28: {table} {key} was sealed before; a changed row was sealed again"


def test_what_may_be_sealed_again_is_no_fault(database: Engine, tmp_path: Path) -> None:
    for kind in ("published", "released", "accepted shrink", "deleted"):
        for content in (b"one", b"two"):
            chain.seal_file(database, kind, "2026-11-20", content)
    chain_verbs.export_chain(tmp_path / "chain.jsonl")
    assert verify_chain.first_fault((tmp_path / "chain.jsonl").read_text("utf-8").splitlines(), {}) is None
    assert chain.faults(database) == []


def test_the_stock_verifier_knows_every_table_whose_rows_are_sealed_once() -> None:
    assert {model.__tablename__ for model in chain.SEALED} == verify_chain.ONCE


def test_a_chain_that_holds_is_told_with_its_anchors(database: Engine) -> None:
    chain_verbs.anchor_chain()
    assert chain_verbs.verify_chain() == {"entries": 27, "anchors": 1}


@pytest.mark.parametrize(("harm", "place"), [
    ("update audit_entry set content = hash where entry_no = 5", 5),
    ("delete from audit_entry where entry_no = 7", 7),
    ("update audit_entry set entry_no = 99 where entry_no = 27", 27),
    ("delete from audit_entry where entry_no = 27", 27),
    ("update audit_head set entry_no = 26", 26),
    ("update audit_head set entry_no = 28", 28),
    ("update audit_head set hash = (select hash from audit_entry where entry_no = 26)", 27),
])
def test_an_entry_changed_in_the_database_is_named_by_its_number(database: Engine, harm: str, place: int) -> None:
    with database.begin() as connection:
        disarm(connection)
        connection.execute(text(harm))
    with pytest.raises(AuditFailed, match=f"entry {place}: breaks the chain"):
        chain_verbs.verify_chain()


def test_an_entry_that_follows_but_lies_beyond_the_head_is_named(database: Engine) -> None:
    with database.begin() as connection:
        disarm(connection)
        before = connection.execute(select(AuditHead.entry_no, AuditHead.hash)).one()
        chain.seal(connection, [chain.Seal("released", "2026-11-20/370102", b"{}")])
        connection.execute(update(AuditHead).values(entry_no=before.entry_no, hash=before.hash))
    assert chain.first_break(database, {}) == 28


def test_what_is_sealed_while_the_chain_is_read_breaks_nothing(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = chain.entries

    def slowly(engine: Engine) -> Iterator[dict[str, Any]]:
        access.append(engine, NOW, ENTRY)
        yield from list(read(engine))
        access.append(engine, NOW, ENTRY)

    monkeypatch.setattr(chain, "entries", slowly)
    assert chain.first_break(database, {}) is None


def published(database: Engine) -> None:
    """A day without files, as it is sealed."""
    folder = read_settings().output / "2026-11-20"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"outputs": {}}', "utf-8")
    chain.seal_file(database, "published", "2026-11-20/run-1", (folder / "manifest.json").read_bytes())


def test_a_published_day_that_is_not_anchored_is_named_until_it_is(database: Engine, tmp_path: Path) -> None:
    chain_verbs.anchor_chain()
    published(database)
    access.append(database, NOW, ENTRY)
    with pytest.raises(AuditFailed, match="found entry 28: the newest published day is under no anchor; next"):
        chain_verbs.verify_chain()
    chain_verbs.anchor_chain()
    assert chain_verbs.verify_chain() == {"entries": 29, "anchors": 2}
    access.append(database, NOW, ENTRY)
    chain_verbs.verify_chain()
    shutil.rmtree(tmp_path / "anchors")
    with pytest.raises(AuditFailed, match="under no anchor"):
        chain_verbs.verify_chain()


def test_an_anchor_of_the_published_entry_itself_is_enough(database: Engine) -> None:
    published(database)
    chain_verbs.anchor_chain()
    assert chain_verbs.verify_chain() == {"entries": 28, "anchors": 1}


def test_a_tail_cut_with_its_rows_and_its_head_is_found_by_the_anchor(database: Engine) -> None:
    chain_verbs.anchor_chain()
    with database.begin() as connection:
        disarm(connection)
        last = connection.execute(text("select hash from audit_entry where entry_no = 26")).scalar_one()
        for harm in ("delete from audit_entry where entry_no = 27", "delete from access_log where entry_id = 20",
                     f"update audit_head set entry_no = 26, hash = '{last}'"):
            connection.execute(text(harm))
    with pytest.raises(AuditFailed, match="found entry 27: breaks the chain; next"):
        chain_verbs.verify_chain()


def test_sm3_from_now_on_leaves_the_entries_before_as_they_were(
    register: str, lines: list[str], database: Engine, tmp_path: Path
) -> None:
    chain.use(database, "sm3")
    access.append(database, NOW, ENTRY)
    chain_verbs.export_chain(tmp_path / "later.jsonl")
    later = (tmp_path / "later.jsonl").read_text("utf-8").splitlines()
    assert later[:-1] == lines
    assert json.loads(later[-1])["algorithm"] == "sm3"
    assert verify_chain.first_fault(later, {}) is None
    assert chain.faults(database) == []


def test_another_hash_is_refused(database: Engine) -> None:
    with pytest.raises(ContractBroken, match="unknown hash"):
        chain.use(database, "md5")


def test_the_same_file_sealed_again_adds_no_entry_and_another_does(database: Engine) -> None:
    for content in (b"one", b"one", b"two"):
        chain.seal_file(database, "published", "2026-11-20/run-1", content)
    assert [entry["kind"] for entry in chain.entries(database)].count("published") == 2


def test_what_fails_after_it_was_sealed_leaves_no_entry(database: Engine) -> None:
    before = chain.head(database)
    with pytest.raises(RuntimeError), database.begin() as connection:
        chain.seal(connection, [chain.Seal("published", "x", b"")])
        raise RuntimeError
    assert chain.head(database) == before


def test_writers_of_several_processes_queue_for_their_place(register: str, database: Engine) -> None:
    program = (
        "import sys; from datetime import date, datetime; from sqlalchemy import create_engine\n"
        "from lowincome.register import access\n"
        f"entry = {ENTRY | {'data_date': None}!r} | {{'data_date': date(2026, 11, 20)}}\n"
        "for _ in range(25): access.append(create_engine(sys.argv[1]), datetime(2026, 11, 21), entry)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "plugins")}
    writers = [subprocess.Popen([sys.executable, "-c", program, register], env=environment) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    numbers = [entry["entry_no"] for entry in chain.entries(database)]
    assert numbers == list(range(1, 27 + 75 + 1))
    assert chain.faults(database) == []


def test_the_stock_verifier_needs_nothing_of_the_project(
    lines: list[str], tmp_path: Path, database: Engine
) -> None:
    head = chain_verbs.anchor_chain()
    script = [sys.executable, "-I", verify_chain.__file__, "chain.jsonl", "anchors"]
    told = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, f"the chain holds: {head['entry_no']} entries, 1 anchors\n")
    (tmp_path / "chain.jsonl").write_text("\n".join(lines[:-1]), "utf-8")
    told = subprocess.run(script, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout.split(":")[0]) == (1, "entry 27")
