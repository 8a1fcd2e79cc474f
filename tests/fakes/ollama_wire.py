"""Chat completions as Ollama writes them: reasoning in a field of its own, each tool call whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, ClassVar

from tests.fakes.blocks import Block, Calls, Says, Streams, Thinks
from tests.fakes.chat_wire import ChatWire
from tests.fakes.errors import ScriptError
from tests.fakes.script import Answer, Usage


class OllamaChatWire(ChatWire):
    """Writes answers to one request."""

    finishes: ClassVar[dict[str, str]] = {
        "end_turn": "stop",
        "stop_sequence": "stop",
        "tool_use": "tool_calls",
        "max_tokens": "length",
    }
    extras: ClassVar[dict[str, Any]] = {"system_fingerprint": "fp_ollama"}
    choice_extras: ClassVar[dict[str, Any]] = {}
    unknown_usage: ClassVar[dict[str, Any]] = {}

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(request)
        self._role: dict[str, Any] = {"role": "assistant"}

    def opening(self, answer: Answer) -> Iterator[bytes]:
        """Usually nothing: the first delta carries the role, unless it is one of very many."""
        if any(isinstance(block, Streams) for block in answer.blocks[:1]):
            yield self.chunk({**self._take_role(), "content": ""})

    def deltas(self, block: Block, index: int, answer: Answer) -> Iterator[dict[str, Any]]:
        """The deltas of a content block; `index` is that of the call, if it is one."""
        match block:
            case Says():
                for text in block.deltas:
                    yield {**self._take_role(), "content": text}
            case Thinks():
                for text in block.deltas:
                    yield {**self._take_role(), "content": "", "reasoning": text}
            case Calls():
                yield {
                    **self._take_role(),
                    "content": "",
                    "tool_calls": [{"index": index, **self.call(block)}],
                }

    def body(self, answer: Answer) -> dict[str, Any]:
        """The JSON of a whole answer."""
        body = super().body(answer)
        message = body["choices"][0]["message"]
        del message["refusal"], message["annotations"]
        message["content"] = message["content"] or ""
        if thoughts := "".join(block.text for block in answer.blocks if isinstance(block, Thinks)):
            message["reasoning"] = thoughts
        return body

    def call(self, block: Calls) -> dict[str, Any]:
        """A tool call; its arguments have been parsed by Ollama. Raises ScriptError where they cannot be."""
        try:
            json.loads(block.arguments)
        except ValueError as error:
            raise ScriptError("Ollama never passes on arguments that are not JSON.") from error
        return super().call(block)

    def usage(self, usage: Usage) -> dict[str, Any]:
        """The tokens, without details."""
        return {name: count for name, count in super().usage(usage).items() if not name.endswith("_details")}

    def _take_role(self) -> dict[str, Any]:
        role, self._role = self._role, {}
        return role
