"""The verb `rotate-keys`: every file is sealed, and wrapped anew by the active key, while days run."""

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from lowincome.disk import written_whole
from lowincome.errors import AuditFailed, SettingsInvalid
from lowincome.keys import SETTING, Keyring, keyring
from lowincome.lake import Lake, create_file, digest, open_file, replace_file
from lowincome.sealed import is_sealed, rewrap
from lowincome.settings import read_settings

OPEN_KINDS = (".json", ".xlsx")
"""Files of the lake that are never sealed: records without personal data, and workbooks that have their own lock."""
DAY, SOURCE = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)"), re.compile(r"source=(\w+)")


def add_verbs(verbs: Any) -> None:
    """Add the verb `rotate-keys`."""
    rotate = verbs.add_parser("rotate-keys", help="wrap every sealed file by the active key",
                              description=str(rotate_keys.__doc__))
    rotate.set_defaults(verb=lambda options, console: console.print(rotate_keys()))


def rotate_keys() -> dict[str, int]:
    """Wrap the data key of every sealed file by the active key alone, and seal what lies in the clear.

    Answers how many files were wrapped, unchanged, sealed and left in the clear. Content and digests stay as they are,
    and days may run meanwhile. Once a second call wraps none, no file needs another key. AuditFailed names a file whose
    key is not here; what was done before stays so.
    """
    ring, lake = keyring(), Lake(read_settings().lake)
    if ring is None:
        raise SettingsInvalid(what="there are no keys", where=SETTING, next_step="see docs/encryption-at-rest.md")
    found: Counter[str] = Counter(wrapped=0, unchanged=0, sealed=0, in_the_clear=0)
    with lake.alone("rotate-keys"):
        for path in _tables_and_landings(lake.root):
            try:
                found[_settle(lake, path, ring)] += 1
            except FileNotFoundError:
                continue  # a day or retention has just removed it
    return dict(found)


def _tables_and_landings(root: Path) -> Iterator[Path]:
    """What is sealed as it is written, half written files among it; the content of a landing is, whatever its kind."""
    for folder, _, names in os.walk(root):
        layer = Path(folder).relative_to(root).parts[:1]
        for path in (Path(folder) / name for name in sorted(names) if layer and layer != ("locks",)):
            is_landed = layer == ("landing",) and path.name != "manifest.json"
            if is_landed or path.suffix not in OPEN_KINDS:
                yield path


def _settle(lake: Lake, path: Path, ring: Keyring) -> str:
    """What became of a file."""
    if is_sealed(path):
        return "wrapped" if rewrap(path, ring) else "unchanged"
    return "sealed" if _seal(lake, path) else "in_the_clear"


def _seal(lake: Lake, path: Path) -> bool:
    """Seal a finished file of a day, in that day's turn; False for unfinished ones, and pages, which a week removes."""
    place = path.relative_to(lake.root)
    day, source = DAY.search(str(place)), SOURCE.search(str(place))
    if day is None or place.parts[0] == "pages" or any(part.startswith(".") for part in place.parts):
        return False
    turns = ["retention", *([f"{source[1]}-{day[0]}"] if source else []), day[0]]
    with ExitStack() as stack:
        for turn in turns:
            stack.enter_context(lake.alone(turn))
        if not is_sealed(path):
            replace_file(_copied(path, lake.candidate(path)), path)
    return True


def _copied(path: Path, candidate: Path) -> Path:
    """The file once more, sealed, and read again before it takes the other's place."""
    with open_file(path) as content, written_whole(candidate), create_file(candidate) as sealed:
        shutil.copyfileobj(content, sealed)
    if digest(candidate) != digest(path):
        raise AuditFailed(what="a sealed copy differs from its file", where=path.name,
                          next_step="nothing was replaced; look at the disk and call `rotate-keys` again")
    return candidate
