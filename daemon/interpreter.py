"""How Python runs the daemon: its start is not searched for garbage, what is there then never, and threads take short turns."""

from __future__ import annotations

import gc
import sys

from actors.lasting import keep_all

SWITCH_INTERVAL_S = 0.0005
"""So long a thread may compute while another waits for its turn.

With Python's own 5 ms, a request beside many turns waits as long at each of its steps, since the two loops, the
conversations and the archive are all at work.
"""


def begin() -> None:
    """To be called first of all: modules are no garbage, and looking for some takes a tenth of the start."""
    gc.disable()


def tune() -> None:
    """To be called once, when everything has started."""
    keep_all()
    gc.enable()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
