"""A day's folder became visible: the asset that the DAGs wait for; each of its events carries a data date."""

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Asset

PUBLISHED = Asset("lowincome_published_day")


def announce(context: Mapping[str, Any], data_date: str) -> None:
    """Tell whoever waits for a published day which one it is."""
    context["outlet_events"][PUBLISHED].extra = {"data_date": data_date}


def published_dates(context: Mapping[str, Any]) -> list[str]:
    """The days to tell of: the run's parameter, else those published since the last run, each once."""
    if chosen := context["params"].get("data_date"):
        return [str(chosen)]
    events = context["triggering_asset_events"].get(PUBLISHED, [])
    return sorted({event.extra["data_date"] for event in events})
