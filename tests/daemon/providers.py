"""A daemon and the fake of its provider, in one form for all providers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.fakes.script import Refuses
from tests.fakes.server import FakeProvider

WINDOW = 24_000
"""Tokens; small enough that two long messages fill it."""
LONG = " ".join(f"word{number}" for number in range(2_200))
"""Such a message."""


class Provider:
    """A daemon that talks to a fake, and what the fake was asked, in one form for all providers."""

    def __init__(
        self, runtime: str, fake: FakeProvider, start: Callable[[], DaemonProcess], model: str | None
    ) -> None:
        self.runtime = runtime
        self.fake = fake
        self._start = start
        self._daemon = start()
        self.model = model

    @property
    def api(self) -> Api:
        return self._daemon.client

    def restart(self) -> Api:
        self._daemon.stop()
        self._daemon = self._start()
        return self.api

    def overflow(self) -> Refuses:
        """What the provider says of a request that is too long for the model."""
        return {
            "claude-code": Refuses(400, message="prompt is too long: 210000 tokens > 200000 maximum"),
            "openai-codex-app-server": Refuses(
                400,
                message="Your input exceeds the context window of this model. Please adjust your input.",
                code="context_length_exceeded",
            ),
            "ollama": Refuses(
                400,
                type="exceed_context_size_error",
                message="request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it",
            ),
        }[self.runtime]

    def new(self, **fields: Any) -> str:
        return self.api.new(self.runtime, modelId=self.model, **fields)

    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for request in self.fake.requests if request.method == "POST"]

    def system(self, body: dict[str, Any]) -> str:
        if self.runtime == "claude-code":
            return "".join(part["text"] for part in body["system"])
        if self.runtime == "ollama":
            return str(body["messages"][0]["content"])
        return str(body["instructions"])

    def asked(self, body: dict[str, Any]) -> list[str]:
        """The texts of the messages in the order of the request, without the system prompt."""
        rows = body["input"] if "input" in body else body["messages"]
        return [_text(row) for row in rows if row.get("role") != "system"]

    def close(self) -> None:
        """Ends the daemon."""
        self._daemon.stop()


def _text(row: dict[str, Any]) -> str:
    content = row.get("content", row.get("output", row.get("arguments")))
    if isinstance(content, list):
        return "".join(_text(part) if "content" in part else part.get("text", "") for part in content)
    return str(content)
