"""A screen that nobody sees, whose pixels a test can read."""

from __future__ import annotations

import os
import struct
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.conftest import needs_program

T = TypeVar("T")
DEADLINE_S = 30.0
POLL_S = 0.05
WIDTH, HEIGHT = 1280, 800


class VirtualScreen:
    """An X server that draws into a file.

    Args:
        folder: where the file lies.
    """

    def __init__(self, folder: Path) -> None:
        reading, writing = os.pipe()
        self._picture = folder / "Xvfb_screen0"
        self._process = subprocess.Popen(
            [
                needs_program("Xvfb", "xvfb"),
                "-displayfd",
                str(writing),
                "-screen",
                "0",
                f"{WIDTH}x{HEIGHT}x24",
                "-fbdir",
                str(folder),
                "-nolisten",
                "tcp",
            ],
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as said:
            self.display = f":{said.readline().strip()}"

    def colours(self, left: int, top: int, width: int, height: int) -> Counter[int]:
        """The colours of an area, as 0xRRGGBB, and how many of its pixels have them."""
        picture = self._picture.read_bytes()
        # The X Window Dump format, XWDFile.h
        header = struct.unpack_from(">25I", picture)
        start, bytes_per_line = header[0] + header[19] * 12, header[12]
        found: Counter[int] = Counter()
        for line in range(top, top + height):
            at = start + line * bytes_per_line + left * 4
            found.update(pixel & 0xFFFFFF for pixel in struct.unpack_from(f"<{width}I", picture, at))
        return found

    def stop(self) -> None:
        """Ends it."""
        self._process.terminate()
        self._process.wait(DEADLINE_S)


def until(check: Callable[[], T], what: str) -> T:
    """What a check gives once that is something; fails after the deadline."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < deadline, f"it did not happen: {what}"
        time.sleep(POLL_S)  # pixels and pages of another process tell nobody when they change
