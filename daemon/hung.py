"""A daemon whose process runs but does not answer, because its event loop hangs: how to end it."""

from __future__ import annotations

import contextlib
import time

from daemon import discovery
from daemon.client_errors import ClientError
from daemon.discovery import Discovery

END_TIMEOUT_S = 5.0
POLL_S = 0.02


def end_by_force(found: Discovery) -> None:
    """Ends a daemon and what its agents have started, without asking it. What it has stored is kept.

    Raises:
        ClientError: it may not be ended, or does not end.
    """
    import psutil  # noqa: PLC0415  (a daemon that hangs is rare)

    try:
        process = psutil.Process(found.pid)
        if not discovery.is_running(found):
            return
        children = process.children(recursive=True)
        process.kill()
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied as error:
        raise ClientError(f"Process {found.pid} belongs to another user, who must end it.") from error
    for child in children:
        with contextlib.suppress(psutil.Error):
            child.kill()
    deadline = time.monotonic() + END_TIMEOUT_S
    while discovery.is_running(found):
        if time.monotonic() > deadline:
            raise ClientError(f"Process {found.pid} cannot be ended, not even by force: the system holds it.")
        time.sleep(POLL_S)
