"""The keys that wrap the data key of each sealed file, by name. Where none are set, files lie in the clear.

The file of keys is read again whenever it changes, so a new key needs no restart. Never printed: repr and errors hold
names only.
"""

import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives import keywrap

from lowincome.errors import SettingsInvalid
from lowincome.settings import read_settings

SETTING = "LOWINCOME_ENCRYPTION_KEYS"
CONNECTION = "connection:"
NAME, KEY = re.compile(r"[A-Za-z0-9._-]{1,32}"), re.compile(r"[0-9a-fA-F]{64}")
SHAPE = "active: <name>, keys: {<name>: 64 hex digits}"
NEXT = "see docs/encryption-at-rest.md"


@dataclass(frozen=True)
class Keyring:
    """Key-encryption keys (AES-256) by name. New files are sealed under the active one; the others open older ones."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)

    def wrap(self, data_key: bytes) -> bytes:
        """A data key wrapped by the active key (RFC 3394)."""
        return keywrap.aes_key_wrap(self.keys[self.active], data_key)

    def unwrap(self, name: str, wrapped: bytes) -> bytes | None:
        """The data key; None where the key of that name is not here or is another one."""
        if name not in self.keys:
            return None
        try:
            return keywrap.aes_key_unwrap(self.keys[name], wrapped)
        except keywrap.InvalidUnwrap:
            return None


def keyring() -> Keyring | None:
    """The keys that LOWINCOME_ENCRYPTION_KEYS names, a file or `connection:<id>`; None where it is not set."""
    named = os.environ.get(SETTING, "").strip()
    if not named:
        return None
    if named.startswith(CONNECTION):
        conn_id = named.removeprefix(CONNECTION)
        return _of_connection(conn_id, os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}", ""))
    path = Path(named).absolute()
    try:
        state = path.stat()
    except OSError as error:
        raise _invalid(f"the file cannot be read ({type(error).__name__})", path.name) from None
    return _of_file(path, state.st_mtime_ns, state.st_size, stat.S_IMODE(state.st_mode))


@lru_cache(maxsize=4)
def _of_file(path: Path, changed_at: int, size: int, mode: int) -> Keyring:
    """The file's keys; the arguments beside the path say that it is still the same."""
    if mode & 0o077:
        raise SettingsInvalid(what="others may read the keys", where=path.name, expected="mode 0600",
                              next_step="chmod 600 it")
    if path.resolve().is_relative_to(read_settings().home.resolve()):
        raise SettingsInvalid(what="the keys lie beside what they seal", where=f"{SETTING} {path.name}",
                              expected="a file outside LOWINCOME_HOME", next_step="move it: a backup would hold both")
    try:
        return _read(yaml.load(path.read_text("utf-8"), yaml.BaseLoader), path.name)
    except (yaml.YAMLError, ValueError):
        raise _invalid("the file cannot be read", path.name) from None


@lru_cache(maxsize=4)
def _of_connection(conn_id: str, text: str) -> Keyring:
    """The keys in `extra` of an Airflow connection, as AIRFLOW_CONN_<ID> holds it in JSON."""
    try:
        extra = json.loads(text)["extra"]
        return _read(json.loads(extra) if isinstance(extra, str) else extra, f"connection {conn_id}")
    except (ValueError, KeyError, TypeError):
        raise _invalid(f"AIRFLOW_CONN_{conn_id.upper()} is no JSON with `extra`", f"connection {conn_id}") from None


def _read(content: Any, where: str) -> Keyring:
    """The keys, read strictly; what was found is never told, for it may be a key."""
    keys = content.get("keys") if isinstance(content, dict) else None
    if not isinstance(keys, dict) or content.get("active") not in keys or not all(
            NAME.fullmatch(str(name)) and KEY.fullmatch(str(key)) for name, key in keys.items()):
        raise _invalid("the keys are not written as agreed", where)
    return Keyring(content["active"], {name: bytes.fromhex(key) for name, key in keys.items()})


def _invalid(what: str, where: str) -> SettingsInvalid:
    return SettingsInvalid(what=what, where=f"{SETTING} {where}", expected=SHAPE, next_step=NEXT)
