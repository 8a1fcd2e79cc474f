"""What the service manager hears."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from daemon.service.notify import Notifier

DEADLINE_S = 10.0


@pytest.fixture
def manager() -> Iterator[socket.socket]:
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(Path(folder) / "notify"))
        listening.settimeout(DEADLINE_S)
        yield listening


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


def variables(manager: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": manager.getsockname(), "KEPT": "yes", **more}


def test_ready_and_stopping_are_told(manager: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
    environment = variables(manager)
    notifier = Notifier.take(environment)
    assert environment == {"KEPT": "yes"}, "no child may speak for us"
    notifier.ready("http://127.0.0.1:1", loop)
    lines = manager.recv(1000).decode().splitlines()
    assert lines == ["READY=1", "STATUS=Ready at http://127.0.0.1:1", f"MAINPID={os.getpid()}"]
    notifier.stopping()
    assert manager.recv(1000).decode().startswith("STOPPING=1")


async def _feed(manager: socket.socket, notifier: Notifier) -> list[bytes]:
    loop = asyncio.get_running_loop()
    notifier.ready("there", loop)
    return [await loop.run_in_executor(None, manager.recv, 1000) for _ in range(4)]


def test_the_watchdog_is_fed_as_long_as_the_loop_turns(manager: socket.socket) -> None:
    environment = variables(manager, WATCHDOG_USEC="30000", WATCHDOG_PID=str(os.getpid()))
    heard = asyncio.run(_feed(manager, Notifier.take(environment)))
    assert heard[1:] == [b"WATCHDOG=1"] * 3


def test_a_watchdog_of_another_process_is_not_ours(
    manager: socket.socket, loop: asyncio.AbstractEventLoop
) -> None:
    notifier = Notifier.take(variables(manager, WATCHDOG_USEC="30000", WATCHDOG_PID="1"))
    notifier.ready("there", loop)
    notifier.stopping()
    assert [manager.recv(1000)[:9] for _ in range(2)] == [b"READY=1\nS", b"STOPPING="]


def test_a_manager_that_is_gone_hurts_nobody(caplog: pytest.LogCaptureFixture) -> None:
    Notifier("/nowhere/notify").stopping()
    assert "cannot be told STOPPING=1" in caplog.text
    Notifier().stopping()
