"""What the log says of a request: its id, which the answer names too, and the conversation of its address."""

from __future__ import annotations

import re

from tornado.httputil import HTTPServerRequest

from actors.log_context import LogContext
from storage.ids import new_id

HEADER = "X-Request-Id"

_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_CONVERSATION = re.compile(r"/conversations/([\w-]{1,64})(?:/|$)", re.ASCII)


def context_of(request: HTTPServerRequest) -> LogContext:
    """The context of a request; an id that the client brings is kept, if it looks like one."""
    given = request.headers.get(HEADER, "")
    conversation = _CONVERSATION.search(request.path)
    return LogContext(
        request_id=given if _ID.fullmatch(given) else new_id(),
        conversation_id=conversation[1] if conversation is not None else None,
    )
