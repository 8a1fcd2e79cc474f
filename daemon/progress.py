"""A bar for work that takes longer than a second, where a person looks on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

QUIET_S = 1.0


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int], None]]:
    """Gives what is to be told how much is done, and of how much; nothing is shown off a terminal."""
    started_at = time.monotonic()
    with ExitStack() as stack:
        show: Callable[[int, int], None] | None = None

        def told(done: int, total: int) -> None:
            nonlocal show
            if show is None and time.monotonic() - started_at >= QUIET_S and sys.stderr.isatty():
                show = _opened(stack, title)
            if show is not None:
                show(done, total)

        yield told


def _opened(stack: ExitStack, title: str) -> Callable[[int, int], None]:
    from rich.console import Console  # noqa: PLC0415  (20 ms that quick work saves)
    from rich.progress import Progress  # noqa: PLC0415

    bar = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
    task = bar.add_task(title)

    def show(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)

    return show
