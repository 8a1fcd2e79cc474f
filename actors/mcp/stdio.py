"""The transport over a server's standard input and output, as the SDK wants one.

The SDK has one too. This one bounds a message, gives up on a server that does not speak the protocol, keeps what it
writes to standard error, and logs nothing that a server says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.shared.message import SessionMessage
from mcp_types import jsonrpc_message_adapter

from actors.errors import ServerFailedError
from actors.mcp.process import ServerProcess

MAX_GARBAGE = 100
"""Lines that are no messages, in a row, after which a server is given up; programs print a greeting or two."""

INLINE_SIZE = 64 * 1024
"""Bytes of a message up to which it is decoded on the loop."""


class StdioTransport:
    """Carries messages to and from a server.

    Attributes:
        failure: why it does not go on, if that is the server's fault.
    """

    def __init__(self, process: ServerProcess) -> None:
        self.failure: str | None = None
        self._process = process

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[TransportStreams]:
        """The two streams of messages; afterwards the server has ended."""
        incoming, received = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        sent, outgoing = anyio.create_memory_object_stream[SessionMessage](0)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._read, incoming)
            tasks.start_soon(self._write, outgoing, incoming)
            try:
                yield received, sent
            finally:
                with anyio.CancelScope(shield=True):
                    await self._process.stop()
                tasks.cancel_scope.cancel()
                for stream in (incoming, received, sent, outgoing):
                    stream.close()

    async def _read(self, incoming: ObjectSendStream[SessionMessage | Exception]) -> None:
        garbage = 0
        async with incoming:
            try:
                async for line in self._process.lines():
                    message = await _message(line)
                    if message is not None:
                        garbage = 0
                        await incoming.send(message)
                    elif line.strip():
                        garbage += 1
                        if garbage >= MAX_GARBAGE:
                            shown = line[:200].decode("utf-8", "replace")
                            self.failure = f"It does not speak MCP on its standard output. It wrote: {shown}"
                            return
            except ServerFailedError as error:
                self.failure = str(error)
            except (anyio.ClosedResourceError, anyio.BrokenResourceError):
                return  # the session has ended first

    async def _write(
        self,
        outgoing: ObjectReceiveStream[SessionMessage],
        incoming: ObjectSendStream[SessionMessage | Exception],
    ) -> None:
        try:
            async with outgoing:
                async for item in outgoing:
                    await self._process.send(
                        item.message.model_dump_json(by_alias=True, exclude_unset=True).encode()
                    )
        except (OSError, anyio.ClosedResourceError, anyio.BrokenResourceError):
            # It reads no more: whoever waits for an answer learns that none comes.
            await incoming.aclose()


async def _message(line: bytes) -> SessionMessage | None:
    """The message of a line; None where it is none."""
    try:
        if len(line) <= INLINE_SIZE:
            return SessionMessage(jsonrpc_message_adapter.validate_json(line, by_name=False))
        return SessionMessage(
            await asyncio.to_thread(jsonrpc_message_adapter.validate_json, line, by_name=False)
        )
    except ValueError:
        return None
