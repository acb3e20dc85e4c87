"""A seventh source of a known transport is a page and a suite: in a copy of the project, with no file touched."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lowincome.settings import PROJECT

D, ID = "2026-11-22", "370102196001022324"
PAGE = """
id: veterans
title: Veterans' bureau, persons in hardship
title_zh: 退役军人困难帮扶名单
publisher: 济南市退役军人事务局
purpose: Who is on the list of veterans in hardship.
connection: veterans
transport: file_drop
reader: csv
load: full
schedule: "30 0 * * *"
max_age: 7
max_shrink: 0.2
options: {file_pattern: "veterans_{yyyymmdd}.csv", needs_md5: true}
required_columns: [编号, 姓名, 身份证号]
known_columns: [编号, 姓名, 身份证号, 性别]
tables:
  person_record:
    part: file
    record_key: "veterans:{编号}"
    fields:
      name: {from: 姓名, parse: text, required: true}
      id_type: {parse: text, value: "'1'"}
      id_raw: {from: 身份证号, parse: id}
      sex: {from: 性别, parse: text, codes: {男: "1", 女: "2"}}
      is_valid: {parse: boolean, value: "true"}
"""
SUITE = {"table": "person_record", "key": "record_key", "expectations": [
    {"id": "has_id", "level": "value", "severity": "SEVERITY", "why": "The list is made from IDs.",
     "fails_when": "id_raw is null"}]}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what ships, and beside it the page alone."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("plugins", "include"):
        shutil.copytree(PROJECT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "include" / "sources" / "veterans.yaml").write_text(PAGE, "utf-8")
    return copy


def put_suite(project: Path, severity: str) -> None:
    suite = project / "include" / "expectations" / "standardised" / "veterans" / "person_record.json"
    suite.parent.mkdir(exist_ok=True)
    suite.write_text(json.dumps(SUITE).replace("SEVERITY", severity), "utf-8")


def put_file(drop: Path, *lines: str) -> None:
    content = "\n".join(("编号,姓名,身份证号,性别", *lines)).encode("gb18030")
    drop.mkdir()
    (drop / "veterans_20261122.csv").write_bytes(content)
    (drop / "veterans_20261122.csv.md5").write_text(hashlib.md5(content).hexdigest())
    (drop / "veterans_20261122.csv.ok").touch()


def run(project: Path, folder: Path, *verb: str) -> str:
    connection = {"conn_type": "fs", "extra": {"path": str(folder / "drop")}}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW_CONN_")}
    done = subprocess.run(
        [sys.executable, "-m", "lowincome", *verb, "--data-date", D], capture_output=True, text=True, check=True,
        cwd=folder, env=kept | {"PYTHONPATH": str(project / "plugins"), "LOWINCOME_HOME": str(folder / "home"),
                                "LOWINCOME_OUTPUT": str(folder / "output"),
                                "AIRFLOW_CONN_VETERANS": json.dumps(connection)})
    return done.stdout + done.stderr


def published(folder: Path, name: str) -> Any:
    with (folder / "output" / D / name).open(encoding="utf-8") as file:
        return json.load(file) if name.endswith(".json") else list(csv.DictReader(file))


def test_a_page_and_a_suite_bring_a_seventh_source_into_the_published_day(project: Path, tmp_path: Path) -> None:
    put_suite(project, "warning")
    put_file(tmp_path / "drop", f"V1,王某,'{ID},女", "V2,张某,,男", "V3,,,", "V4,李某,x")
    run(project, tmp_path, "run")
    source = published(tmp_path, "manifest.json")["sources"]["veterans"]
    assert (source["state"], source["rows_in"], source["kept"], source["quarantined"]) == ("ok", 4, 2, 2)
    quarantined = published(tmp_path, "validation/quarantine/veterans.csv")
    assert {(row["record_key"], row["reason"]) for row in quarantined} == {
        ("veterans:V3", "required:name"), ("veterans:veterans_20261122.csv:line/5", "too_few_cells")}
    assert [row["record_key"] for row in published(tmp_path, "links.csv")] == ["veterans:V1", "veterans:V2"]
    asked = {(entry["source"], entry["expectation"]): entry
             for entry in published(tmp_path, "validation/results.json")["expectations"]}
    assert asked["veterans", "has_id"]["failing_keys"] == ["veterans:V2"]


def test_its_own_suite_can_refuse_its_day(project: Path, tmp_path: Path) -> None:
    put_suite(project, "critical")
    put_file(tmp_path / "drop", "V2,张某,,男")
    run(project, tmp_path, "fetch", "--source", "veterans")
    told = run(project, tmp_path, "standardise", "--source", "veterans")
    assert "refused" in told
    assert "person_record.has_id" in told
