"""The fake of OpenAI's API: responses, chat completions, and the list of models."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.blocks import Breaks
from tests.fakes.chat_rules import check_chat
from tests.fakes.chat_wire import ChatWire
from tests.fakes.errors import InvalidRequestError
from tests.fakes.exchange import Exchange
from tests.fakes.responses_rules import check_responses
from tests.fakes.responses_wire import GivenItems, ResponsesWire
from tests.fakes.script import Refuses, SeenRequest
from tests.fakes.server import FakeProvider

_OURS = "The server had an error while processing your request. Sorry about that!"
_ERRORS: dict[int, tuple[str, str | None, str]] = {
    400: ("invalid_request_error", None, "We could not process your request."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("invalid_request_error", None, "You are not allowed to access this resource."),
    404: (
        "invalid_request_error",
        "model_not_found",
        "The model does not exist or you do not have access to it.",
    ),
    413: ("invalid_request_error", None, "The request is too large."),
    429: ("tokens", "rate_limit_exceeded", "Rate limit reached on tokens per min (TPM)."),
    500: ("server_error", None, _OURS),
    503: ("server_error", None, "The engine is currently overloaded, please try again later."),
}
_STATUS = {"rate_limit_exceeded": 429, "insufficient_quota": 429, "invalid_prompt": 400}


@dataclass(frozen=True, slots=True)
class OpenAIModel:
    """One model of the list.

    Attributes:
        id: what requests name.
        created: when it came out, in Unix seconds.
        owned_by: `system` or an organization.
    """

    id: str
    created: int
    owned_by: str = "system"

    def info(self) -> dict[str, Any]:
        """The model as `GET /v1/models` describes it."""
        return {"id": self.id, "object": "model", "created": self.created, "owned_by": self.owned_by}


OPENAI_MODELS = (
    OpenAIModel("gpt-6.2-sol", 1_794_873_600),
    OpenAIModel("gpt-6.1-terra", 1_792_972_800),
    OpenAIModel("gpt-5.4", 1_772_668_800),
    OpenAIModel("gpt-4.1-mini", 1_744_318_173),
    OpenAIModel("text-embedding-3-small", 1_705_948_997),
)


class FakeOpenAI(FakeProvider):
    """Speaks `POST /v1/responses`, `POST /v1/chat/completions`, `GET /v1/models` and `GET /v1/models/{id}`.

    Attributes:
        models: what it lists; a test may replace them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.models: tuple[OpenAIModel, ...] = OPENAI_MODELS
        self._given = GivenItems()

    @property
    def base_url(self) -> str:
        """What `AsyncOpenAI` takes as `base_url`."""
        return f"{self.host}/v1"

    async def route(self, exchange: Exchange) -> None:
        """Answers one request. Raises InvalidRequestError for what the real API would refuse."""
        seen = exchange.seen
        match seen.method, seen.path.split("/")[1:]:
            case "POST", ["v1", "responses"]:
                await self.generate(
                    exchange,
                    lambda body: check_responses(body, self._given),
                    lambda body: ResponsesWire(body, self._given),
                )
            case "POST", ["v1", "chat", "completions"]:
                await self.generate(exchange, check_chat, ChatWire)
            case "GET", ["v1", "models"]:
                listed = [model.info() for model in self.models]
                await self.serve(exchange, lambda: {"object": "list", "data": listed})
            case "GET", ["v1", "models", name]:
                await self.serve(exchange, lambda: self._model(name).info())
            case _:
                raise InvalidRequestError(f"Invalid URL ({seen.method} {seen.path})", status=404)

    def check_key(self, request: SeenRequest, key: str) -> None:
        """Raises InvalidRequestError unless the request shows the key."""
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(shown.encode(), key.encode()):
            return
        if not shown:
            raise InvalidRequestError(
                "You didn't provide an API key. You need to provide your API key in an Authorization header using"
                " Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
                status=401,
            )
        masked = (
            f"{shown[:8]}{'*' * max(0, len(shown) - 12)}{shown[-4:]}" if len(shown) > 12 else "*" * len(shown)
        )
        raise InvalidRequestError(
            f"Incorrect API key provided: {masked}. You can find your API key at"
            " https://platform.openai.com/account/api-keys.",
            status=401,
            code="invalid_api_key",
        )

    def error_body(self, request: SeenRequest, refusal: Refuses, request_id: str) -> Any:
        """The API's error object."""
        type_, code, message = _ERRORS.get(refusal.status, _ERRORS[500 if refusal.status >= 500 else 400])
        return {
            "error": {
                "message": refusal.message or message,
                "type": refusal.type or type_,
                "param": refusal.param,
                # The usual code belongs to the usual message only.
                "code": refusal.code if refusal.code or refusal.message else code,
            }
        }

    def headers(self, request_id: str) -> Mapping[str, str]:
        """The headers that come with every answer."""
        return {"x-request-id": request_id, "openai-version": "2020-10-01", "openai-processing-ms": "12"}

    def status_of(self, error: Breaks) -> int:
        """The HTTP status that belongs to an error code."""
        return _STATUS.get(error.type, 500)

    def _model(self, name: str) -> OpenAIModel:
        for model in self.models:
            if model.id == name:
                return model
        raise InvalidRequestError(
            f"The model '{name}' does not exist", status=404, param="model", code="model_not_found"
        )
