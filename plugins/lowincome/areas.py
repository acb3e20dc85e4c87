"""Area codes of old and new and the district that each belongs to today."""

import pyarrow as pa
import pyarrow.csv as pacsv

from lowincome.settings import INCLUDE

UNKNOWN_AREA = "000000"
"""How a district that is null is asked for and shown: unknown, or outside the city."""


def area_codes() -> pa.Table:
    """old_code → present_code, six digits each; codes outside Jinan do not stand in it."""
    types = {"old_code": pa.string(), "present_code": pa.string()}
    return pacsv.read_csv(
        INCLUDE / "policy" / "area_code.csv", convert_options=pacsv.ConvertOptions(column_types=types)
    )
