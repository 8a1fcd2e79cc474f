"""Objects that stay until the end: the garbage collector does not look at them again.

A full collection walks through everything that lives, and stops every thread meanwhile. With a model's SDK imported
that took 100 to 220 ms, in the midst of streams.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def keep_all() -> None:
    """Says that everything there is now stays. What is dropped all the same goes, unless it refers to itself."""
    gc.freeze()


@contextmanager
def lasting_import() -> Iterator[None]:
    """What is imported within stays; nothing is collected meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        keep_all()
        if was_enabled:
            gc.enable()
