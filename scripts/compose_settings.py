"""What docker-compose.yml says of a service, read so that plain processes can be started from the very same lines."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

COMPOSE = Path(__file__).resolve().parents[1] / "docker-compose.yml"
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\})")


def services() -> dict[str, dict[str, Any]]:
    """Every service by its name, anchors and merges resolved, variables still in."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


def required() -> set[str]:
    """Variables that have no default: whoever starts it must give each."""
    found = VARIABLE.finditer(COMPOSE.read_text("utf-8"))
    return {match["name"] for match in found if match["kind"] == "?"}


def filled(text: str, given: Mapping[str, str]) -> str:
    """A value as Compose reads it: ${NAME:?why}, ${NAME:-default} and $$; KeyError when a required one is missing."""

    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        default = {match["name"]: match["rest"]} if match["kind"] == "-" else {}
        return ({**default, **given})[match["name"]]

    return VARIABLE.sub(value, text)


def environment(service: str, given: Mapping[str, str], moved: Mapping[str, str]) -> dict[str, str]:
    """A service's variables, filled; `moved` says where hosts and folders of the containers lie here, by pattern."""
    return {name: relocated(filled(str(value), given), moved)
            for name, value in services()[service]["environment"].items()}


def relocated(value: str, moved: Mapping[str, str]) -> str:
    """A value with the containers' hosts and folders replaced, in the order given."""
    for pattern, here in moved.items():
        value = re.sub(pattern, here, value)
    return value
