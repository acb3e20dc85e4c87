"""Growth as tables."""

from collections.abc import Sequence

from rich.table import Table

from benchmarks.growth.figures import Day, changes, exponent, local_exponents, of_change


def of_sizes(days: Sequence[Day]) -> Table:
    """Processor seconds and memory of each size and change."""
    table = Table("persons", "records", "changed", "CPU s", "peak MB", title="a day in one process")
    for day in days:
        size = (f"{day.persons:,}", f"{day.records:,}")
        table.add_row(*size, share(day.changed), f"{day.cpu:.1f}", f"{day.peak_mb:,.0f}")
    return table


def of_exponents(days: Sequence[Day]) -> Table:
    """The exponent of the cost in the size with the change held constant: of all sizes, and from size to size."""
    table = Table("changed", "exponent", "from size to size", title="cost over size")
    for changed in changes(days):
        own = of_change(days, changed)
        if len(own) > 1:
            steps = ", ".join(f"{one:.2f}" for one in local_exponents(own))
            table.add_row(share(changed), f"{exponent(own):.2f}", steps)
    return table


def share(changed: float | None) -> str:
    """How much changed, in words."""
    return "all (first day)" if changed is None else f"{changed:g} %"
