"""The fake of Anthropic's API: messages, streamed or whole, token counts, and the list of models."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any, Literal

from tests.fakes.anthropic_history import check_history
from tests.fakes.anthropic_models import CLAUDE_MODELS, ClaudeModel, find_model
from tests.fakes.anthropic_rules import (
    check_cache_control,
    check_generation,
    check_parameters,
    check_system,
    check_tools,
)
from tests.fakes.anthropic_wire import GivenThoughts, MessagesWire
from tests.fakes.blocks import Breaks
from tests.fakes.errors import InvalidRequestError
from tests.fakes.exchange import Exchange, compact_json
from tests.fakes.script import Refuses, SeenRequest
from tests.fakes.server import FakeProvider

_ERRORS = {
    400: ("invalid_request_error", "Bad request"),
    401: ("authentication_error", "invalid x-api-key"),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "Not found"),
    413: ("request_too_large", "Request exceeds the maximum size"),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit."),
    500: ("api_error", "Internal server error"),
    504: ("timeout_error", "Request timed out"),
    529: ("overloaded_error", "Overloaded"),
}
_STATUS = {type_: status for status, (type_, _) in _ERRORS.items()}


class FakeAnthropic(FakeProvider):
    """Speaks `POST /v1/messages`, `POST /v1/messages/count_tokens`, `GET /v1/models` and `GET /v1/models/{id}`.

    Attributes:
        models: what it lists, newest first; a test may replace them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.models: tuple[ClaudeModel, ...] = CLAUDE_MODELS
        self._given = GivenThoughts()

    @property
    def base_url(self) -> str:
        """What `AsyncAnthropic` takes as `base_url`."""
        return self.host

    async def route(self, exchange: Exchange) -> None:
        """Answers one request. Raises InvalidRequestError for what the real API would refuse."""
        seen = exchange.seen
        match seen.method, seen.path.split("/")[1:]:
            case "POST", ["v1", "messages"]:
                await self.generate(
                    exchange, lambda body: self._check(seen, body, is_count=False), self._wire
                )
            case "POST", ["v1", "messages", "count_tokens"]:
                await self.serve(exchange, lambda: self._count(seen))
            case "GET", ["v1", "models"]:
                await self.serve(exchange, lambda: self._page(seen))
            case "GET", ["v1", "models", name]:
                await self.serve(exchange, lambda: self._model(name).info())
            case _:
                raise InvalidRequestError(f"{seen.method} {seen.path}: Not found", status=404)

    def check_key(self, request: SeenRequest, key: str) -> None:
        """Raises InvalidRequestError unless the request shows the key; `x-api-key` counts before the bearer."""
        api_key = request.headers.get("x-api-key")
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        shown = api_key or bearer
        if hmac.compare_digest(shown.encode(), key.encode()):
            return
        reason = (
            "invalid x-api-key"
            if api_key
            else "Invalid bearer token"
            if bearer
            else "x-api-key header is required"
        )
        raise InvalidRequestError(reason, status=401)

    def error_body(self, request: SeenRequest, refusal: Refuses, request_id: str) -> Any:
        """The API's error object."""
        type_, message = _ERRORS.get(refusal.status, _ERRORS[500 if refusal.status >= 500 else 400])
        error: dict[str, Any] = {"type": refusal.type or type_, "message": refusal.message or message}
        if refusal.code:
            error["details"] = {"error_code": refusal.code}
        return {"type": "error", "error": error, "request_id": request_id}

    def headers(self, request_id: str) -> Mapping[str, str]:
        """The headers that come with every answer."""
        return {"request-id": request_id, "anthropic-organization-id": "00000000-0000-4000-8000-000000000000"}

    def status_of(self, error: Breaks) -> int:
        """The HTTP status that belongs to an error type."""
        return _STATUS.get(error.type, 500)

    def _check(self, seen: SeenRequest, body: Any, *, is_count: bool) -> None:
        version = seen.headers.get("anthropic-version")
        check_parameters(body, version, is_count=is_count, is_beta="anthropic-beta" in seen.headers)
        check_system(body)
        check_tools(body)
        check_cache_control(body)
        check_history(body["messages"], version or "", self._given)
        if not is_count:
            check_generation(body, find_model(self.models, body["model"]))

    def _wire(self, request: dict[str, Any]) -> MessagesWire:
        return MessagesWire(request, self._thinking(request), self._given)

    def _thinking(self, request: dict[str, Any]) -> Literal["shown", "omitted", "none"]:
        model = find_model(self.models, request["model"])
        asked = request.get("thinking")
        if (asked or {}).get("type") == "disabled" or (asked is None and not model.thinks_unasked):
            return "none"
        display = (asked or {}).get("display") or ("omitted" if model.thinks_unasked else "summarized")
        return "omitted" if display == "omitted" else "shown"

    def _count(self, seen: SeenRequest) -> dict[str, int]:
        if not isinstance(seen.body, dict):
            raise InvalidRequestError("We could not parse the JSON body of your request.")
        self._check(seen, seen.body, is_count=True)
        return {"input_tokens": -(-len(compact_json(seen.body)) // 4)}

    def _model(self, name: str) -> ClaudeModel:
        model = find_model(self.models, name)
        if not model.goes_by(name):
            raise InvalidRequestError(f"model: {name}", status=404)
        return model

    def _page(self, seen: SeenRequest) -> dict[str, Any]:
        def one(name: str, default: str) -> str:
            return seen.query.get(name, (default,))[-1]

        limit = int(one("limit", "20"))
        if not 1 <= limit <= 1000:
            raise InvalidRequestError("limit: Input should be between 1 and 1000")
        stages = seen.query.get("lifecycle[]", ("active", "deprecated"))
        listed = [model for model in self.models if model.lifecycle in stages]
        ids = [model.id for model in listed]
        after, before = one("after_id", ""), one("before_id", "")
        for cursor in filter(None, (after, before)):
            if cursor not in ids:
                raise InvalidRequestError(f"Invalid cursor: {cursor}")
        start = ids.index(after) + 1 if after else 0
        end = ids.index(before) if before else len(ids)
        page = listed[max(start, end - limit) : end] if before else listed[start:end][:limit]
        has_more = len(page) < end - start
        return {
            "data": [model.info() for model in page],
            "has_more": has_more,
            "first_id": page[0].id if page else None,
            "last_id": page[-1].id if page else None,
        }
