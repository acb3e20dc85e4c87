"""The verb `rotate-keys`: every sealed file is wrapped anew by the active key, while days run."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lowincome.errors import SettingsInvalid
from lowincome.keys import SETTING, keyring
from lowincome.lake import Lake
from lowincome.sealed import is_sealed, rewrap
from lowincome.settings import read_settings

OPEN_KINDS = (".json", ".xlsx")
"""Files of the lake that are never sealed: records without personal data, and workbooks that have their own lock."""


def add_verbs(verbs: Any) -> None:
    """Add the verb `rotate-keys`."""
    rotate = verbs.add_parser("rotate-keys", help="wrap every sealed file by the active key",
                              description=str(rotate_keys.__doc__))
    rotate.set_defaults(verb=lambda options, console: console.print(rotate_keys()))


def rotate_keys() -> dict[str, int]:
    """Wrap the data key of every sealed file by the active key alone; how many were, had been, and lie in the clear.

    Content and digests stay as they are, and days may run meanwhile. Once a second call wraps none, no file needs
    another key. AuditFailed names a file whose key is not here; what was wrapped before stays so.
    """
    ring, lake = keyring(), Lake(read_settings().lake)
    if ring is None:
        raise SettingsInvalid(what="there are no keys", where=SETTING, next_step="see docs/encryption-at-rest.md")
    found: Counter[str] = Counter(wrapped=0, unchanged=0, in_the_clear=0)
    with lake.alone("rotate-keys"):
        for path in _tables_and_landings(lake.root):
            try:
                kind = "in_the_clear" if not is_sealed(path) else "wrapped" if rewrap(path, ring) else "unchanged"
            except FileNotFoundError:
                continue  # a day or retention has just removed it
            found[kind] += 1
    return dict(found)


def _tables_and_landings(root: Path) -> Iterator[Path]:
    """What is sealed as it is written, half written files among it; the content of a landing is, whatever its kind."""
    for folder, _, names in os.walk(root):
        layer = Path(folder).relative_to(root).parts[:1]
        for path in (Path(folder) / name for name in sorted(names) if layer and layer != ("locks",)):
            is_landed = layer == ("landing",) and path.name != "manifest.json"
            if is_landed or path.suffix not in OPEN_KINDS:
                yield path
