"""Files from outside are measured before they are parsed: bombs, lies and damage are refused, never a surprise."""

import io
import random
import tracemalloc
import zipfile
import zlib
from datetime import date
from pathlib import Path

import pytest
from lowincome.deliver.answers import FilledList, read_filled, reasons
from lowincome.deliver.lock import lock_workbook
from lowincome.deliver.unlock import MAX_RATIO, MAX_UNPACKED, NotAList, unlock
from lowincome.deliver.workbook import write_workbook

from tests.deliver.listing import flag, worklist

TODAY = date(2026, 11, 24)
ALLOWED = 30_000_000
"""Bytes of memory that refusing any of these small files may take."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A list as it is given out."""
    path = tmp_path / "list.xlsx"
    write_workbook(path, worklist(flag("F1")))
    return path


def why(path: Path, *passwords: str) -> str:
    """The reason for which a file is refused, told in words; its memory is bounded."""
    tracemalloc.start()
    with pytest.raises(NotAList) as refused:
        read_filled(path, passwords, TODAY)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ALLOWED
    assert refused.value.reason in reasons()
    return refused.value.reason


def packed(path: Path, content: bytes, method: int = zipfile.ZIP_DEFLATED, parts: int = 1) -> Path:
    """An archive with the same content in every part."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for number in range(parts):
            archive.writestr(f"{number or '[Content_Types]'}.xml", content)
    return path


def test_a_list_within_the_bounds_opens_with_every_entry_as_it_was(book: Path) -> None:
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(unlock(book, ())) as after:
        assert after.namelist() == before.namelist()
        assert all(after.read(name) == before.read(name) for name in before.namelist())


def test_an_archive_that_unpacks_to_a_hundred_times_its_size_is_refused(tmp_path: Path) -> None:
    assert why(packed(tmp_path / "a.xlsx", bytes(20_000_000))) == "too_large"


def test_the_bound_lies_at_the_ratio_and_not_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "a.xlsx", bytes(200_000))
    ratio = 200_000 / path.stat().st_size
    assert ratio > MAX_RATIO
    monkeypatch.setattr("lowincome.deliver.unlock.MAX_RATIO", int(ratio) + 1)
    unlock(path, ())
    monkeypatch.setattr("lowincome.deliver.unlock.MAX_RATIO", int(ratio))
    with pytest.raises(NotAList):
        unlock(path, ())


def test_an_archive_that_packs_badly_but_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = random.Random(1).randbytes(40_000)
    path = packed(tmp_path / "a.xlsx", content, zipfile.ZIP_STORED, parts=3)
    monkeypatch.setattr("lowincome.deliver.unlock.MAX_UNPACKED", 120_000)
    unlock(path, ())
    monkeypatch.setattr("lowincome.deliver.unlock.MAX_UNPACKED", 119_999)
    assert why(path) == "too_large"
    assert MAX_UNPACKED == 100_000_000


def test_an_entry_that_declares_less_than_it_unpacks_to_is_never_unpacked_whole(tmp_path: Path) -> None:
    """The declared size and checksum are those of the first thousand bytes; the rest is 200 MB of nothing."""
    size, said = 200_000_000, 1_000
    path = packed(tmp_path / "a.xlsx", bytes(size))
    content = bytearray(path.read_bytes())
    for place, crc_at, size_at in ((content.find(b"PK\x03\x04"), 14, 22), (content.find(b"PK\x01\x02"), 16, 24)):
        content[place + crc_at : place + crc_at + 4] = zlib.crc32(bytes(said)).to_bytes(4, "little")
        content[place + size_at : place + size_at + 4] = said.to_bytes(4, "little")
    path.write_bytes(content)
    with zipfile.ZipFile(path) as lying:
        assert lying.infolist()[0].file_size == said
    assert why(path) == "not_a_list"
    with zipfile.ZipFile(unlock(path, ())) as honest:
        assert len(honest.read("[Content_Types].xml")) == said


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_way_of_packing_that_no_spreadsheet_uses_is_refused(tmp_path: Path, method: int) -> None:
    content = random.Random(1).randbytes(1_000)
    assert why(packed(tmp_path / "a.xlsx", content, method)) == "not_a_list"


def test_a_bomb_behind_a_known_password_is_refused_like_any_other(book: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", bytes(20_000_000))
    lock_workbook(book, "江北-7", tmp_path / "vault")
    assert why(book, "江北-7") == "too_large"


def test_a_locked_list_says_that_its_password_is_not_known(book: Path, tmp_path: Path) -> None:
    lock_workbook(book, "江北-7", tmp_path / "vault")
    assert why(book) == "locked"
    assert why(book, "other") == "locked"
    assert isinstance(read_filled(book, ["other", "江北-7"], TODAY), FilledList)


def test_a_lock_that_would_keep_a_process_busy_is_not_tried(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_workbook(book, "江北-7", tmp_path / "vault")
    monkeypatch.setattr("lowincome.deliver.unlock.MAX_SPINS", 99_999)
    assert why(book, "江北-7") == "not_a_list"


@pytest.mark.parametrize("content", [
    b"", b"no workbook", b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)])
def test_what_is_no_workbook_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert why(path, "a") == "not_a_list"


def test_an_archive_without_entries_is_refused(tmp_path: Path) -> None:
    assert why(packed(tmp_path / "a.xlsx", b"", parts=0)) == "not_a_list"


def test_a_damaged_list_is_read_or_refused_and_never_stops_the_program(book: Path, tmp_path: Path) -> None:
    chance, whole, refused = random.Random(7), book.read_bytes(), 0
    for _ in range(100):
        content = bytearray(whole)
        for _ in range(chance.randint(1, 20)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path = tmp_path / "damaged.xlsx"
        path.write_bytes(content[: chance.choice([len(content), chance.randrange(len(content))])])
        try:
            assert isinstance(read_filled(path, (), TODAY), FilledList)
        except NotAList:
            refused += 1
    assert refused > 50


def test_xml_that_grows_out_of_itself_is_refused(book: Path, tmp_path: Path) -> None:
    """Entities of entities, a thousand million characters when unfolded."""
    nested = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    text = f"<?xml version='1.0'?><!DOCTYPE sst [<!ENTITY e0 'a'>{nested}]><sst>&e9;</sst>"
    content, path = io.BytesIO(), tmp_path / "a.xlsx"
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(content, "w") as after:
        for name in before.namelist():
            after.writestr(name, text if name == "xl/workbook.xml" else before.read(name))
    path.write_bytes(content.getvalue())
    assert why(path) == "not_a_list"
