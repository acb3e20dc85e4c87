"""Two runs of one data date take turns, step by step; what a step held is given back when it ends."""

import gc
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import pyarrow as pa

from lowincome.lake import Lake
from lowincome.settings import read_settings

Counts = dict[str, Any]
Arguments = ParamSpec("Arguments")


def alone(step: Callable[Arguments, Counts]) -> Callable[Arguments, Counts]:
    """Two runs of one data date take turns, step by step: both work on the same lock, so both give the same bytes."""

    @wraps(step)
    def in_turn(*names: Arguments.args, **more: Arguments.kwargs) -> Counts:
        with Lake(read_settings().lake).alone("-".join(str(name) for name in names)):
            gc.freeze()  # what stood before makes no garbage: to walk it again and again costs a tenth of many a step
            try:
                return step(*names, **more)
            finally:
                gc.unfreeze()
                pa.default_memory_pool().release_unused()  # else it waits for tables that the next step may never make

    return in_turn
