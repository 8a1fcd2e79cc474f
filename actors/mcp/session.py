"""One session with a server, through the MCP SDK: the tools that it has, and calls of them.

Imported when the first server is needed, in a worker thread: the SDK takes half a second and 40 MB.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
import mcp_types as types
from mcp.client.client import Client
from mcp.client.session import ClientRequestContext, IncomingMessage
from mcp.client.streamable_http import streamable_http_client
from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from actors.errors import ServerFailedError, ToolError
from actors.mcp.config import Program, ServerConfig
from actors.mcp.http import MAX_ANSWER_SIZE, http_client
from actors.mcp.process import ServerProcess
from actors.mcp.results import tool_result
from actors.mcp.stdio import StdioTransport
from actors.mcp.tool_list import ToolList, tool_list
from actors.tools.base import ToolResult

logger = logging.getLogger(__name__)

MAX_PAGES = 20
MAX_MESSAGE_LENGTH = 1_000
CANCEL_LIMIT_S = 1.0
"""How long a cancelled call may take to be gone: a turn ends within two seconds."""

END_LIMIT_S = 1.0
"""How long after its output a process may take to end."""

SESSION_GONE = "Session terminated"
"""How the SDK says that a server at an address was restarted, and knows the session no longer."""


class Session:
    """A server that has been greeted.

    Attributes:
        is_lost: set when it can be talked to no longer.
        process: None for a server at an address.
    """

    def __init__(self, config: ServerConfig, changed: Callable[[], None], log: Callable[[str], None]) -> None:
        self.is_lost = asyncio.Event()
        self.process: ServerProcess | None = None
        self._config = config
        self._changed = changed
        self._log = log
        self._client: Client
        self._transport: StdioTransport | None = None

    @asynccontextmanager
    async def open(self, environment: Mapping[str, str]) -> AsyncIterator[Session]:
        """Starts or reaches the server and greets it; afterwards it is left, and its process has ended.

        Raises:
            ServerFailedError: it cannot be started, or does not answer as it should.
        """
        target = self._config.target
        try:
            if isinstance(target, Program):
                self.process = await ServerProcess.start(target, environment)
                self._transport = StdioTransport(self.process)
                async with self._greeted(self._transport.connect()):
                    yield self
            else:
                async with http_client(target) as http:
                    streams = streamable_http_client(
                        target.url, http_client=http, max_sse_event_size=MAX_ANSWER_SIZE
                    )
                    async with self._greeted(streams):
                        yield self
        except Exception as error:
            cause = _first(error)
            if isinstance(cause, ServerFailedError):
                raise cause from None
            raise ServerFailedError(await self.why(cause)) from error

    async def tools(self) -> ToolList:
        """The tools that it has now. Raises ServerFailedError."""
        found: list[types.Tool] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await self._client.list_tools(cursor=cursor, cache_mode="bypass")
            found.extend(page.tools)
            cursor = page.next_cursor
            if cursor is None:
                break
        return await asyncio.to_thread(tool_list, found)

    async def call(
        self, name: str, arguments: dict[str, Any], timeout_s: float, show: Callable[[str], None]
    ) -> ToolResult:
        """Calls a tool. A call that is cancelled is cancelled at the server too.

        Args:
            name: what the server calls it.
            arguments: its input.
            timeout_s: how long it may take; 0 for ever.
            show: takes what the server says about its progress.

        Raises:
            ToolError: the server refuses, does not answer in time, or has ended.
        """

        async def on_progress(progress: float, total: float | None, message: str | None) -> None:
            share = f"{progress:g}/{total:g}" if total is not None else f"{progress:g}"
            show(f"{share} {message[:MAX_MESSAGE_LENGTH]}\n" if message else f"{share}\n")

        calling = asyncio.ensure_future(
            self._client.call_tool(
                name, arguments, read_timeout_seconds=timeout_s or None, progress_callback=on_progress
            )
        )
        try:
            result = await asyncio.shield(calling)
        except asyncio.CancelledError:
            # The server is told, but not waited for: it may not be reading.
            calling.cancel()
            await asyncio.wait({calling}, timeout=CANCEL_LIMIT_S)
            raise
        except MCPError as error:
            if error.error.code == types.REQUEST_TIMEOUT:
                raise ToolError(f"It did not answer within {timeout_s:g} s.") from error
            if error.error.code == types.CONNECTION_CLOSED or error.error.message == SESSION_GONE:
                self.is_lost.set()
                raise ToolError(await self.why(_first(error))) from error
            raise ToolError(_told(error)) from error
        except ValidationError as error:
            raise ToolError(await self.why(error)) from error
        except (httpx2.HTTPError, OSError, RuntimeError, ServerFailedError, ExceptionGroup) as error:
            raise ToolError(await self.why(_first(error))) from error
        return await asyncio.to_thread(tool_result, result)

    @asynccontextmanager
    async def _greeted(self, transport: Any) -> AsyncIterator[None]:
        self._client = Client(
            transport,
            client_info=types.Implementation(name="stagent", version="1"),
            list_roots_callback=self._roots,
            logging_callback=self._logged,
            log_level="info",
            message_handler=self._received,
            cache=None,
        )
        async with self._client:
            # The output's schema is the server's own, and checking it here would run its regular expressions.
            self._client.session.validate_tool_result = _as_it_is  # type: ignore[method-assign]
            watching = [asyncio.create_task(self._watch_process()), asyncio.create_task(self._watch_tools())]
            try:
                yield
            finally:
                for task in watching:
                    task.cancel()

    async def _watch_process(self) -> None:
        if self.process is not None:
            await self.process.wait()
            self.is_lost.set()

    async def _watch_tools(self) -> None:
        """Servers of the newer protocol tell about their tools only to those who listen."""
        tools = self._client.server_capabilities.tools
        if tools is None or not tools.list_changed:
            return
        with suppress(
            ListenNotSupportedError,
            SubscriptionLost,
            MCPError,
            TimeoutError,
            ValidationError,
            httpx2.HTTPError,
        ):
            async with self._client.listen(tools_list_changed=True) as changes:
                async for _ in changes:
                    self._changed()

    async def _received(self, message: IncomingMessage) -> None:
        if isinstance(message, types.ToolListChangedNotification):
            self._changed()

    async def _logged(self, params: types.LoggingMessageNotificationParams) -> None:
        text = params.data if isinstance(params.data, str) else repr(params.data)
        self._log(f"{params.level}: {text[:MAX_MESSAGE_LENGTH]}\n")

    async def _roots(self, context: ClientRequestContext) -> types.ListRootsResult:
        del context
        root = self._config.root
        return types.ListRootsResult(
            roots=[types.Root.model_validate({"uri": root.as_uri(), "name": root.name})]
        )

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines that it wrote to standard error; none of a server at an address."""
        return self.process.last_words if self.process is not None else ()

    async def why(self, error: BaseException | None = None) -> str:
        """Why it can be used no longer, in a sentence.

        Args:
            error: what was raised, if anything was.
        """
        if self._transport is not None and self._transport.failure is not None:
            return self._transport.failure
        if self.process is not None and (error is None or _is_loss(error)):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), END_LIMIT_S)
            return _ended(self.process)
        return _told(error)


