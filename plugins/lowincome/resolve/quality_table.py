"""The quality of links as tables that a person reads, in Chinese and English (include/linkage/words.yaml)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from lowincome.resolve.explain import catalogue

Rows = list[dict[str, Any]]
SHARES = ("precision", "recall", "f1")


def quality_tables(found: Mapping[str, Rows]) -> Iterator[Table]:
    """What `evaluate` found: overall, by kind of corruption and, where the truth names some, who must stay apart."""
    overall = found["quality"][0]
    yield _overall(overall)
    yield _by_kind(found["quality_by_kind"])
    if found["must_not_merge"]:
        yield _must_not_merge(found["must_not_merge"], overall["found_pairs"])


def quality_words(name: str, **counts: int) -> str:
    """A heading or sentence with its numbers: Chinese, and below it English."""
    told = {count: _count(value) for count, value in counts.items()}
    return "\n".join(catalogue()["quality"][name]).format(**told)


def _overall(row: dict[str, Any]) -> Table:
    table = _table("title", records=row["records"], lost=row["lost"])
    _add_columns(table, "", *SHARES, "found", "real", "wrong", "missed")
    shares = [row["precision"], row["recall"], row["f1"]]
    counts = [row["found_pairs"], row["real_pairs"], row["wrong_pairs"], row["missed_pairs"]]
    table.add_row(quality_words("pairs"), *map(_share, shares), *map(_count, counts))
    shares = [row["cluster_precision"], row["cluster_recall"], row["cluster_f1"]]
    persons = [row["found_persons"], row["real_persons"]]
    off = [count - row["exact_persons"] for count in persons]
    table.add_row(quality_words("whole_persons"), *map(_share, shares), *map(_count, [*persons, *off]))
    return table


def _by_kind(rows: Rows) -> Table:
    table = _table("by_kind")
    _add_columns(table, "kind", "records", "lost", *SHARES, "wrong", "missed")
    for row in rows:
        records, off = [row["records"], row["lost"]], [row["wrong"], row["missed"]]
        shares = [row["precision"], row["recall"], row["f1"]]
        table.add_row(row["kind"], *map(_count, records), *map(_share, shares), *map(_count, off))
    return table


def _must_not_merge(rows: Rows, linked: int) -> Table:
    table = _table("must_not_merge")
    _add_columns(table, "reason", "planted", "merged", "wrong_pairs", "of_linked")
    total = {name: sum(row[name] for row in rows) for name in ("planted", "merged", "wrong_pairs")}
    for row in [*rows, {"kind": quality_words("all"), **total}]:
        counts = [row["planted"], row["merged"], row["wrong_pairs"]]
        table.add_row(row["kind"], *map(_count, counts), f"{100_000 * row['wrong_pairs'] / max(linked, 1):.2f}")
    return table


def _table(title: str, **counts: int) -> Table:
    return Table(title=quality_words(title, **counts), title_justify="left", box=None, pad_edge=False)


def _add_columns(table: Table, first: str, *others: str) -> None:
    """The first names its row; the others are numbers. The two languages stand one below the other."""
    table.add_column(quality_words(first) if first else "")
    for name in others:
        table.add_column(quality_words(name), justify="right")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.5f}"


def _count(value: int) -> str:
    return f"{value:,}"
