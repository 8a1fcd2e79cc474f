"""GivenSecrets: secrets that a person gave the agent in a turn. The model knows them; nothing that is kept or shown does.

The model may repeat a secret: in its text, in a tool call, in what a tool prints. Whatever leaves the agent for the
store or for people goes through here, and shows a stand-in instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from actors.notices import AgentFailed, QuestionAsked, StepFinished, ToolFinished, ToolRejected, ToolRequested
from actors.requests import SECRET
from actors.tools.base import Text, ToolResult
from actors.transcript import AnyBlock, TextBlock, ThinkingBlock, ToolCallBlock

N = TypeVar("N")

MIN_LENGTH = 4
"""A shorter one stands in too many harmless words to be taken out of a text."""


class GivenSecrets:
    """The secrets of one turn. Used on the agent loop; `hide` and `reveal` on any thread."""

    def __init__(self) -> None:
        self._stand_ins: tuple[tuple[str, str], ...] = ()
        self._held: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._stand_ins)

    def add(self, answers: Iterable[str]) -> None:
        """Takes secrets that a person has given."""
        known = dict(self._stand_ins)
        for secret in answers:
            if len(secret) >= MIN_LENGTH and secret not in known:
                known[secret] = f"[secret {len(known) + 1}]" if known else SECRET
        # The longest first: one may be a part of another.
        self._stand_ins = tuple(sorted(known.items(), key=lambda one: -len(one[0])))

    def hide(self, value: Any) -> Any:
        """Text or decoded JSON with stand-ins for the secrets."""
        return _replaced(value, self._stand_ins)

    def reveal(self, value: Any) -> Any:
        """Text or decoded JSON with the secrets in place of their stand-ins."""
        return _replaced(value, [(stand_in, secret) for secret, stand_in in self._stand_ins])

    def passing(self, key: str, piece: str) -> str:
        """What of a streamed text can be shown now; what may be the start of a secret is held back."""
        text = self.hide(self._held.pop(key, "") + piece)
        held = max((_overlap(text, secret) for secret, _ in self._stand_ins), default=0)
        if held:
            self._held[key] = text[-held:]
            text = text[:-held]
        return str(text)

    def held(self, message: object | None = None) -> list[tuple[str, str]]:
        """The texts by key that are over with this message, or all of them; they are held no longer."""
        match message:
            case StepFinished():
                keys = {"delta", "thinking"}
            case ToolFinished():
                keys = {message.call_id}
            case _:
                keys = set(self._held) if message is None else set()
        return [(key, self._held.pop(key)) for key in tuple(self._held) if key in keys]

    def hidden(self, notice: N) -> N:
        """A notice of the agent as it may be stored and shown."""
        if isinstance(notice, ToolFinished):
            return replace(notice, result=self._hidden_result(notice.result))
        if not self:
            return notice
        changes: dict[str, Any] = {}
        match notice:
            case StepFinished():
                changes = {"blocks": self._hidden_blocks(notice.blocks)}
            case ToolRejected():
                changes = {
                    "tool_input": self.hide(notice.tool_input),
                    "result": self._hidden_result(notice.result),
                }
            case ToolRequested():
                changes = {
                    "tool_input": self.hide(notice.tool_input),
                    "summary": self.hide(notice.summary),
                    "diff": self.hide(notice.diff),
                    "hide": self.hide,
                }
            case QuestionAsked():
                changes = {"questions": tuple(self.hide(list(notice.questions)))}
            case AgentFailed():
                changes = {"message": self.hide(notice.message)}
        return replace(notice, **changes) if changes else notice  # type: ignore[type-var]  # each is a struct

    def _hidden_result(self, result: ToolResult) -> ToolResult:
        content = result.content if result.kept is None else result.kept
        shown = tuple(Text(self.hide(one.text)) if isinstance(one, Text) else one for one in content)
        return replace(result, content=shown, kept=None)

    def _hidden_blocks(self, blocks: Sequence[AnyBlock]) -> tuple[AnyBlock, ...]:
        shown: list[AnyBlock] = []
        for block in blocks:
            if isinstance(block, TextBlock):
                shown.append(msgspec.structs.replace(block, text=self.hide(block.text)))
            elif isinstance(block, ToolCallBlock):
                shown.append(msgspec.structs.replace(block, input=self.hide(block.input)))
            elif not isinstance(block, ThinkingBlock) or not self._is_in(block):
                shown.append(block)
        return tuple(shown)

    def _is_in(self, block: ThinkingBlock) -> bool:
        """Whether reasoning names a secret: providers sign it, so it can be left out but not changed."""
        return bool(self.hide([block.text, block.data]) != [block.text, block.data])


def _replaced(value: Any, pairs: Sequence[tuple[str, str]]) -> Any:
    if isinstance(value, str):
        for old, new in pairs:
            value = value.replace(old, new)
        return value
    if isinstance(value, dict):
        return {_replaced(key, pairs): _replaced(item, pairs) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(item, pairs) for item in value]
    return value


def _overlap(text: str, secret: str) -> int:
    """How many characters at the end of the text may begin the secret."""
    for length in range(min(len(secret) - 1, len(text)), 0, -1):
        if text.endswith(secret[:length]):
            return length
    return 0
