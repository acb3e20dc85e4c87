"""python -m sandbox: generate the six sources under a folder and serve them until SIGTERM."""

import argparse
import asyncio
import logging
import signal
from contextlib import suppress
from datetime import date
from pathlib import Path

from sandbox.builder import Config
from sandbox.running import generate, read_faults
from sandbox.world import World

LOG = logging.getLogger("sandbox")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--households", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--first-date", type=date.fromisoformat, default=date(2026, 11, 20))
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--faults", type=Path, help="a JSON list of fault rules")
    parser.add_argument("--signature", choices=("HMAC-SHA256", "HMAC-SM3"), default="HMAC-SHA256")
    parser.add_argument("--token-seconds", type=int, default=60)
    parser.add_argument("--page-cap", type=int, default=300, help="the largest page that city and medical give")
    parser.add_argument("--roster-url", help="an SQLAlchemy URL; a SQLite file under --dir by default")
    parser.add_argument("--generate-only", action="store_true", help="write the folder and stop")
    return parser.parse_args()


async def serve() -> None:
    """Generate, listen, say so, serve."""
    asked = arguments()
    (asked.dir / "ready").unlink(missing_ok=True)
    config = Config(asked.households, asked.seed, asked.first_date, asked.days)
    world = World(config, asked.signature, asked.token_seconds, asked.page_cap, faults=read_faults(asked.faults))
    sandbox = generate(world, asked.dir, asked.roster_url)
    if asked.generate_only:
        return
    server, bound = sandbox.server(), sandbox.listen(asked.port)
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn stops on it and then raises it again
    serving = asyncio.create_task(server.serve([bound]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    (asked.dir / "ready").write_text(f"{sandbox.base_url}\n", encoding="utf-8")
    LOG.info("%d households on %s, see %s", asked.households, sandbox.base_url, asked.dir / "connections.env")
    try:
        await serving
    finally:
        (asked.dir / "ready").unlink(missing_ok=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    with suppress(KeyboardInterrupt):
        asyncio.run(serve())
