"""The fake of an Ollama server: its own endpoints for models, and the OpenAI-compatible ones."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.blocks import Breaks
from tests.fakes.chat_rules import check_chat
from tests.fakes.errors import InvalidRequestError
from tests.fakes.exchange import Exchange
from tests.fakes.ollama_wire import OllamaChatWire
from tests.fakes.script import Refuses, SeenRequest
from tests.fakes.server import FakeProvider

_MODIFIED_AT = "2026-08-21T18:48:22.000000000+02:00"
_CREATED = 1_787_330_902


@dataclass(frozen=True, slots=True)
class OllamaModel:
    """One pulled model.

    Attributes:
        name: with its tag.
        parameter_size: for example `8.0B`.
        size_bytes: on disk.
        family: the architecture, which prefixes the keys of `model_info`.
        context_length: in tokens.
        capabilities: `completion`, `tools`, `thinking`, `vision`, `embedding`.
    """

    name: str
    parameter_size: str = "8.0B"
    size_bytes: int = 4_900_000_000
    family: str = "llama"
    context_length: int = 131_072
    capabilities: tuple[str, ...] = ("completion", "tools")

    def summary(self) -> dict[str, Any]:
        """The model as `GET /api/tags` describes it."""
        return {
            "name": self.name,
            "model": self.name,
            "modified_at": _MODIFIED_AT,
            "size": self.size_bytes,
            "digest": hashlib.sha256(self.name.encode()).hexdigest(),
            "details": {**self._details(), "context_length": self.context_length},
            "capabilities": list(self.capabilities),
        }

    def show(self) -> dict[str, Any]:
        """The model as `POST /api/show` describes it."""
        return {
            "license": "Apache License 2.0",
            "modelfile": f"FROM {self.name}\n",
            "parameters": "temperature 0.7",
            "template": "{{ .Prompt }}",
            "details": self._details(),
            "model_info": {
                "general.architecture": self.family,
                f"{self.family}.context_length": self.context_length,
                f"{self.family}.embedding_length": 4096,
            },
            "capabilities": list(self.capabilities),
            "modified_at": _MODIFIED_AT,
        }

    def _details(self) -> dict[str, Any]:
        return {
            "parent_model": "",
            "format": "gguf",
            "family": self.family,
            "families": [self.family],
            "parameter_size": self.parameter_size,
            "quantization_level": "Q4_K_M",
        }


OLLAMA_MODELS = (
    OllamaModel("llama3.1:8b"),
    OllamaModel("qwen3:32b", "32.8B", 20_000_000_000, "qwen3", 40_960, ("completion", "tools", "thinking")),
    OllamaModel("gemma2:2b", "2.6B", 1_600_000_000, "gemma2", 8_192, ("completion",)),
)


class FakeOllama(FakeProvider):
    """Speaks `GET /api/tags`, `GET /api/version`, `POST /api/show`, `GET /v1/models`, `POST /v1/chat/completions`.

    Attributes:
        models: what has been pulled; a test may replace them.
        version: of the server.
    """

    def __init__(self) -> None:
        super().__init__()
        self.models: tuple[OllamaModel, ...] = OLLAMA_MODELS
        self.version = "0.40.12"

    @property
    def base_url(self) -> str:
        """What `AsyncOpenAI` takes as `base_url`; Ollama's own endpoints lie under `host`."""
        return f"{self.host}/v1"

    async def route(self, exchange: Exchange) -> None:
        """Answers one request. Raises InvalidRequestError for what the real server would refuse."""
        seen = exchange.seen
        match seen.method, seen.path:
            case "GET", "/api/version":
                await self.serve(exchange, lambda: {"version": self.version})
            case "GET", "/api/tags":
                await self.serve(exchange, lambda: {"models": [model.summary() for model in self.models]})
            case "POST", "/api/show":
                body = seen.body or {}
                await self.serve(exchange, lambda: self._model(body.get("model") or body.get("name")).show())
            case "GET", "/v1/models":
                await self.serve(exchange, self._list)
            case "POST", "/v1/chat/completions":
                await self.generate(exchange, self._check, OllamaChatWire)
            case _, "/api/version" | "/api/tags" | "/api/show" | "/v1/models" | "/v1/chat/completions":
                raise InvalidRequestError("405 method not allowed", status=405)
            case _:
                raise InvalidRequestError("404 page not found", status=404)

    def check_key(self, request: SeenRequest, key: str) -> None:
        """Raises InvalidRequestError unless the request shows the key, as a proxy before Ollama would ask for."""
        shown = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode(), key.encode()):
            raise InvalidRequestError("unauthorized", status=401)

    def error_body(self, request: SeenRequest, refusal: Refuses, request_id: str) -> Any:
        """An error object as OpenAI's under `/v1`, a bare sentence elsewhere."""
        message = refusal.message or "something went wrong, please see the ollama server logs for details"
        if not request.path.startswith("/v1/"):
            return {"error": message}
        usual = {400: "invalid_request_error", 404: "not_found_error"}.get(refusal.status, "api_error")
        return {"error": {"message": message, "type": refusal.type or usual, "param": None, "code": None}}

    def headers(self, request_id: str) -> Mapping[str, str]:
        """None beside the usual ones."""
        return {}

    def status_of(self, error: Breaks) -> int:
        """Always that of a server's fault."""
        return 500

    def _check(self, body: dict[str, Any]) -> None:
        check_chat(body, refuses_unknown=False)
        model = self._model(body["model"])
        if body.get("tools") and "tools" not in model.capabilities:
            raise InvalidRequestError(f"registry.ollama.ai/library/{model.name} does not support tools")

    def _model(self, name: Any) -> OllamaModel:
        for model in self.models:
            if name in {model.name, model.name.removesuffix(":latest")}:
                return model
        raise InvalidRequestError(f"model '{name}' not found", status=404)

    def _list(self) -> dict[str, Any]:
        listed = [
            {"id": model.name, "object": "model", "created": _CREATED, "owned_by": "library"}
            for model in self.models
        ]
        return {"object": "list", "data": listed}
