"""The quality of links as tables that a person reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

Rows = list[dict[str, Any]]
SHARES = ("precision", "recall", "F1")


def quality_tables(found: Mapping[str, Rows]) -> Iterator[Table]:
    """What `evaluate` found: overall, by kind of corruption and, where the truth names some, who must stay apart."""
    overall = found["quality"][0]
    yield _overall(overall)
    yield _by_kind(found["quality_by_kind"])
    if found["must_not_merge"]:
        yield _must_not_merge(found["must_not_merge"], overall["found_pairs"])


def _overall(row: dict[str, Any]) -> Table:
    table = _table(f"links against the truth: {row['records']:,} records, {row['lost']:,} of them lost")
    for name in ("", *SHARES, "found", "real", "wrong", "missed"):
        table.add_column(name, justify="right" if name else "left")
    shares = [row["precision"], row["recall"], row["f1"]]
    counts = [row["found_pairs"], row["real_pairs"], row["wrong_pairs"], row["missed_pairs"]]
    table.add_row("pairs", *map(_share, shares), *map(_count, counts))
    shares = [row["cluster_precision"], row["cluster_recall"], row["cluster_f1"]]
    persons = [row["found_persons"], row["real_persons"]]
    off = [count - row["exact_persons"] for count in persons]
    table.add_row("whole persons", *map(_share, shares), *map(_count, [*persons, *off]))
    return table


def _by_kind(rows: Rows) -> Table:
    table = _table("pairs by kind of record; a pair counts for each of its two records")
    for name in ("kind", "records", "lost", *SHARES, "wrong", "missed"):
        table.add_column(name, justify="left" if name == "kind" else "right")
    for row in rows:
        records, off = [row["records"], row["lost"]], [row["wrong"], row["missed"]]
        shares = [row["precision"], row["recall"], row["f1"]]
        table.add_row(row["kind"], *map(_count, records), *map(_share, shares), *map(_count, off))
    return table


def _must_not_merge(rows: Rows, linked: int) -> Table:
    table = _table("persons who must not be merged")
    for name in ("reason", "planted", "merged", "wrong pairs", "in 100,000 linked"):
        table.add_column(name, justify="left" if name == "reason" else "right")
    total = {name: sum(row[name] for row in rows) for name in ("planted", "merged", "wrong_pairs")}
    for row in [*rows, {"kind": "all", **total}]:
        counts = [row["planted"], row["merged"], row["wrong_pairs"]]
        table.add_row(row["kind"], *map(_count, counts), f"{100_000 * row['wrong_pairs'] / max(linked, 1):.2f}")
    return table


def _table(title: str) -> Table:
    return Table(title=title, title_justify="left", box=None, pad_edge=False)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.5f}"


def _count(value: int) -> str:
    return f"{value:,}"
