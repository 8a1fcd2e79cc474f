"""How Python runs the daemon from its start on: threads take short turns, and what is there is never collected."""

from __future__ import annotations

import sys

from actors.lasting import keep_all

SWITCH_INTERVAL_S = 0.0005
"""So long a thread may compute while another waits for its turn.

With Python's own 5 ms, a request beside many turns waits as long at each of its steps, since the two loops, the
conversations and the archive are all at work.
"""


def tune() -> None:
    """To be called once, when everything has started."""
    keep_all()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
