"""A sealed file: its content in chunks of AES-256-GCM under a data key of its own, which stands in its head, wrapped.

    8 bytes of mark | two slots of: name of the wrapping key (32 bytes, zeros behind it), wrapped data key (40) | chunks

A chunk is 65,536 bytes of content (the last one fewer) and its tag of 16. Its nonce is its number (11 bytes) and
whether it is the last (1): the STREAM construction, in which a chunk that is changed, moved, left out or cut off is not
authentic. Another key wraps anew by filling the empty slot before the other is emptied, so a whole one always stands.
"""

import io
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lowincome.errors import AuditFailed
from lowincome.keys import NAME, SETTING, Keyring, keyring

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MARK, PROTOCOL = b"LIsealed", "sealed"
"""How a sealed file begins, and how the engine is told to open one: `sealed://<path>`."""
NAME_BYTES, WRAPPED_BYTES, TAG, CHUNK = 32, 40, 16, 65_536
SLOT = NAME_BYTES + WRAPPED_BYTES
HEAD = len(MARK) + 2 * SLOT
EMPTY = bytes(SLOT)


def is_sealed(path: Path) -> bool:
    """Whether a file carries the mark."""
    with path.open("rb") as file:
        return file.read(len(MARK)) == MARK


class SealedWriter(io.RawIOBase):
    """A file that is sealed as it is written. Left by an error it lacks its last chunk and can never be opened."""

    def __init__(self, path: Path, ring: Keyring) -> None:
        self._file, self._ring = path.open("wb"), ring
        self._begin()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Append content."""
        content = memoryview(data).cast("B")
        self._buffer += content
        self._size += content.nbytes
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), is_last=False)
            del self._buffer[:CHUNK]
        return content.nbytes

    def tell(self) -> int:
        """Bytes of content so far."""
        return self._size

    def truncate(self, size: int | None = None) -> int:
        """Forget everything that was written; a new data key, for none may seal two contents."""
        if size != 0:
            raise io.UnsupportedOperation("what was sealed can only be forgotten whole")
        self._file.seek(0)
        self._file.truncate()
        self._begin()
        return 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """The end of the content is the only place to write."""
        if (offset, whence) != (self._size, os.SEEK_SET):
            raise io.UnsupportedOperation("what was sealed is not changed")
        return offset

    def close(self) -> None:
        """Seal the last chunk."""
        if not self._file.closed:
            self._seal(bytes(self._buffer), is_last=True)
            self._file.close()
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._file.close()
        self.close()

    def _begin(self) -> None:
        data_key = AESGCM.generate_key(256)
        self._cipher, self._buffer, self._size, self._number = AESGCM(data_key), bytearray(), 0, 0
        self._file.write(MARK + _slot(self._ring, data_key) + EMPTY)

    def _seal(self, content: bytes, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last), content, None))
        self._number += 1


class OpenFile(io.RawIOBase):
    """A file read by several threads, each from where it sought itself: the engine's do, between two calls of ours."""

    def __init__(self, path: Path) -> None:
        self._file, self._next, self._sought = path.open("rb", buffering=0), 0, threading.local()
        self.size = os.fstat(self._file.fileno()).st_size

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Where this thread reads next."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self.size}[whence]
        self._next = self._sought.place = start + offset
        return self._next

    def tell(self) -> int:
        """Where this thread reads next."""
        place = getattr(self._sought, "place", None)
        return self._next if place is None else place

    def read(self, size: int | None = -1, /) -> bytes:
        """As much as was asked for, less only at the end."""
        place = self.tell()
        end = self.size if size is None or size < 0 else min(self.size, place + size)
        content = self.read_at(place, end - place) if end > place else b""
        self._next, self._sought.place = place + len(content), None
        return content

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """`read` into a buffer."""
        target = memoryview(buffer).cast("B")
        content = self.read(target.nbytes)
        target[:len(content)] = content
        return len(content)

    def read_at(self, place: int, size: int) -> bytes:
        """A piece of the content."""
        return os.pread(self._file.fileno(), size, place)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class SealedFile(OpenFile):
    """The content of a sealed file. AuditFailed where its key is not here, or a piece is not as it was sealed."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._key_name, data_key = _data_key(path, self._file.fileno())
        self._cipher, sealed = AESGCM(data_key), self.size - HEAD
        self._chunks = max(1, -(-sealed // (CHUNK + TAG)))
        self.size = max(0, sealed - TAG * self._chunks)
        self._check_end()

    def read_at(self, place: int, size: int) -> bytes:
        """A piece of the content, every chunk of it authentic."""
        first, last = place // CHUNK, (place + size - 1) // CHUNK
        sealed = memoryview(super().read_at(HEAD + first * (CHUNK + TAG), (last - first + 1) * (CHUNK + TAG)))
        pieces = (sealed[at:at + CHUNK + TAG] for at in range(0, len(sealed), CHUNK + TAG))
        content = b"".join(self._opened(number, piece) for number, piece in enumerate(pieces, first))
        start = place - first * CHUNK
        return content[start:start + size]

    def _check_end(self) -> None:
        """The last chunk is the last and whole: no reader has to come that far to see that a file was cut."""
        last = self._chunks - 1
        self._opened(last, memoryview(super().read_at(HEAD + last * (CHUNK + TAG), CHUNK + TAG)))

    def _opened(self, number: int, piece: memoryview) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(number, number == self._chunks - 1), piece, None)
        except InvalidTag:
            raise AuditFailed(
                what="a sealed file was changed or cut", where=_named(self._path), expected="every chunk as sealed",
                found=f"chunk {number} of {self._chunks} is not, key {self._key_name}",
                next_step="restore the file from a backup, or compute it again") from None


def raw_file(path: Path) -> OpenFile:
    """A file to read without a buffer, sealed or in the clear."""
    return SealedFile(path) if is_sealed(path) else OpenFile(path)


def rewrap(path: Path, ring: Keyring) -> bool:
    """Wrap the data key of a sealed file by the active key alone; False where that is so, or the file has gone.

    The file is changed in its head, never replaced: who reads or replaces it meanwhile is not disturbed.
    """
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        slots = _slots(file)
        names = [_name(slot) for slot in slots]
        if sorted(names) == ["", ring.active]:
            return False
        _, data_key = _data_key(path, file)
        _fill(file, slots, _slot(ring, data_key), ring.active)
        return True
    finally:
        os.close(file)


def _fill(file: int, slots: list[bytes], new: bytes, active: str) -> None:
    """The new slot first, on the disk; only then the other is emptied."""
    names = [_name(slot) for slot in slots]
    place = names.index(active) if active in names else names.index("") if "" in names else 1
    for at, content in ((place, new), (1 - place, EMPTY)):
        os.pwrite(file, content, len(MARK) + at * SLOT)
        os.fsync(file)


def _data_key(path: Path, file: int) -> tuple[str, bytes]:
    """Name of the wrapping key and the data key. Read twice: a head that is wrapped anew may be seen half."""
    ring = keyring()
    for _ in range(2):
        slots = _slots(file)
        for slot in slots:
            data_key = ring.unwrap(_name(slot), slot[NAME_BYTES:]) if ring else None
            if data_key:
                return _name(slot), data_key
    names = " or ".join(filter(None, map(_name, slots))) or "none that can be read"
    raise AuditFailed(
        what="a file is sealed with a key that is not here", where=_named(path), expected=f"key {names}",
        found=f"keys {', '.join(sorted(ring.keys))}" if ring else f"{SETTING} is not set",
        next_step="put the key back; a file whose key is lost cannot be opened by anybody")


def _slots(file: int) -> list[bytes]:
    head = os.pread(file, HEAD, 0)
    return [head[len(MARK) + at * SLOT:][:SLOT] for at in (0, 1)]


def _slot(ring: Keyring, data_key: bytes) -> bytes:
    return ring.active.encode().ljust(NAME_BYTES, b"\0") + ring.wrap(data_key)


def _name(slot: bytes) -> str:
    """The wrapping key's name; empty for an empty or a half written slot."""
    name = slot[:NAME_BYTES].rstrip(b"\0").decode("ascii", "replace")
    return name if NAME.fullmatch(name) else ""


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _named(path: Path) -> str:
    """A path without the machine's own part of it."""
    return "/".join(path.parts[-4:])
