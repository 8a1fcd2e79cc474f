"""A fake provider: a real HTTP server on a free loopback port, in a thread with a loop of its own."""

from __future__ import annotations

import asyncio
import secrets
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, Self

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.netutil import bind_sockets

from tests.fakes.blocks import Breaks, CutsOff, Garbles, Waits
from tests.fakes.errors import ClientGoneError, InvalidRequestError, ScriptError
from tests.fakes.exchange import Exchange, Step
from tests.fakes.ledger import Ledger, Trouble
from tests.fakes.script import Answer, HangsUp, Refuses, Reply, Scripted, SeenRequest, Silent

_STOP_S = 5.0


class Wire(Protocol):
    """An answer in one provider's format, for one request."""

    def frames(self, answer: Answer) -> Iterable[Step]:
        """The server-sent events of a streamed answer."""
        ...

    def body(self, answer: Answer) -> Any:
        """The JSON of a whole answer."""
        ...


class FakeProvider(ABC):
    """Base of the fakes. Start it with `with`, or with `start` and `stop`.

    Attributes:
        host: `http://127.0.0.1:<port>`, known once it is started.
    """

    host: str

    def __init__(self) -> None:
        self._ledger = Ledger()
        self._key: str | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    @abstractmethod
    def base_url(self) -> str:
        """What the provider's SDK takes as `base_url`."""

    @abstractmethod
    async def route(self, exchange: Exchange) -> None:
        """Answers one request. Raises InvalidRequestError for what the real provider would refuse."""

    @abstractmethod
    def check_key(self, request: SeenRequest, key: str) -> None:
        """Raises InvalidRequestError unless the request shows the key."""

    @abstractmethod
    def error_body(self, request: SeenRequest, refusal: Refuses, request_id: str) -> Any:
        """The provider's error object, with its usual type and message where none is given."""

    @abstractmethod
    def headers(self, request_id: str) -> Mapping[str, str]:
        """The headers that come with every answer."""

    @abstractmethod
    def status_of(self, error: Breaks) -> int:
        """The HTTP status of an error that a streamed answer would report within the stream."""

    def script(self, *replies: Scripted, path: str | None = None) -> None:
        """Queues replies; each is used once, in this order.

        Without `path` they are the model's answers, whichever endpoint is asked. With a path, for example
        `/v1/models`, they replace that endpoint's own answers; only failures make sense there, except
        for the model's endpoints.
        """
        self._ledger.append(replies, path)

    def clear(self) -> None:
        """Forgets scripts and requests, for the next test of a module that shares the fake."""
        self._ledger.clear()

    def always(self, reply: Scripted, path: str | None = None) -> None:
        """Sets the reply for when the queue is empty; `path` as in `script`."""
        self._ledger.set_default(reply, path)

    def require_key(self, key: str) -> None:
        """From now on only requests with this API key are let in."""
        self._key = key

    @property
    def requests(self) -> tuple[SeenRequest, ...]:
        """Every request so far, refused ones included, in the order of arrival."""
        return self._ledger.requests()

    def requests_to(self, path: str) -> tuple[SeenRequest, ...]:
        """Every request to one path."""
        return self._ledger.requests(path)

    @property
    def unexpected(self) -> tuple[Trouble, ...]:
        """Requests that found nothing scripted, or a script that the provider cannot speak."""
        return self._ledger.unexpected

    @property
    def refused(self) -> tuple[Trouble, ...]:
        """Requests that broke the provider's rules; what a test scripts with `Refuses` is not among them."""
        return self._ledger.refused

    @property
    def unused(self) -> int:
        """How many scripted replies nobody has asked for."""
        return self._ledger.left()

    @property
    def disconnects(self) -> int:
        """Clients that went away before they had their whole answer."""
        return self._ledger.disconnects

    def wait_for_requests(
        self, count: int, timeout_s: float = 10.0, path: str | None = None
    ) -> tuple[SeenRequest, ...]:
        """Blocks until `count` requests (to `path`) have come; returns all of them. Raises TimeoutError."""
        return self._ledger.wait_for_requests(count, timeout_s, path)

    def wait_for_disconnect(self, timeout_s: float = 10.0, count: int = 1) -> None:
        """Blocks until `count` clients have gone away before they had their answer. Raises TimeoutError."""
        self._ledger.wait_for_disconnects(count, timeout_s)

    def start(self) -> Self:
        """Listens; returns once requests can come."""
        sockets = bind_sockets(0, "127.0.0.1")
        self.host = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
        ready = threading.Event()

        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            self._stopping = asyncio.Event()
            tasks: set[asyncio.Task[None]] = set()

            def accept(request: HTTPServerRequest) -> None:
                task = asyncio.ensure_future(self._answer(Exchange(request, self._ledger)))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

            server = HTTPServer(accept)
            server.add_sockets(sockets)
            ready.set()
            await self._stopping.wait()
            server.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.close_all_connections()

        self._thread = threading.Thread(
            target=asyncio.run, args=(serve(),), name=type(self).__name__, daemon=True
        )
        self._thread.start()
        if not ready.wait(_STOP_S):
            raise RuntimeError(f"{type(self).__name__} did not start within {_STOP_S} s.")
        return self

    def stop(self) -> None:
        """Closes every connection and ends the thread. Raises RuntimeError when it does not end."""
        if self._thread is None or self._loop is None or self._stopping is None:
            return
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(_STOP_S)
        if self._thread.is_alive():
            raise RuntimeError(f"{type(self).__name__} did not stop within {_STOP_S} s.")
        self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def generate(
        self,
        exchange: Exchange,
        check: Callable[[dict[str, Any]], None],
        wire: Callable[[dict[str, Any]], Wire],
    ) -> None:
        """Answers as the model, from the script, once the request has passed the provider's rules."""
        seen = exchange.seen
        if not isinstance(seen.body, dict):
            raise InvalidRequestError("We could not parse the JSON body of your request.")
        check(seen.body)
        scripted = self._ledger.take(seen.path, None)
        if scripted is None:
            self._report(
                exchange, f"(nothing scripted) for {seen.method} {seen.path}; call script() or always()."
            )
        else:
            await self._give(exchange, scripted, wire(seen.body))

    async def serve(self, exchange: Exchange, body: Callable[[], Any]) -> None:
        """Answers with what the endpoint has, unless the script has something for its path."""
        scripted = self._ledger.take(exchange.seen.path)
        if scripted is None:
            exchange.send_json(200, body(), self.headers(_new_request_id()))
        else:
            await self._give(exchange, scripted, None)

    async def _answer(self, exchange: Exchange) -> None:
        self._ledger.saw(exchange.seen)
        try:
            if self._key is not None:
                self.check_key(exchange.seen, self._key)
            await self.route(exchange)
        except InvalidRequestError as invalid:
            self._ledger.turned_down(exchange.seen, str(invalid))
            self._refuse(exchange, invalid.refusal)
        except ClientGoneError:
            return
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a script must reach the test
            self._report(exchange, f"{type(error).__name__}: {error}")

    async def _give(self, exchange: Exchange, scripted: Scripted, wire: Wire | None) -> None:
        reply: Reply = scripted(exchange.seen) if callable(scripted) else scripted
        match reply:
            case Refuses():
                self._refuse(exchange, reply)
            case HangsUp():
                exchange.hang_up()
            case Silent():
                is_open = await exchange.wait(reply.gate, reply.deadline_s)
                await self._give(exchange, reply.then if is_open else HangsUp(), wire)
            case Answer() if wire is None:
                raise ScriptError(f"{exchange.seen.path} cannot give a model's answer.")
            case Answer() if exchange.seen.body.get("stream"):
                await exchange.stream(wire.frames(reply), self.headers(_new_request_id()))
            case Answer():
                await self._give_whole(exchange, reply, wire)

    async def _give_whole(self, exchange: Exchange, answer: Answer, wire: Wire) -> None:
        headers = self.headers(_new_request_id())
        for block in answer.blocks:
            match block:
                case Waits():
                    if not await exchange.wait(block.gate, block.deadline_s):
                        return exchange.hang_up()
                case CutsOff():
                    return exchange.send_half(wire.body(answer), headers)
                case Garbles():
                    return exchange.send_bytes(
                        200, b'{"id": "', {"content-type": "application/json", **headers}
                    )
                case Breaks():
                    return self._refuse(exchange, Refuses(self.status_of(block), block.type, block.message))
        return exchange.send_json(200, wire.body(answer), headers)

    def _refuse(self, exchange: Exchange, refusal: Refuses) -> None:
        request_id = _new_request_id()
        headers = {**self.headers(request_id), **refusal.headers}
        if refusal.body is None:
            exchange.send_json(refusal.status, self.error_body(exchange.seen, refusal, request_id), headers)
        else:
            exchange.send_bytes(refusal.status, refusal.body, {"content-type": "text/html", **headers})

    def _report(self, exchange: Exchange, reason: str) -> None:
        self._ledger.was_unprepared(exchange.seen, reason)
        if exchange.is_started:
            exchange.hang_up()
        else:
            # Retries would only delay the test that has to be mended.
            self._refuse(exchange, Refuses(500, None, reason, headers={"x-should-retry": "false"}))


def _new_request_id() -> str:
    return f"req_{secrets.token_hex(12)}"
