"""A published day in every district without running the pipeline: planted households whose addresses name them."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import yaml
from fastapi.testclient import TestClient
from lowincome import schema, upload
from lowincome.deliver.alert_message import title
from lowincome.lake import Lake, digest, read_json, write_json
from lowincome.register import judgements, ledger, statistics
from lowincome.register.models import Flag, FlagEvent, RegisterDay
from lowincome.rules import catalogue
from lowincome.settings import read_settings
from lowincome.web import prepare
from lowincome.web.app import create_app
from lowincome.web.office import Access, Answers, Found, Identity, Office, Tasks
from lowincome.web.prepare import district_names
from lowincome.web.visitor import user_name
from sqlalchemy import create_engine, insert
from starlette.requests import Request

D, TODAY = date(2026, 11, 22), date(2026, 11, 24)
RULES = ("A08", "B04", "Q01", "B01")
Row = dict[str, Any]


@dataclass
class World:
    """The office over a planted day, and what was logged and recorded."""

    office: Office
    accesses: list[Access]
    found: list[Found]

    def client(self) -> TestClient:
        """A client whose header `x-user` says who is signed in; without it nobody is."""
        app = create_app(self.office)
        app.dependency_overrides[user_name] = _user_of_header
        return TestClient(app, follow_redirects=False)


def _user_of_header(request: Request) -> str:
    return request.headers["x-user"] if "x-user" in request.headers else user_name()


def token(household: str, district: str) -> str:
    """What stands in the address of a household and nowhere else."""
    return f"address-of-{household}-in-{district}"


PER_DISTRICT = 4


def households(per_district: int) -> dict[str, str]:
    """Household → district, so many in each district and in the unknown area."""
    return {f"H{code}{number:06d}": code for code in district_names() for number in range(per_district)}


HOUSEHOLDS = households(PER_DISTRICT)


def build(root: Path, days: Iterable[date], homes: dict[str, str] = HOUSEHOLDS) -> None:
    """Publish days under `root` with these flagged households."""
    for day in days:
        prepare_day(root / "lake", day, homes)
        _publish(root / "output" / day.isoformat(), day)
        _source_days(Lake(root / "lake"), day)


def prepare_day(lake: Path, day: date, homes: dict[str, str]) -> None:
    """Prepare the pages of one day."""
    run = pa.table({"data_date": pa.array([day], pa.date32()), "month": [f"{day:%Y%m}"]})
    answered = pa.Table.from_pylist(_answered(homes, day), statistics.ANSWERED_FLAG)
    prepare.build(inputs(homes, day), run, catalogue.as_dicts(), answered, Lake(lake).pages(day, f"run-{day}"))


def _answered(homes: dict[str, str], day: date) -> list[Row]:
    """The planted flags; those of 370126 were visited in vain."""
    found = {"370126": {"finding": "not_confirmed", "visited_on": day}}
    nothing = {"finding": None, "visited_on": None}
    return [
        {"rule_id": RULES[number % len(RULES)], "district": code, "first_seen": day, "is_open": True}
        | found.get(code, nothing)
        for number, code in enumerate(homes.values())]


def open_world(root: Path, staff_page: Path, staff: Row) -> World:
    """An office over a planted home, with a staff page and nothing logged yet."""
    staff_page.write_text(yaml.safe_dump(staff), "utf-8")
    accesses: list[Access] = []
    found: list[Found] = []
    url = f"sqlite:///{staff_page.with_name('register.db')}"
    office = _office(root, staff_page, accesses, found, _identity(url), _answers(url, staff_page.parent))
    return World(office, accesses, found)


def _identity(url: str) -> Identity:
    """The real judgements of the register over one planted doubt."""
    ledger.migrate(url)
    at = datetime(2026, 11, 24)
    doubt = {
        "left_key": "city_check:1", "right_key": "medical_insurance:2",
        "question": {"zh": "很可能是同一人", "en": "Very likely one person"},
        "evidence": [{"zh": "姓名相同", "en": "same name"}], "probability": 0.97}
    case = {"case_id": "P1", "open_flags": 2, "paid_persons": 1, "persons": ["P1", "P2"], "doubts": [doubt]}
    return Identity(
        cases=lambda day, run_id: [case],
        judgements=lambda: judgements.every(url),
        judge=lambda day, left, right, *said: judgements.propose(url, (left, right), *said, at),
        approve=lambda *signed: judgements.approve(url, *signed, at),
        withdraw=lambda *signed: judgements.withdraw(url, *signed, at))


def _answers(url: str, home: Path) -> Answers:
    """The real verbs over the register beside the staff page."""
    settings = read_settings({"LOWINCOME_HOME": str(home), "LOWINCOME_REGISTER_URL": url})
    return Answers(
        limit=settings.upload_bytes, returned=partial(upload.returned, home),
        receive=lambda given: upload.receive(settings, given, datetime(2026, 11, 24, 1), TODAY))


def register_flags(url: str, homes: dict[str, str] = HOUSEHOLDS, event: str = "opened", day: date = D) -> None:
    """Enter the planted flags into the register, as opened (or closed) on a day."""
    engine, counts = create_engine(url), {f"flags_{state}": 0 for state in ledger.STATES}
    rules = {home: RULES[number % len(RULES)] for number, home in enumerate(HOUSEHOLDS)}
    shared = {"data_date": day, "revision": 1}
    events = [
        {**shared, "flag_id": flag_id(home), "event": event, "certainty": "certain", "household_id": home,
         "rule_version": 1, "direction": rules[home][0], "district": None if code == "000000" else code}
        for home, code in homes.items()]
    flags = [{"flag_id": flag_id(home), "rule_id": rules[home], "subject_id": home, "first_seen": day}
             for home in homes]
    with engine.begin() as connection:
        connection.execute(insert(RegisterDay), [{**shared, **counts, "run_id": "r", "events_sha256": ""}])
        if event == "opened":
            connection.execute(insert(Flag), flags)
        connection.execute(insert(FlagEvent), events)
    engine.dispose()


def _office(
    root: Path, staff_page: Path, accesses: list[Access], found: list[Found], identity: Identity, answers: Answers
) -> Office:
    def record(new: Any) -> list[str]:
        found.extend(new)
        return ["recorded"] * len(new)

    def findings(day: date, flags: Any) -> list[Row]:
        return [vars(one) | {"rule_id": "B04"} for one in found if one.flag_id in flags]

    def logged(limit: int, offset: int) -> list[Row]:
        return [vars(entry) | {"at": datetime(2026, 11, 24)} for entry in accesses[::-1][offset : offset + limit]]

    return Office(
        lake=Lake(root / "lake"), output=root / "output", staff=staff_page, rules=catalogue.as_dicts(),
        parameters=[{"id": "vehicle_limit", "title_zh": "车辆限额", "title_en": "Vehicle limit"}],
        now=lambda: datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Asia/Shanghai")), log_access=accesses.append,
        accesses=logged, record_findings=record, findings=findings,
        episodes=lambda day, subjects: [
            {"flag_id": "Fold", "rule_id": "B04", "subject_id": subjects[0], "first_seen": date(2025, 1, 1),
             "data_date": date(2025, 2, 1), "event": "closed", "certainty": "certain",
             "reason": "false: vehicles_over_limit"}],
        reveal=lambda day, person: [{"name": "王秀英", "id_no": "370102196001022324", "phone": "13800001234"}],
        identity=identity, answers=answers,
        tasks=Tasks(
            times=lambda: [
                {"dag_id": "monitor_households", "run_id": "scheduled__1", "task_id": "publish", "state": "success",
                 "started": "2026-11-22 06:01:00", "seconds": "1.2"}],
            run_of=lambda dag_id, day: f"manual__{dag_id}_{day}"),
        alerts=lambda: [
            {"kind": "refused", "title": title("refused"), "since": datetime(2026, 11, 22, 22),
             "about": {"city_check": "code 401 bad signature"}}],
        publication=list)


def inputs(households: dict[str, str], day: date) -> Row:
    """Every table of a day with one flagged person in each household."""
    tables: dict[str, list[Row]] = {name: [] for name in schema.TABLES}
    for number, (household, district) in enumerate(households.items()):
        person, key = f"P{household[1:]}", f"assistance_roster:{household}/1"
        area = "990000000000" if district == "000000" else f"{district}001000"
        tables["household"].append({
            "household_id": household, "forming_key": f"assistance_roster:{household}", "head_person_id": person,
            "head_record_key": key, "area_code": area})
        tables["household_member"].append({
            "household_id": household, "person_id": person, "record_key": key, "role": "member", "is_counted": True})
        tables["household_key"].append({
            "household_id": household, "household_key": f"assistance_roster:{household}", "source": "assistance_roster",
            "role": "forming", "is_lapsed": False, "first_seen": day})
        tables["person"].append({
            "person_id": person, "name": "王秀英", "id_no": "370102196001022324", "sex": "2",
            "birth_date": date(1960, 1, 2)})
        tables["current_record"].append({
            "source": "assistance_roster", "record_key": key, "name": "王秀英", "phone": "13800001234",
            "relation": "02", "address": token(household, district), "area_code": area})
        tables["person_link"].append({"source": "assistance_roster", "record_key": key, "person_id": person})
        tables["criterion"] += _criteria(household, RULES[number % len(RULES)])
        tables["winning_fact"] += _facts(person, key, day)
        tables["flag_day"].append(_flag(household, district, RULES[number % len(RULES)], day))
    return {name: pa.Table.from_pylist(rows, schema.TABLES[name]) for name, rows in tables.items()}


def _facts(person: str, key: str, day: date) -> list[Row]:
    told = (("A04", "HIT", 1, None), ("I02", "HIT", None, 252_000), ("A03", "HIT", 1, 8_650),
            ("A01", "NONE", None, None), ("S02", "ERROR", None, None), ("X99", "HIT", None, 5))
    return [
        {"person_id": person, "source": "province_check", "record_key": key, "item_code": code, "status": status,
         "quantity": None if quantity is None else Decimal(quantity), "amount_fen": amount, "period_from": "202511",
         "period_to": "202610", "as_of": day}
        for code, status, quantity, amount in told]


def _criteria(household: str, rule: str) -> list[Row]:
    judged = (("vehicles_over_limit", True, Decimal(1), Decimal(1), True), ("covered", None, None, None, False),
              ("somebody_counted", None, None, None, True))
    return [
        {"rule_id": rule, "subject_id": household, "criterion": name, "outcome": outcome, "low": low, "high": None,
         "threshold": threshold, "unit": "vehicles", "parameters": "vehicle_limit", "is_told": is_told,
         "evidence": "a:1|b:2|a:1"}
        for name, outcome, low, threshold, is_told in judged]


def _flag(household: str, district: str, rule: str, day: date) -> Row:
    return {
        "rule_id": rule, "rule_version": 1, "direction": rule[0], "subject": "household", "household_id": household,
        "observed_low": Decimal(1), "observed_high": None if rule == "Q01" else Decimal(1), "threshold": Decimal(1),
        "reason_zh": "名下登记机动车1辆。", "reason_en": "1 vehicle.", "assumptions": "vehicle_limit|other",
        "unit": "vehicles", "parameters": "", "evidence": f"assistance_roster:{household}/1",
        "district": None if district == "000000" else district, "flag_id": flag_id(household),
        "certainty": "possible" if rule == "Q01" else "certain", "state": "new" if rule == "B04" else "open",
        "first_seen": day - timedelta(days=30 if rule == "B01" else 1)}


def flag_id(household: str) -> str:
    """The planted household's only flag."""
    return f"F{household}"


