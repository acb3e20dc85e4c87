"""Own figures among Airflow's metrics: through Airflow's own client, so wherever it sends its own, or nowhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

PREFIX = "lowincome"


def measure() -> dict[str, int]:
    """Send every figure of the newest day; skipped while Airflow's metrics are off."""
    import alerting
    from airflow.sdk.configuration import conf
    from airflow.sdk.exceptions import AirflowSkipException
    from lowincome.gauges import gauges

    if not any(conf.getboolean("metrics", name) for name in ("statsd_on", "otel_on")):
        raise AirflowSkipException("metrics are off: see docs/operations.md")
    found = gauges(alerting.now())
    for gauge in found:
        _send(gauge.name, gauge.value, gauge.tags)
    return {"sent": len(found)}


@contextmanager
def timed(step: str) -> Iterator[None]:
    """Send how long a step of the day took, in seconds, when it succeeded."""
    began = monotonic()
    yield
    _send("step_seconds", monotonic() - began, {"step": step})


def _send(name: str, value: float, tags: dict[str, str]) -> None:
    from airflow.sdk.observability import stats

    stats.gauge(f"{PREFIX}.{name}", float(value), tags=tags)
