"""One server: restarted when it dies, given up, left alone, stopped when idle, asked again for its tools."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from actors.errors import ToolError
from actors.mcp import connection as connection_module
from actors.mcp.config import ServerEntry, resolve
from actors.mcp.connection import Connection
from actors.options import Options
from storage.paths import DataDir
from tests.daemon_process import REPOSITORY

pytestmark = pytest.mark.skipif(os.name != "posix", reason="servers that are programs need Linux or macOS")

DEADLINE_S = 40
FAKE = ServerEntry(
    command=sys.executable, args=["-m", "tests.fakes.mcp_server"], env={"PYTHONPATH": str(REPOSITORY)}
)


def raw(kind: str) -> ServerEntry:
    return ServerEntry(command=sys.executable, args=[str(REPOSITORY / "tests/fakes/raw_mcp_server.py"), kind])


@asynccontextmanager
async def connected(entry: ServerEntry, root: Path, idle_s: float = 600.0) -> AsyncIterator[Connection]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root), "LANG": "C.UTF-8"}
    options = Options(DataDir(root), mcp_start_timeout_s=DEADLINE_S, mcp_idle_s=idle_s)
    config = resolve("one", entry, root=root, environment=environment)
    found = Connection(config, environment, options)
    async with asyncio.timeout(DEADLINE_S):
        found.need(options)
        await found.settled()
        try:
            yield found
        finally:
            await found.stop()


async def changed(connection: Connection, holds: Callable[[], bool]) -> None:
    """Waits until something holds, which is looked at whenever the connection tells news."""
    while not holds():
        await connection.news()


def nothing(_text: str) -> None:
    """Shows nobody anything."""


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(connection_module, "LONGEST_PAUSE_S", 0.02)


@pytest.mark.usefixtures("_no_pauses")
def test_a_server_that_always_fails_is_given_up_and_left_alone(tmp_path: Path) -> None:
    counted = tmp_path / "count"
    entry = ServerEntry(command="sh", args=["-c", f"echo x >> {counted}; exit 4"])

    async def check() -> None:
        async with connected(entry, tmp_path) as connection:
            await changed(connection, lambda: connection.state == "failed")
            assert connection.failures == connection_module.ATTEMPTS
            # 137 where the machine was too busy for it to end in time by itself, so that it was killed.
            how = r"It ended with exit code (4|137)\. It wrote nothing to standard error\."
            assert connection.why_not is not None
            assert re.fullmatch(how, connection.why_not)
            with pytest.raises(ToolError, match=rf"The MCP server one is not ready\. {how}"):
                await connection.call("any", {}, nothing)
            assert connection.state == "failed"

    asyncio.run(check())
    assert counted.read_text().count("x") == connection_module.ATTEMPTS


def test_a_server_that_nobody_needs_is_stopped_and_started_again(tmp_path: Path) -> None:
    async def check() -> None:
        async with connected(FAKE, tmp_path, idle_s=0.3) as connection:
            process = psutil.Process(connection.pid)
            await changed(connection, lambda: connection.state == "stopped")
            assert not process.is_running()
            result = await connection.call("echo", {"text": "again"}, nothing)
            assert result.text == "again"

    asyncio.run(check())


def test_new_tools_are_seen(tmp_path: Path) -> None:
    async def check() -> None:
        async with connected(FAKE, tmp_path) as connection:
            await connection.call("grow", {}, nothing)
            await changed(connection, lambda: any(tool.name == "grown" for tool in connection.tools.tools))

    asyncio.run(check())


def test_a_server_of_the_older_protocol_is_told_its_folder(tmp_path: Path) -> None:
    async def check() -> None:
        async with connected(raw("asks_for_roots"), tmp_path) as connection:
            told = json.loads((await connection.call("roots", {}, nothing)).text)
            assert told == {"roots": [{"uri": tmp_path.as_uri(), "name": tmp_path.name}]}

    asyncio.run(check())


def test_a_server_that_greets_first_and_one_that_floods_standard_error_work(tmp_path: Path) -> None:
    async def check(kind: str) -> None:
        async with connected(raw(kind), tmp_path) as connection:
            assert (await connection.call("hello", {}, nothing)).text == "hello"

    asyncio.run(check("chatty"))
    asyncio.run(check("floods"))


def test_what_a_flood_said_last_is_kept_within_bounds(tmp_path: Path) -> None:
    async def check() -> None:
        async with connected(raw("floods"), tmp_path) as connection:
            await connection.stop()
            assert 0 < len(connection.last_words) <= 20
            assert all(len(line) <= 500 for line in connection.last_words)

    asyncio.run(check())


def test_a_server_that_does_not_answer_its_greeting_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "START_LIMIT_S", 1.0)

    async def check() -> None:
        async with connected(raw("hangs"), tmp_path) as connection:
            assert connection.state == "restarting"
            assert connection.why_not == "It did not answer within 1 s."

    asyncio.run(check())