def _publish(folder: Path, day: date) -> None:
    counts = {"rows_in": 10, "kept": 8, "quarantined": 1, "refused": 1}
    source = {"state": "ok", "as_of": day.isoformat(), "inputs": [], "facts": counts, "reason": None, **counts}
    stale = {**source, "state": "refused", "as_of": (day - timedelta(days=2)).isoformat()}
    sources = {"assistance_roster": source, "city_check": stale}
    flags = {rule: {"new": 1, "open": 2, "held": 0, "closed": 0} for rule in RULES}
    expectation = {"source": "city_check", "table": "person_record", "severity": "warning", "why": "Because."}
    expectations = [expectation | {"expectation": name, "success": good, "failing_count": int(not good)}
                    for name, good in (("sex_known", True), ("name_mostly_present", False))]
    shared = {"data_date": day.isoformat(), "run_id": f"run-{day}", "state": "degraded", "code_version": "c",
              "policy_version": "p"}
    write_json(folder / "validation" / "results.json", {
        **shared, "sources": sources, "flags": flags, "expectations": expectations, "discrepancies": 3,
        "worklists": {code: {"flags": {}, "held_because": None} for code in district_names()}})
    names = ["validation/results.json", "flags.csv"]
    (folder / "flags.csv").write_text("data_date\n", "utf-8")
    (folder / "worklists").mkdir()
    for code, (name, _) in district_names().items():
        names.append(f"worklists/{code}_{name}_{day}.xlsx")
        (folder / names[-1]).write_text(f"workbook of {code}", "utf-8")
    outputs = {name: {"sha256": digest(folder / name), "rows": 1} for name in names}
    write_json(folder / "manifest.json", {**shared, "sources": sources, "outputs": outputs})


def hold(home: Path, folder: Path, *districts: str) -> Path:
    """A copy of the home in which the lists of some districts wait for their release."""
    copy = folder / "home"
    shutil.copytree(home, copy)
    results = copy / "output" / D.isoformat() / "validation" / "results.json"
    found = read_json(results)
    for code in districts:
        found["worklists"][code]["held_because"] = "too many"
    write_json(results, found)
    return copy


def _source_days(lake: Lake, day: date) -> None:
    counts = {"rows_in": 10, "kept": 10, "quarantined": 0, "refused": 0}
    for source, state, reason in (
        ("assistance_roster", "ok", None),
        ("city_check", "refused", f"GET {day}: the server refuses the request; found code 401 bad signature")):
        write_json(lake.source_day(source, day), {
            "source": source, "data_date": day.isoformat(), "state": state, "reason": reason, "facts": counts,
            **counts})
