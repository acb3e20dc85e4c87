"""What the sandboxes of a benchmark deliver, whole or part by part.

Not in the command itself, whose functions a process of their own would not find.
"""

import multiprocessing
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial

from benchmarks.day import parts
from benchmarks.day.run import FIRST, Place, Step, is_whole, land_days
from sandbox.builder import Config
from sandbox.running import Sandbox, generate, serving
from sandbox.world import World

PERSONS_A_HOUSEHOLD = 2.5


def land(place: Place, options: Namespace, days: int, part: int = 0) -> Iterator[Step]:
    """Every delivery of every day."""
    with sources(place, options, days, part) as sandbox:
        yield from land_days(place, days, sandbox)


def land_parts(place: Place, options: Namespace, days: int) -> Iterator[Step]:
    """Every delivery of every part, as many parts at a time as there are cores, then all as one.

    A part that was landed before is not played again. Each is played by a process of its own and gives its memory back.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context, max_tasks_per_child=1) as pool:
        for steps in pool.map(partial(_land_part, place, options, days), range(options.parts)):
            yield from steps
    place.empty()
    parts.merge(place, options.parts, days)


def _land_part(place: Place, options: Namespace, days: int, number: int) -> list[Step]:
    owner = parts.places(place, options.parts)[number]
    owner.empty()
    return [] if is_whole(owner, days) else list(land(owner, options, days, number))


@contextmanager
def sources(place: Place, options: Namespace, days: int, part: int = 0) -> Iterator[Sandbox]:
    """The six sources with a part of the people."""
    households = int(options.persons / options.parts / PERSONS_A_HOUSEHOLD)
    config = Config(households, options.seed + part, FIRST, days, part, options.parts)
    world = World(config, changed=tuple(one / 100 for one in options.changed))
    with serving(generate(world, place.folder / "sandbox", has_truth=False)) as sandbox:
        yield sandbox
