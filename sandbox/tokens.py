"""Bearer tokens of the medical-insurance bureau."""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass
class Tokens:
    """Issued tokens and the epoch second at which each ends."""

    seed: int
    seconds: int
    clock: Callable[[], float]
    ends: dict[str, float] = field(default_factory=dict)

    def issue(self) -> str:
        """A new token."""
        token = sha256(f"{self.seed}:token:{len(self.ends)}".encode()).hexdigest()
        self.ends[token] = self.clock() + self.seconds
        return token

    def is_known(self, token: str) -> bool:
        """Whether it was issued here."""
        return token in self.ends

    def is_fresh(self, token: str) -> bool:
        """Whether it has not ended."""
        return self.ends.get(token, 0.0) > self.clock()

    def expire_all(self) -> None:
        """Every token ends now, as it does in the middle of a long pull."""
        self.ends = dict.fromkeys(self.ends, 0.0)
