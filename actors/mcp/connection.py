"""One server for one working directory: started on first need, restarted when it dies, stopped when nobody needs it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal

from actors.errors import ServerFailedError, ToolError
from actors.mcp.config import ServerConfig
from actors.mcp.process import STOP_LIMIT_S
from actors.mcp.tool_list import ToolList
from actors.options import Options
from actors.tools.base import ToolResult

if TYPE_CHECKING:
    import tenacity

    from actors.mcp.session import Session

logger = logging.getLogger(__name__)

START_LIMIT_S = 60.0
"""How long a server may take to start: some are downloaded first. Turns do not wait so long."""

ATTEMPTS = 6
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0
"""A server that has served for so long has recovered: its next failure is its first."""

RETRY_FAILED_S = 30.0
"""How long a server that was given up is left alone."""

RELIST_PAUSE_S = 0.2
"""Changes of a server's tools that come one after the other are looked at together."""

State = Literal["stopped", "starting", "ready", "restarting", "failed"]


class Connection:
    """A server, as it is needed. Lives on the agent loop.

    Args:
        environment: of all processes of agents.
        options: the settings in force.

    Attributes:
        state: `restarting` between two attempts, `failed` when it was given up for a while.
        why_not: what it last did wrong; None while it works.
        tools: those that it has, or had when it was last ready.
        failures: how often it failed in a row.
    """

    def __init__(self, config: ServerConfig, environment: Mapping[str, str], options: Options) -> None:
        self.config = config
        self.state: State = "stopped"
        self.why_not: str | None = None
        self.tools = ToolList()
        self.failures = 0
        self.last_words: tuple[str, ...] = ()
        self.environment = environment
        self._options = options
        self._session: Session | None = None
        self._running: asyncio.Task[None] | None = None
        self._relisting: asyncio.Task[None] | None = None
        self._has_news = asyncio.Event()
        self._listeners: set[Callable[[str], None]] = set()
        self._used_at = 0.0
        self._failed_at = float("-inf")
        self._idle: asyncio.TimerHandle | None = None
        self._stopping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process of a server that runs here."""
        process = self._session.process if self._session is not None else None
        return process.pid if process is not None else None

    def need(self, options: Options) -> None:
        """Starts it, unless it runs, is just being restarted, or has failed lately."""
        self._options = options
        self._used_at = time.monotonic()
        self._watch_use()
        is_left_alone = self.state == "failed" and time.monotonic() - self._failed_at < RETRY_FAILED_S
        if self._running is None and not is_left_alone:
            self._set("starting")
            self._running = asyncio.create_task(self._run(), name=f"mcp {self.config.name}")

    async def settled(self) -> None:
        """Waits until it is ready or has failed once."""
        while self.state == "starting":
            await self._has_news.wait()

    async def news(self) -> None:
        """Waits until its state or its tools change."""
        await self._has_news.wait()

    async def ready(self) -> None:
        """Waits until it is ready or was given up."""
        while self.state in {"starting", "restarting"} or self._is_lost:
            await self._has_news.wait()

    @property
    def _is_lost(self) -> bool:
        """Whether a server that was ready is gone, which is about to be noticed."""
        return self._session is not None and self._session.is_lost.is_set()

    async def call(self, name: str, arguments: dict[str, Any], show: Callable[[str], None]) -> ToolResult:
        """Calls one of its tools; a server that has died or was idle is started first.

        Args:
            name: what the server calls it.
            arguments: its input.
            show: takes what the server says while it works.

        Raises:
            ToolError: it cannot be done; the message names the server.
        """
        self.need(self._options)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.ready(), self._options.mcp_start_timeout_s)
        session = None if self._is_lost else self._session
        if self.state != "ready" or session is None:
            raise ToolError(
                f"The MCP server {self.config.name} is not ready. {self.why_not or 'It is starting.'}"
            )
        self._listeners.add(show)
        try:
            return await session.call(name, arguments, self._options.mcp_call_timeout_s, show)
        except ToolError as error:
            raise ToolError(f"The MCP server {self.config.name} failed. {error}") from error
        finally:
            self._listeners.discard(show)
            self._used_at = time.monotonic()

    async def stop(self, limit_s: float = STOP_LIMIT_S) -> None:
        """Ends it. It may be needed again.

        Args:
            limit_s: how long its end is waited for; it comes also if nobody waits.
        """
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        running, self._running = self._running, None
        if running is not None:
            if self._session is not None and self._session.process is not None:
                self._session.process.let_go()
            running.cancel()
            await asyncio.wait({running}, timeout=limit_s)
        self._set("stopped")

    async def _run(self) -> None:
        import tenacity  # noqa: PLC0415  (only who uses a server needs it)

        def announce(state: tenacity.RetryCallState) -> None:
            del state
            self._set("restarting")

        try:
            while True:
                async for attempt in tenacity.AsyncRetrying(
                    retry=tenacity.retry_if_exception_type(ServerFailedError),
                    stop=tenacity.stop_after_attempt(ATTEMPTS),
                    wait=tenacity.wait_exponential_jitter(
                        multiplier=FIRST_PAUSE_S, max=LONGEST_PAUSE_S, jitter=FIRST_PAUSE_S
                    ),
                    before_sleep=announce,
                    reraise=True,
                ):
                    with attempt:
                        await self._serve()
                self._set("restarting")
                await asyncio.sleep(FIRST_PAUSE_S)
        except ServerFailedError:
            self._give_up()
        except Exception:
            logger.exception("the MCP server %s cannot be run", self.config.name)
            self.why_not = "Something went wrong inside; the log has the details."
            self._give_up()

    def _give_up(self) -> None:
        self._failed_at = time.monotonic()
        self._running = None
        self._set("failed")

    async def _serve(self) -> None:
        """Starts it and stays until it is lost. Raises ServerFailedError, unless it has served for long."""
        started_at = time.monotonic()
        try:
            await self._session_to_the_end()
        except ServerFailedError as error:
            self.failures += 1
            self.why_not = str(error)
            logger.warning("the MCP server %s failed, %d in a row", self.config.name, self.failures)
            if time.monotonic() - started_at < STEADY_S:
                raise
            self.failures = 1

    async def _session_to_the_end(self) -> None:
        session_module = await asyncio.to_thread(_load_session)
        session = session_module.Session(self.config, self._tools_changed, self._logged)
        try:
            async with asyncio.timeout(START_LIMIT_S) as limit, session.open(self.environment):
                self.tools = await session.tools()
                limit.reschedule(None)
                self._session = session
                self._used_at = time.monotonic()
                self.why_not = None
                self._set("ready")
                await session.is_lost.wait()
                raise ServerFailedError(await session.why())
        except TimeoutError as error:
            raise ServerFailedError(f"It did not answer within {START_LIMIT_S:g} s.") from error
        finally:
            if self._session is not None:
                self._session = None
                self._set("restarting")
            self.last_words = session.last_words
            if self._relisting is not None:
                self._relisting.cancel()

    def _tools_changed(self) -> None:
        if self._session is not None and (self._relisting is None or self._relisting.done()):
            self._relisting = asyncio.create_task(self._relist(self._session))

    async def _relist(self, session: Session) -> None:
        await asyncio.sleep(RELIST_PAUSE_S)
        try:
            async with asyncio.timeout(START_LIMIT_S):
                self.tools = await session.tools()
        except (ServerFailedError, TimeoutError) as error:
            self.why_not = f"Its tools have changed and cannot be listed: {error}"
        self._set(self.state)

    def _logged(self, text: str) -> None:
        for show in tuple(self._listeners):
            show(text)

    def _set(self, state: State) -> None:
        self.state = state
        self._has_news.set()
        self._has_news = asyncio.Event()

    def _watch_use(self) -> None:
        if self._idle is None and self._options.mcp_idle_s > 0:
            self._idle = asyncio.get_running_loop().call_later(self._options.mcp_idle_s, self._maybe_idle)

    def _maybe_idle(self) -> None:
        self._idle = None
        is_busy = bool(self._listeners) or self.state == "starting"
        if is_busy or time.monotonic() - self._used_at < self._options.mcp_idle_s:
            self._watch_use()
        else:
            self._stopping = asyncio.create_task(self.stop())


def _load_session() -> Any:
    """The module that knows the SDK, with what the first call will need. Takes a second: run it in a thread."""
    import jsonschema  # noqa: F401, PLC0415

    from actors.mcp import session  # noqa: PLC0415

    # The SDK logs what servers say; what matters of it is told to the person.
    for name in ("mcp", "client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return session
