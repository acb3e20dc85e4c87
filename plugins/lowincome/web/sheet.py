"""The list as a workbook of text cells: nothing in it is a formula, a link or a number."""

from typing import BinaryIO

import xlsxwriter

from lowincome.web.office import Rows
from lowincome.web.render import district_name, township_name
from lowincome.web.words import Translate

SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
COLUMNS = (
    ("state", 10), ("certainty", 10), ("due", 12), ("district", 12), ("township", 18), ("household", 12),
    ("id_no", 22), ("phone", 15), ("address", 40), ("number", 28), ("rule", 16), ("first_seen", 12))


def write_sheet(target: BinaryIO, items: Rows, language: str, t: Translate) -> None:
    """Write the items under headings in the visitor's language."""
    book = xlsxwriter.Workbook(target, SAFE)
    sheet = book.add_worksheet(t("worklist"))
    bold, text = book.add_format({"bold": True, "bg_color": "#D9D9D9"}), book.add_format({"num_format": "@"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, t(name), bold)
    for number, item in enumerate(items, 1):
        cells = _cells(item, language, t)
        for column, (name, _) in enumerate(COLUMNS):
            sheet.write_string(number, column, cells[name], text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(items), 1), len(COLUMNS) - 1)
    book.close()


def _cells(item: dict[str, object], language: str, t: Translate) -> dict[str, str]:
    shown = {
        "state": t(f"state.{item['state']}"), "certainty": t(f"certainty.{item['certainty']}"),
        "due": item["due_date"], "district": district_name(str(item["district"]), language),
        "township": township_name(str(item["township"] or "")), "household": item["name"], "id_no": item["id_no"],
        "phone": item["phone"], "address": item["address"], "number": item["household_key"] or item["item_id"],
        "rule": str(item["rules"]).replace("|", " "), "first_seen": item["first_seen"]}
    return {name: "" if value is None else str(value) for name, value in shown.items()}
