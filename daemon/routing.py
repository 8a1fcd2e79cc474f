"""Which handler an address belongs to. Handlers are imported when they are first asked for, in a thread."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any, TypeAlias
from urllib.parse import unquote_to_bytes

import msgspec
from tornado.http1connection import HTTP1Connection
from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.routing import Router
from tornado.web import Application, RequestHandler

from actors.imported import Imported

Handler: TypeAlias = str | type[RequestHandler]
"""A class, or where one is: `tasks:TasksHandler` in the folder of handlers."""


class Target:
    """Whom an address belongs to.

    Attributes:
        handler: None while it is not imported.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler: type[RequestHandler] | None = None if isinstance(handler, str) else handler
        self._name = handler if isinstance(handler, str) else ""
        self._imported = Imported(_module(self._name))

    async def ready(self) -> type[RequestHandler]:
        """The handler, when it is imported."""
        if self.handler is None:
            await self._imported.ready()
            self.handler = handler_of(self._name)
        return self.handler


class _Node(msgspec.Struct):
    """The addresses that begin in the same way.

    Attributes:
        named: those that go on with this part.
        any: those that go on with a part that varies.
        rest: whom all that goes on belongs to, whatever it is.
        target: whom the address itself belongs to.
    """

    named: dict[str, _Node] = {}
    any: _Node | None = None
    rest: Target | None = None
    target: Target | None = None


class Addresses:
    """The URL table as a tree, so that finding a handler takes as long for the last row as for the first.

    Args:
        routes: addresses with `{name}` for a part that varies, and `{name*}` for all the rest; and their handlers.
    """

    def __init__(self, routes: Iterable[tuple[str, Handler]]) -> None:
        self._root = _Node()
        for path, handler in routes:
            node = self._root
            *begin, last = path[1:].split("/")
            for part in begin:
                node = _next(node, part)
            if last.endswith("*}"):
                node.rest = Target(handler)
            else:
                _next(node, last).target = Target(handler)

    def find(self, path: str) -> tuple[Target, list[str]] | None:
        """Whom an address belongs to, and its parts that vary. A part that is named comes before one that varies."""
        if not path.startswith("/"):
            return None
        varying: list[str] = []
        found = _find(self._root, path[1:].split("/"), 0, varying)
        return None if found is None else (found, varying)


class AddressRouter(Router):
    """Gives each request to its handler.

    Args:
        application: Tornado's, with its settings alone.
        addresses: the table.
        given: what each handler is made with.
        otherwise: takes what is at no address.
    """

    def __init__(
        self,
        application: Application,
        addresses: Addresses,
        given: dict[str, Any],
        otherwise: type[RequestHandler],
    ) -> None:
        self._application = application
        self._addresses = addresses
        self._given = given
        self._otherwise = otherwise

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate:
        """Tornado asks this for each request."""
        del kwargs
        found = self._addresses.find(request.path)
        if found is None:
            return self.begin(request, self._otherwise, ())
        target, varying = found
        if target.handler is None:
            return _Importing(self, request, target, varying)
        return self.begin(request, target.handler, varying)

    def begin(
        self, request: HTTPServerRequest, handler: type[RequestHandler], varying: Iterable[str]
    ) -> HTTPMessageDelegate:
        """Has a handler take a request."""
        parts = [unquote_to_bytes(part) for part in varying]
        return self._application.get_handler_delegate(request, handler, self._given, parts)


class _Importing(HTTPMessageDelegate):
    """Takes a request whose handler is not imported yet; Tornado reads no more of it until it is."""

    def __init__(
        self, router: AddressRouter, request: HTTPServerRequest, target: Target, varying: list[str]
    ) -> None:
        self._router = router
        self._request = request
        self._target = target
        self._varying = varying
        self._delegate: HTTPMessageDelegate | None = None

    async def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> None:
        """Waits for the handler."""
        handler = await self._target.ready()
        connection = self._request.connection
        if isinstance(connection, HTTP1Connection) and connection.stream.closed():
            return  # nobody would tell the handler
        self._delegate = self._router.begin(self._request, handler, self._varying)
        waiting = self._delegate.headers_received(start_line, headers)
        if waiting is not None:
            await waiting

    def data_received(self, chunk: bytes) -> Any:
        """A part of the body."""
        return None if self._delegate is None else self._delegate.data_received(chunk)

    def finish(self) -> None:
        """The request is complete."""
        if self._delegate is not None:
            self._delegate.finish()

    def on_connection_close(self) -> None:
        """The client has gone."""
        if self._delegate is not None:
            self._delegate.on_connection_close()


def handler_of(handler: Handler) -> type[RequestHandler]:
    """The class; imports it."""
    if not isinstance(handler, str):
        return handler
    found: type[RequestHandler] = getattr(
        importlib.import_module(_module(handler)), handler.partition(":")[2]
    )
    return found


def _module(name: str) -> str:
    return f"daemon.handlers.{name.partition(':')[0]}"


def _next(node: _Node, part: str) -> _Node:
    if part.startswith("{"):
        node.any = node.any or _Node()
        return node.any
    return node.named.setdefault(part, _Node())


def _find(node: _Node, parts: list[str], at: int, varying: list[str]) -> Target | None:
    """Whom the parts from this one on belong to; what varies among them is added."""
    if at == len(parts):
        return node.target
    part = parts[at]
    found = _find(node.named[part], parts, at + 1, varying) if part in node.named else None
    if found is None and node.any is not None and part:
        varying.append(part)
        found = _find(node.any, parts, at + 1, varying)
        if found is None:
            varying.pop()
    if found is None and node.rest is not None and any(parts[at:]):
        varying.append("/".join(parts[at:]))
        found = node.rest
    return found
