"""Flags and lists made by hand, as the delivery's own query gives them."""

from datetime import date
from decimal import Decimal
from typing import Any

from lowincome.deliver.worklist import Worklist

D = date(2026, 11, 20)
RULES = {
    name: {
        "id": name, "title_zh": f"事项{name}", "title_en": f"Item {name}", "advice_zh": f"核实{name}",
        "advice_en": f"look at {name}.",
        "legal_basis": "鲁民〔2021〕75号",
        "deadline_working_days": 10,
    }
    for name in ("A01", "A08", "B04", "B05", "Q01")
}


def flag(flag_id: str, rule_id: str = "B04", **changes: Any) -> dict[str, Any]:
    """An open flag of household H1 with one vehicle."""
    one = Decimal("1.00000000")
    return {
        "district": "370102", "township": "千佛山街道", "township_code": "370102002", "rule_id": rule_id,
        "flag_id": flag_id, "state": "open", "close_reason": None, "certainty": "certain",
        "first_seen": date(2026, 11, 2),
        "observed_low": one, "observed_high": one, "threshold": one, "unit": "vehicles", "reason_zh": None,
        "reason_en": None, "assumptions": None, "item_id": "H1", "forming_key": "assistance_roster:J1",
        "is_about_member": False, "subject_name": None, "name": "王秀英", "id_no": "370102196001022324",
        "phone": "13800001234", "address": "千佛山街道1号", "before_certainty": "certain", "before_low": one,
        "before_high": one, "before_state": "open", "finding": None, "visited_on": None, "unanswered": None,
    } | changes


def worklist(*flags: dict[str, Any], **changes: Any) -> Worklist:
    """A list of 历下区."""
    sources = {"city_check": {"title_zh": "市核对", "title": "City", "state": "ok", "as_of": "2026-11-20"}}
    day = {"data_date": D.isoformat(), "run_id": "r1", "state": "complete", "sources": sources,
           "parameters": {"rigid_ratio": {"title_zh": "刚性支出比例", "title_en": "Rigid expense ratio"},
                          "medical_trigger": {"title_zh": "医疗负担预警倍数", "title_en": "Medical burden trigger"}}}
    settings: dict[str, Any] = {"code": "370102", "district": "历下区", "recipient": "历下区救助科", "day": day,
                                "rules": RULES, "flags": flags}
    return Worklist(**settings | changes)