def _ended(process: ServerProcess) -> str:
    """How a process ended, and what it said last."""
    code = process.exit_code
    how = "It closed its output." if code is None else f"It ended with exit code {code}."
    words = "\n".join(process.last_words)[-MAX_MESSAGE_LENGTH:]
    return f"{how} It last wrote: {words}" if words else f"{how} It wrote nothing to standard error."


def _is_loss(error: BaseException) -> bool:
    """Whether an error only says that the other side is gone."""
    if isinstance(error, MCPError):
        return error.error.code == types.CONNECTION_CLOSED
    return isinstance(error, OSError)


async def _as_it_is(name: str, result: types.CallToolResult) -> None:
    """Stands in for the check of a result."""
    del name, result


def _first(error: BaseException) -> BaseException:
    """The first cause in a group of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _told(error: BaseException | None) -> str:
    match error:
        case None:
            return "The connection to it broke off."
        case MCPError() if _is_loss(error):
            return "The connection to it broke off."
        case MCPError():
            return f"It answered with an error: {_cut(error.error.message)}"
        case ValidationError():
            first = error.errors(include_input=False, include_url=False)[0]
            return f"It said what is not MCP: {'.'.join(map(str, first['loc']))}: {_cut(first['msg'])}"
    return f"It cannot be used: {_cut(str(error) or type(error).__name__)}"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE_LENGTH else f"{text[:MAX_MESSAGE_LENGTH]}…"
