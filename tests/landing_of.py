"""Landings made by hand, so that standardise is tested without a transport."""

import gzip
import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from lowincome.lake import Lake, create_file, write_json


def land(
    lake: Lake,
    source: str,
    data_date: date,
    files: dict[str, tuple[str, bytes]],
    since: date | None = None,
    run_id: str = "0001",
    totals: dict[str, int] | None = None,
) -> Path:
    """Put files (name → part, bytes) into the landing as one complete delivery."""
    folder = lake.landing(source, data_date, run_id)
    folder.mkdir(parents=True)
    entries = []
    for name, (part, content) in files.items():
        with create_file(folder / name) as file:
            file.write(content)
        entries.append(
            {
                "name": name,
                "part": part,
                "bytes": len(content),
                "rows": None,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    write_json(
        folder / "manifest.json",
        {
            "source": source,
            "data_date": data_date.isoformat(),
            "run_id": run_id,
            "files": entries,
            "mode": "incremental" if since else "full",
            "since": since.isoformat() if since else None,
            "totals": totals or {},
            "complete": True,
            "contract_version": "1",
            "endpoint": "by hand",
        },
    )
    return folder


def ndjson(*reports: Any) -> bytes:
    """Gzip lines; a str is put in as it is, so that a line may be broken."""
    lines = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in reports]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def page(*rows: Any) -> bytes:
    """A page of the city's answer."""
    return json.dumps({"success": True, "code": "200", "data": {"rows": rows, "total": len(rows)}}).encode()


def items(*rows: Any) -> bytes:
    """A page of the medical bureau's answer."""
    return json.dumps({"items": rows, "nextCursor": None}).encode()
