"""The whole synthetic world: what the six sources would say on any day, and the keys to ask them."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

from sandbox.background import lay_background
from sandbox.builder import Builder, Config
from sandbox.changes import lay_changes
from sandbox.faults import FaultSwitch
from sandbox.situations import lay_situations


@dataclass
class World:
    """Built from the configuration alone. `signature` is HMAC-SHA256 or HMAC-SM3 for both checking systems.

    `changed` are the shares of records that change on the days after the first; else 0.02.
    """

    config: Config
    signature: str = "HMAC-SHA256"
    token_seconds: int = 60
    page_cap: int = 300
    polls: int = 2
    changed: tuple[float, ...] = ()
    faults: FaultSwitch = field(default_factory=FaultSwitch)

    @cached_property
    def builder(self) -> Builder:
        """All records of all sources; built once, on first use."""
        builder = Builder(self.config)
        lay_background(builder)
        ordinary = len(builder.population.households)
        lay_situations(builder)
        lay_changes(builder, ordinary, self.changed)
        return builder

    def app_key(self, source: str) -> str:
        """The login of a source's connection."""
        return f"jn-{source.split('_')[0]}-{self._random(source, 'key')[:8]}"

    def secret(self, source: str) -> str:
        """The password of a source's connection: looks random, made from the seed."""
        return self._random(source, "secret")[:40]

    def _random(self, source: str, kind: str) -> str:
        return hashlib.sha256(f"{self.config.seed}:{source}:{kind}".encode()).hexdigest()
