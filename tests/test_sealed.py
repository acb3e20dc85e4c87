"""A sealed file gives back what was written, or says that it was changed; and a new key wraps it while it is read."""

import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from lowincome import engine
from lowincome.errors import AuditFailed, PipelineError, SettingsInvalid
from lowincome.keys import keyring
from lowincome.lake import create_file, digest, open_file, read_rows, write_rows
from lowincome.sealed import CHUNK, HEAD, MARK, SLOT, TAG, SealedFile, is_sealed, rewrap

OLD, NEW = "11" * 32, "22" * 32
SECRET = b"370102196001022324"
Use = Callable[..., Path]


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Use:
    """Writes a file of keys, the first of which is active, and makes it the one in force."""
    monkeypatch.setenv("LOWINCOME_HOME", str(tmp_path / "home"))
    path = tmp_path / "keys.yaml"

    def write(**keys: str) -> Path:
        lines = [f"active: {next(iter(keys))}", "keys:", *(f"  {name}: '{key}'" for name, key in keys.items())]
        path.write_text("\n".join(lines))
        path.chmod(0o600)
        monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(path))
        return path

    return write


def sealed(path: Path, content: bytes) -> Path:
    with create_file(path) as file:
        file.write(content)
    return path


def content_of(size: int) -> bytes:
    return (SECRET * (size // len(SECRET) + 1))[:size]


def read(path: Path) -> bytes:
    with open_file(path) as file:
        return file.read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_what_was_sealed_comes_back(use: Use, tmp_path: Path, size: int) -> None:
    use(old=OLD)
    path = sealed(tmp_path / "file", content_of(size))
    assert (read(path), is_sealed(path), SECRET in path.read_bytes()) == (content_of(size), True, False)
    with open_file(path) as file:
        assert file.seek(0, os.SEEK_END) == size


def test_without_keys_a_file_lies_as_it_was_written(tmp_path: Path) -> None:
    path = sealed(tmp_path / "file", SECRET)
    assert (path.read_bytes(), read(path)) == (SECRET, SECRET)


def test_a_digest_is_of_the_content_and_the_same_content_never_lies_the_same(use: Use, tmp_path: Path) -> None:
    clear = sealed(tmp_path / "clear", SECRET)
    use(old=OLD)
    one, other = sealed(tmp_path / "one", SECRET), sealed(tmp_path / "other", SECRET)
    assert digest(clear) == digest(one) == digest(other)
    assert one.read_bytes()[HEAD:] != other.read_bytes()[HEAD:]


def chunk(number: int) -> slice:
    return slice(HEAD + number * (CHUNK + TAG), HEAD + (number + 1) * (CHUNK + TAG))


def swapped(file: bytearray) -> bytes:
    first, second = bytes(file[chunk(0)]), bytes(file[chunk(1)])
    return bytes(file[:HEAD]) + second + first + bytes(file[chunk(1).stop:])


def changed(place: int) -> Callable[[bytearray], bytes]:
    def change(file: bytearray) -> bytes:
        file[place] ^= 1
        return bytes(file)

    return change


DAMAGE: dict[str, Callable[[bytearray], bytes]] = {
    "first byte of the content": changed(HEAD), "last byte": changed(-1), "a tag": changed(HEAD + CHUNK),
    "the name of the key": changed(len(MARK)), "the wrapped key": changed(len(MARK) + SLOT - 1),
    "a few bytes of a chunk left": lambda file: bytes(file[:chunk(1).start + TAG // 2]),
    "a byte cut off": lambda file: bytes(file[:-1]), "the last chunk cut off": lambda file: bytes(file[:chunk(1).stop]),
    "all chunks cut off": lambda file: bytes(file[:HEAD]), "half a head": lambda file: bytes(file[:HEAD // 2]),
    "a chunk left out": lambda file: bytes(file[:HEAD] + file[chunk(1).start:]), "chunks swapped": swapped,
    "a chunk twice": lambda file: bytes(file[:chunk(0).stop] + file[chunk(0).start:]),
    "bytes behind the end": lambda file: bytes(file) + b"more"}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_file_that_was_changed_is_refused_by_its_name_and_its_key(use: Use, tmp_path: Path, what: str) -> None:
    use(old=OLD)
    path = sealed(tmp_path / "table.parquet", content_of(2 * CHUNK + 5))
    path.write_bytes(DAMAGE[what](bytearray(path.read_bytes())))
    with pytest.raises(AuditFailed, match=r"table\.parquet.*key") as refused:
        read(path)
    assert SECRET.decode()[:6] not in str(refused.value)


def test_a_chunk_of_another_file_is_refused(use: Use, tmp_path: Path) -> None:
    use(old=OLD)
    one, other = (sealed(tmp_path / name, content_of(2 * CHUNK)) for name in ("one", "other"))
    mixed = bytearray(one.read_bytes())
    mixed[chunk(0)] = other.read_bytes()[chunk(0)]
    one.write_bytes(mixed)
    with pytest.raises(AuditFailed, match="chunk 0 of 2"):
        read(one)


@pytest.mark.parametrize(("keys", "told"), [
    ({"old": NEW}, "expected key old; found keys old"), ({"new": OLD}, "expected key old; found keys new"),
    ({}, "expected key old; found LOWINCOME_ENCRYPTION_KEYS is not set")])
def test_another_key_and_none_open_nothing(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: dict[str, str], told: str
) -> None:
    use(old=OLD)
    path = sealed(tmp_path / "file", SECRET)
    if keys:
        use(**keys)
    else:
        monkeypatch.delenv("LOWINCOME_ENCRYPTION_KEYS")
    with pytest.raises(AuditFailed, match=told) as refused:
        read(path)
    assert not {OLD, NEW} & set(str(refused.value).split())


def test_a_file_that_an_error_left_half_cannot_be_opened(use: Use, tmp_path: Path) -> None:
    use(old=OLD)
    with pytest.raises(ZeroDivisionError), create_file(tmp_path / "file") as file:
        file.write(content_of(2 * CHUNK))
        raise ZeroDivisionError
    with pytest.raises(AuditFailed, match="changed or cut"):
        read(tmp_path / "file")


def test_a_file_that_begins_again_is_sealed_under_another_key(use: Use, tmp_path: Path) -> None:
    use(old=OLD)
    with create_file(tmp_path / "file") as file:
        file.write(content_of(2 * CHUNK))
        before = (tmp_path / "file").read_bytes()[:HEAD]
        file.truncate(0)
        file.seek(0)
        file.write(SECRET)
        with pytest.raises(io.UnsupportedOperation):
            file.seek(0)
    assert read(tmp_path / "file") == SECRET
    assert (tmp_path / "file").read_bytes()[:HEAD] != before


def test_two_threads_that_seek_in_one_file_read_each_its_own_place(use: Use, tmp_path: Path) -> None:
    use(old=OLD)
    content, found = os.urandom(3 * CHUNK), {}
    with SealedFile(sealed(tmp_path / "file", content)) as file:
        file.seek(CHUNK + 7)

        def read_elsewhere() -> None:
            file.seek(5)
            found["other"] = file.read(9)

        other = threading.Thread(target=read_elsewhere)
        other.start()
        other.join()
        assert (file.read(9), found["other"]) == (content[CHUNK + 7:CHUNK + 16], content[5:14])
        assert file.read(3) == content[CHUNK + 16:CHUNK + 19]


def test_the_engine_reads_and_writes_sealed_tables(use: Use, tmp_path: Path) -> None:
    clear = tmp_path / "clear.parquet"
    write_rows(pa.table({"n": [1, 2]}), clear)
    use(old=OLD)
    path, both = tmp_path / "sealed.parquet", {"t": [tmp_path / "sealed.parquet", clear]}
    assert engine.write_query("select range as n from range(500000)", {}, path) == 500_000
    assert (is_sealed(path), read_rows(path).num_rows) == (True, 500_000)
    assert engine.query("select count(*) as n from t", both)["n"].to_pylist() == [500_002]


def test_the_engine_names_a_table_that_was_changed(use: Use, tmp_path: Path) -> None:
    use(old=OLD)
    path = tmp_path / "sealed.parquet"
    engine.write_query("select range as n from range(500000)", {}, path)
    path.write_bytes(changed(HEAD + 100)(bytearray(path.read_bytes())))
    with pytest.raises(AuditFailed, match=r"sealed\.parquet: a sealed file was changed or cut.*key old"):
        engine.query("select sum(n) from t", {"t": [path]})


def test_the_engine_spills_no_sealed_rows_to_the_disk(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(old=OLD)
    found = engine.query("select value from duckdb_settings() where name = 'temp_directory'", {})
    assert found["value"].to_pylist() == [""]


def test_a_new_key_opens_what_it_wrapped_anew_and_the_old_one_no_more(use: Use, tmp_path: Path) -> None:
    use(old=OLD)
    path = sealed(tmp_path / "file", content_of(2 * CHUNK))
    body, before = path.read_bytes()[HEAD:], digest(path)
    use(new=NEW, old=OLD)
    ring = keyring()
    assert ring is not None
    with open_file(path) as reading:
        first = reading.read(10)
        assert (rewrap(path, ring), rewrap(path, ring)) == (True, False)
        assert first + reading.read() == content_of(2 * CHUNK)
    use(new=NEW)
    assert (path.read_bytes()[HEAD:], digest(path)) == (body, before)
    use(old=OLD)
    with pytest.raises(AuditFailed, match="expected key new; found keys old"):
        read(path)


@pytest.mark.parametrize("done", range(1, 2 * SLOT + 1, 7))
def test_a_rotation_that_stops_anywhere_leaves_a_file_that_opens_and_is_finished_by_the_next(
    use: Use, tmp_path: Path, done: int
) -> None:
    """A slot is written, then the other emptied; the machine may stop after any byte of the two."""
    use(old=OLD)
    path = sealed(tmp_path / "file", SECRET)
    before = path.read_bytes()
    use(new=NEW, old=OLD)
    ring = keyring()
    assert ring is not None and rewrap(path, ring)
    after = path.read_bytes()
    head, slots = len(MARK), (path.read_bytes()[len(MARK):][:SLOT], path.read_bytes()[len(MARK) + SLOT:][:SLOT])
    new = next(place for place, slot in enumerate(slots) if slot.startswith(b"new"))
    half = bytearray(before)
    for place, written in ((new, min(done, SLOT)), (1 - new, max(0, done - SLOT))):
        start = head + place * SLOT
        half[start:start + written] = after[start:start + written]
    path.write_bytes(half)
    assert read(path) == SECRET
    rewrap(path, ring)
    use(new=NEW)
    assert read(path) == SECRET
    assert b"old" not in path.read_bytes()[:HEAD]


def test_a_key_that_is_added_to_the_file_is_known_at_once(use: Use) -> None:
    use(old=OLD)
    assert keyring() is not None and "new" not in str(keyring())
    use(new=NEW, old=OLD)
    ring = keyring()
    assert ring is not None and (ring.active, sorted(ring.keys)) == ("new", ["new", "old"])
    assert NEW not in repr(ring)


def test_keys_come_from_an_airflow_connection_too(use: Use, monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"active": "old", "keys": {"old": OLD}}
    monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", "connection:lowincome_keys")
    for written in (extra, json.dumps(extra)):
        monkeypatch.setenv("AIRFLOW_CONN_LOWINCOME_KEYS", json.dumps({"conn_type": "generic", "extra": written}))
        ring = keyring()
        assert ring is not None and ring.keys == {"old": bytes.fromhex(OLD)}
    monkeypatch.setenv("AIRFLOW_CONN_LOWINCOME_KEYS", "generic://")
    with pytest.raises(SettingsInvalid, match="connection lowincome_keys"):
        keyring()


@pytest.mark.parametrize("text", [
    "", "keys: {}", "active: old", f"active: other\nkeys: {{old: '{OLD}'}}", f"active: old\nkeys: {{old: '{OLD[1:]}'}}",
    f"active: a b\nkeys: {{a b: '{OLD}'}}", f"active: old\nkeys: [{OLD}]", f"active: [{OLD}", f"- {OLD}"])
def test_keys_that_are_not_written_as_agreed_are_refused_without_being_told(use: Use, text: str) -> None:
    use(old=OLD).write_text(text)
    with pytest.raises(SettingsInvalid, match=r"LOWINCOME_ENCRYPTION_KEYS keys\.yaml") as refused:
        keyring()
    assert OLD[:8] not in str(refused.value)


def test_keys_that_others_may_read_or_that_lie_in_the_home_are_refused(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = use(old=OLD)
    path.chmod(0o640)
    with pytest.raises(SettingsInvalid, match="others may read"):
        keyring()
    path.chmod(0o600)
    (tmp_path / "home").mkdir(exist_ok=True)
    monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(path.rename(tmp_path / "home" / "keys.yaml")))
    with pytest.raises(SettingsInvalid, match="outside LOWINCOME_HOME"):
        keyring()
    monkeypatch.setenv("LOWINCOME_ENCRYPTION_KEYS", str(tmp_path / "not there"))
    with pytest.raises(PipelineError, match="cannot be read"):
        keyring()
