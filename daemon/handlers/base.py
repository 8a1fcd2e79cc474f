"""Base of all handlers: the gate before anything else, bodies with a bound, errors for people."""

from __future__ import annotations

import asyncio
import functools
import logging
import uuid
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

import msgspec
from tornado.web import HTTPError, RequestHandler, stream_request_body

from actors.log_context import enter
from daemon.errors import ApiError, as_api_error, not_found
from daemon.operations import Operation
from daemon.request_context import context_of
from daemon.schemas import MAX_CONTENT_BYTES
from daemon.security import COOKIE
from daemon.services import Services
from storage import conversations, projects
from storage.records import Conversation, Project

T = TypeVar("T")

logger = logging.getLogger(__name__)

MAX_BODY_BYTES = 8 * MAX_CONTENT_BYTES
"""JSON may escape a character with six bytes; what is said in it has bounds of its own."""

DRAINED_BYTES = 65_536
"""The body of a refused request is read up to this size, and then thrown away."""

_encoder = msgspec.json.Encoder()


@stream_request_body
class ApiHandler(RequestHandler):
    """A resource of the API."""

    body_types: ClassVar[tuple[str, ...]] = ("application/json",)
    max_body_bytes: ClassVar[int] = MAX_BODY_BYTES
    counts_as_use: ClassVar[bool] = True

    def initialize(self, services: Services) -> None:
        """Tornado calls this with what the URL table holds."""
        self.services = services
        self.body = bytearray()
        self.reads_body = False

    def set_default_headers(self) -> None:
        """Headers of every answer."""
        # Tornado calls this before anything else, and again before the answer to an error.
        if not hasattr(self, "log_context"):
            self.log_context = context_of(self.request)
        self.set_header("Server", "stagent")
        self.set_header("X-Request-Id", self.log_context.request_id or "")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    def compute_etag(self) -> str | None:
        """None: Tornado would hash every answer, which nobody may keep; what may be kept sets its own."""
        return None

    def prepare(self) -> None:
        """The gate, before the body is read."""
        enter(self.log_context)
        try:
            self.admit()
        except ApiError as refusal:
            if self._has_much_to_read():
                raise
            # An answer before the body is read would break the connection, and might be lost with it.
            setattr(self, (self.request.method or "").lower(), functools.partial(_refuse, refusal))
        self.reads_body = True

    def admit(self) -> None:
        """Lets the request pass. Raises ApiError."""
        is_public = self.is_public()
        self.services.gate.check(
            self.request, self.get_cookie(COOKIE), body_types=self.body_types, is_public=is_public
        )
        if not is_public and self.counts_as_use:
            self.services.idle.used()
        if self.services.is_stopping():
            raise ApiError(503, "shutting_down", "The daemon is stopping.", headers={"Retry-After": "2"})
        if self._content_length() > self.max_body_bytes:
            raise self._too_large()

    def is_public(self) -> bool:
        """Whether the request needs no credential."""
        described = self._operation()
        return described is not None and described.is_public

    def data_received(self, chunk: bytes) -> None:
        """Gathers the body, as far as it may go."""
        if len(self.body) <= self.max_body_bytes:
            self.body += chunk

    def checked_body(self) -> bytes:
        """The whole body. Raises ApiError 413 where it grew too large on its way."""
        if len(self.body) > self.max_body_bytes:
            raise self._too_large()
        return bytes(self.body)

    def answer(self, value: object, status: int = 200) -> None:
        """Answers with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(_encoder.encode(value))

    def answer_page(self, items: Sequence[object], following: dict[str, str] | None) -> None:
        """Answers with an array, and with the address of the next page where there is one."""
        if following is not None:
            given = {name: values[0].decode() for name, values in self.request.query_arguments.items()}
            query = urlencode({**given, **following})
            self.set_header("Link", f'<{self.request.path}?{query}>; rel="next"')
        self.answer(items)

    def answer_nothing(self) -> None:
        """Answers with 204."""
        self.set_status(204)
        self.finish()

    def conversation(self, conversation_id: str) -> Conversation:
        """The conversation of an address. Raises ApiError 404."""
        found = conversations.get(self.services.database, conversation_id)
        if found is None:
            raise not_found("conversation")
        return found

    def project(self, project_id: str) -> Project:
        """The project of an address. Raises ApiError 404."""
        found = projects.get(self.services.database, project_id)
        if found is None:
            raise not_found("project")
        return found

    async def in_searcher(self, work: Callable[..., T], *args: Any) -> T:
        """Runs a read that may take longer than the loop should wait."""
        return await asyncio.get_running_loop().run_in_executor(self.services.searcher, work, *args)

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        """Answers with the error that is under way, with its own status."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        known = as_api_error(error) if error is not None else None
        super().send_error(known.status if known is not None else status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The body of an error."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        known = as_api_error(error) if error is not None else None
        if known is None:
            known = self._unknown(status_code, error)
        for name, value in known.headers.items():
            self.set_header(name, value)
        if not self.reads_body:
            # Tornado closes the connection then, and a client that is not told so may send another request into it.
            self.set_header("Connection", "close")
        body: dict[str, Any] = {"error": known.message, "code": known.code}
        if known.details is not None:
            body["details"] = known.details
        self.answer(body, known.status)

    def log_exception(self, typ: Any, value: BaseException | None, tb: Any) -> None:
        """Logs what is a fault of ours; what the client did wrong it is told."""
        del typ, tb
        known = as_api_error(value) if value is not None else None
        if (known is not None and known.status < 500) or isinstance(value, HTTPError):
            return
        if known is not None:
            logger.error("%s %s: %s", self.request.method, self.request.path, known.message)

    def _unknown(self, status_code: int, error: BaseException | None) -> ApiError:
        if status_code == 405:
            return ApiError(405, "method_not_allowed", f"{self.request.method} is not possible here.")
        if status_code == 404:
            return ApiError(404, "not_found", "There is nothing at this address.")
        if status_code < 500:
            return ApiError(status_code, "invalid_request", "The request cannot be understood.")
        log_id = str(uuid.uuid4())
        logger.error("log id %s: %s %s", log_id, self.request.method, self.request.path, exc_info=error)
        return ApiError(
            500, "internal_error", f"Something went wrong inside. The log has the details under {log_id}."
        )

    def _operation(self) -> Operation | None:
        method = getattr(type(self), (self.request.method or "").lower(), None)
        found: Operation | None = getattr(method, "operation", None)
        return found

    def _content_length(self) -> int:
        length = self.request.headers.get("Content-Length", "0")
        return int(length) if length.isdecimal() else 0

    def _has_much_to_read(self) -> bool:
        return self._content_length() > DRAINED_BYTES or "Transfer-Encoding" in self.request.headers

    def _too_large(self) -> ApiError:
        return ApiError(413, "too_large", f"The body is larger than {self.max_body_bytes:,} bytes.")


class NotFoundHandler(ApiHandler):
    """Every address that is not in the table."""

    def admit(self) -> None:
        """Also here the gate comes first."""
        super().admit()
        raise ApiError(404, "not_found", "There is nothing at this address.")


def _refuse(refusal: ApiError, *_path: str) -> None:
    raise refusal
