"""The six Airflow connections as lines of an environment file."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.world import World

HTTP_SOURCES = ("province_check", "city_check", "medical_insurance")


def connections(world: World, port: int, folder: Path, roster_url: str) -> dict[str, dict[str, Any]]:
    """Connection id → Airflow's JSON form."""
    found = {source: _http(world, source, port) for source in HTTP_SOURCES}
    for source, sub in (("rural_revitalization", "rural"), ("disabled_federation", "federation")):
        found[source] = {"conn_type": "fs", "extra": {"path": str((folder / "drops" / sub).resolve())}}
    found["assistance_roster"] = {"conn_type": "generic", "extra": {"sqlalchemy_url": roster_url}}
    return found


def _http(world: World, source: str, port: int) -> dict[str, Any]:
    extra: dict[str, Any] = {"page_size": 500, "timeout": 10}
    if source != "medical_insurance":
        extra["signature"] = world.signature
    return {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "port": port,
            "login": world.app_key(source), "password": world.secret(source), "extra": extra}


def write_env(path: Path, found: Mapping[str, Mapping[str, Any]]) -> None:
    """AIRFLOW_CONN_<ID>='{json}', a line each."""
    lines = [f"AIRFLOW_CONN_{name.upper()}='{json.dumps(conn, sort_keys=True)}'" for name, conn in found.items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
