"""Records as a careful user readies them for a tool: numbers checked, names trimmed, dates as text."""

import pandas as pd
import pyarrow as pa

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def readied(records: pa.Table) -> pd.DataFrame:
    """The records with `id_no`, the valid number, and `id_written`, that or the 18 characters that stand for it."""
    frame = records.to_pandas()
    id_no = checked(frame["id_raw"])
    written = id_no.fillna(frame["id_raw"].where(frame["id_raw"].str.len() == 18))
    birth = frame["birth_date"].astype(str)
    return frame.assign(id_no=id_no, id_written=written, name=trimmed(frame["name"]), birth_date=birth)


def trimmed(names: pd.Series) -> pd.Series:
    """Names without spaces, dots and notes."""
    return names.str.replace(r"[\s·•‧・]|\(.*\)", "", regex=True)


def checked(numbers: pd.Series) -> pd.Series:
    """Valid 18-digit numbers, 15 digits upgraded; all others missing."""
    text = numbers.fillna("").astype(str)
    stem = text.where(text.str.len() != 15, text.str[:6] + "19" + text.str[6:]).str[:17]
    stem = stem.where(stem.str.fullmatch(r"\d{17}"), "0" * 17)
    total = sum(stem.str[place].astype(int) * weight for place, weight in enumerate(WEIGHTS))
    whole = stem + (total % 11).map(dict(enumerate("10X98765432")))
    return whole.where(((text.str.len() == 15) | (text == whole)) & (stem != "0" * 17))
