"""Frozen settings, read from the environment inside a step and passed down."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from lowincome.errors import SettingsInvalid

PROJECT = Path(__file__).resolve().parents[2]
INCLUDE = PROJECT / "include"
PUBLISH_BY = "07:30"


@dataclass(frozen=True)
class Settings:
    """Where things lie and how much memory the engine may take."""

    home: Path
    output: Path
    register_url: str
    identity_key: str
    memory_limit: str
    recipients: Path | None
    staff: Path
    anchors: Path
    upload_bytes: int
    approvers: tuple[dict[str, str], ...]
    publish_by: time
    engine: str

    @property
    def lake(self) -> Path:
        """Root of landing, standardised, resolved, households and outcomes."""
        return self.home / "lake"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings of this process: LOWINCOME_HOME, _OUTPUT, _REGISTER_URL, _IDENTITY_KEY, _MEMORY_LIMIT, _RECIPIENTS,
    _STAFF, _ANCHORS, _UPLOAD_BYTES, _APPROVERS, _PUBLISH_BY, _ENGINE."""
    env = os.environ if environment is None else environment
    home = Path(env.get("LOWINCOME_HOME") or PROJECT / "var").absolute()
    make_private(home)
    return Settings(
        home=home,
        output=Path(env.get("LOWINCOME_OUTPUT") or home / "output").absolute(),
        register_url=env.get("LOWINCOME_REGISTER_URL") or f"sqlite:///{home / 'register.db'}",
        identity_key=env.get("LOWINCOME_IDENTITY_KEY") or _stored_key(home / "identity.key"),
        memory_limit=env.get("LOWINCOME_MEMORY_LIMIT", "2GB"),
        recipients=Path(env["LOWINCOME_RECIPIENTS"]) if env.get("LOWINCOME_RECIPIENTS") else None,
        staff=Path(env.get("LOWINCOME_STAFF") or home / "staff.yaml").absolute(),
        anchors=Path(env.get("LOWINCOME_ANCHORS") or home / "anchors").absolute(),
        upload_bytes=int(env.get("LOWINCOME_UPLOAD_BYTES") or 5_000_000),
        approvers=_approvers(env.get("LOWINCOME_APPROVERS") or ""),
        publish_by=publish_by(env),
        engine=engine_name(env),
    )


def make_private(folder: Path) -> None:
    """A folder that nobody else can enter, whatever the umask; one that is there keeps the rights that it was given."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def engine_name(environment: Mapping[str, str] = os.environ) -> str:
    """What runs the SQL, duckdb or spark: LOWINCOME_ENGINE. Spark opens no sealed file: with keys it is refused."""
    name = environment.get("LOWINCOME_ENGINE") or "duckdb"
    if name not in ("duckdb", "spark"):
        raise SettingsInvalid(
            what="nobody knows this engine", where="LOWINCOME_ENGINE", expected="duckdb or spark", found=name,
            next_step="leave it out for DuckDB; docs/spark.md tells when Spark is worth it")
    if name == "spark" and environment.get("LOWINCOME_ENCRYPTION_KEYS", "").strip():
        raise SettingsInvalid(
            what="Spark cannot open sealed files", where="LOWINCOME_ENGINE=spark", expected="no keys",
            found="LOWINCOME_ENCRYPTION_KEYS is set",
            next_step="use DuckDB, or a home in the clear on storage that is itself encrypted")
    return name


def asks_everybody(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether rules are asked of everybody, carrying nothing over from the day before: LOWINCOME_REBUILD."""
    word = environment.get("LOWINCOME_REBUILD") or "no"
    if word not in ("yes", "no"):
        raise SettingsInvalid(
            what="the word cannot be read", where="LOWINCOME_REBUILD", expected="yes or no", found=word,
            next_step="leave it out, or write yes to ask everybody")
    return word == "yes"


def publish_by(environment: Mapping[str, str] = os.environ) -> time:
    """The hour in Shanghai by which a day is published, on the day after its data date: LOWINCOME_PUBLISH_BY."""
    text = environment.get("LOWINCOME_PUBLISH_BY") or PUBLISH_BY
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise SettingsInvalid(
            what="the hour of publication cannot be read", where="LOWINCOME_PUBLISH_BY", expected="HH:MM", found=text,
            next_step="write an hour of the day, such as 07:30") from None


def _approvers(text: str) -> tuple[dict[str, str], ...]:
    """Airflow's users (id and name) who may let a held list go, written `7=Li,12=Zhao`; none: whoever Airflow lets."""
    pairs = [entry.partition("=") for entry in text.split(",") if entry.strip()]
    if not all(number.strip() and name.strip() for number, _, name in pairs):
        raise SettingsInvalid(
            what="the approvers cannot be read", where="LOWINCOME_APPROVERS", expected="id=name,id=name",
            next_step="write Airflow's user ids with their names")
    return tuple({"id": number.strip(), "name": name.strip()} for number, _, name in pairs)


def _stored_key(path: Path) -> str:
    """The key that turns identities into ids, made once per home and readable by its owner alone."""
    if not path.exists():
        _make_key(path)
    key = path.read_text().strip()
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise SettingsInvalid(
            what="the key of identities is not whole", where=path.name, expected="64 hexadecimal digits",
            next_step="restore it from the backup: under another key everybody would get another id")
    return key


def _make_key(path: Path) -> None:
    """Whole or not at all; of two processes that make it at once the first one's stays."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".identity-") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        with suppress(FileExistsError):
            os.link(file.name, path)
