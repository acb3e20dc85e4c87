"""A sandbox on disk and on a loopback port: for the demo's process and, in a thread, for tests."""

import gc
import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn

from sandbox.builder import Config
from sandbox.connections import connections, write_env
from sandbox.drops import write_drops
from sandbox.faults import FaultSwitch
from sandbox.linkage_truth import write_linkage_truth
from sandbox.roster import write_roster
from sandbox.server import create_app
from sandbox.truth import write_truth
from sandbox.world import World


@dataclass
class Sandbox:
    """A generated sandbox: its world, its folder and, once it listens, its port and connections."""

    world: World
    folder: Path
    roster_url: str
    port: int = 0

    @property
    def base_url(self) -> str:
        """Where the HTTP sources answer."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def connections(self) -> dict[str, dict[str, Any]]:
        """Connection id → Airflow's JSON form."""
        return connections(self.world, self.port, self.folder, self.roster_url)

    def faults(self, *rules: Mapping[str, Any]) -> None:
        """Switch faults on; file faults show at once."""
        self.world.faults.add(rules)
        self.write_drops()

    def mend(self) -> None:
        """Switch all faults off."""
        self.world.faults.clear()
        self.write_drops()

    def write_drops(self) -> None:
        """Write the files of every day."""
        for day in self.world.config.dates:
            write_drops(self.world, self.folder / "drops", day)

    def roster_as_of(self, day: date) -> None:
        """Bring the roster's database to the end of a day."""
        write_roster(self.roster_url, self.world, day)

    def server(self) -> uvicorn.Server:
        """A server for the three HTTP sources."""
        app = create_app(self.world, self.write_drops, self.roster_as_of)
        return uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))

    def listen(self, port: int) -> socket.socket:
        """Bind the loopback port (0: any free one) and tell it in connections.env."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        self.port = bound.getsockname()[1]
        write_env(self.folder / "connections.env", self.connections)
        return bound


def generate(world: World, folder: Path, roster_url: str | None = None, has_truth: bool = True) -> Sandbox:
    """Everything on disk: drops, roster, truth (which costs most). The roster stands at the end of the last day."""
    folder.mkdir(parents=True, exist_ok=True)
    url = roster_url or f"sqlite:///{(folder / 'roster.db').resolve()}"
    sandbox = Sandbox(world, folder, url)
    sandbox.write_drops()
    sandbox.roster_as_of(world.config.last_date)
    if has_truth:
        write_truth(folder, world)
        write_linkage_truth(folder, world.builder)
    return sandbox


def read_faults(path: Path | None) -> FaultSwitch:
    """The switch from a JSON list of rules; without a file, nothing is broken."""
    return FaultSwitch(json.loads(path.read_text(encoding="utf-8")) if path else ())


@contextmanager
def running_sandbox(folder: Path, households: int = 200, seed: int = 7, first_date: date = date(2026, 11, 20),
                    days: int = 3, faults: Iterable[Mapping[str, Any]] = (), has_truth: bool = True,
                    **over: Any) -> Iterator[Sandbox]:
    """A generated sandbox that serves from a thread; `over` are further fields of World."""
    world = World(Config(households, seed, first_date, days), faults=FaultSwitch(faults), **over)
    with serving(generate(world, folder, has_truth=has_truth)) as sandbox:
        yield sandbox


@contextmanager
def serving(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox that serves from a thread."""
    server, bound = sandbox.server(), sandbox.listen(0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    gc.freeze()  # its people make no garbage: to walk a million of them takes longer than an answer may
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield sandbox
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        bound.close()
        gc.unfreeze()
