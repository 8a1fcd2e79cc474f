"""A session on its way to becoming a conversation: prompts, answers and results in, records for the store out.

All ids are derived from the session's own, so that reading a file again, longer, gives the same ids and more rows.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from actors.event_encoding import clean, clean_text, shortened
from actors.models import accepts
from actors.titles import title_of
from actors.tool_calls import MAX_KEPT_LENGTH
from actors.transcript import TEXT_SEPARATOR, AnyBlock, TextBlock, ToolCallBlock, ToolResultBlock, encode
from storage.conversations import preview_of
from storage.records import MAIN_BRANCH, StepRole

MAX_SUMMARY_LENGTH = 120
_SUMMED_UP = ("command", "cmd", "file_path", "path", "pattern", "query", "url", "description")


class _Turn(msgspec.Struct):
    line: int
    key: str
    prompt: str
    started_at: int
    ended_at: int
    steps: list[tuple[StepRole, list[AnyBlock]]] = msgspec.field(default_factory=list)
    texts: list[str] = msgspec.field(default_factory=list)
    calls: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    model_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    is_interrupted: bool = False


class Session:
    """A session that is being read.

    Args:
        source: the program that made it; part of all ids.
        runtime_id: the runtime with which it goes on here.
        session_id: the session's own id.

    Attributes:
        title: what the session is called; None for the start of its first prompt.
        working_directory: where its agent worked.
        skipped: how many lines were not understood.
    """

    def __init__(self, source: str, runtime_id: str, session_id: str) -> None:
        self.title: str | None = None
        self.working_directory: str | None = None
        self.skipped = 0
        self._source = source
        self._runtime_id = runtime_id
        self._session_id = session_id
        self._turns: list[_Turn] = []

    def prompt(self, line: int, key: str, text: str, at: int | None) -> None:
        """A person has written something; `key` names it within the session, `at` is in milliseconds."""
        time = at if at is not None else self._last_at()
        self._turns.append(_Turn(line, key, clean_text(text), time, time))

    def answer(self, blocks: Sequence[AnyBlock], at: int | None, model_id: str | None = None) -> bool:
        """The agent has said or called something; whether there was a prompt before it."""
        turn = self._current(at)
        if turn is None:
            return False
        for block in blocks:
            if isinstance(block, ToolCallBlock):
                turn.calls[block.id] = _kept(block, len(TEXT_SEPARATOR.join(turn.texts)))
            elif isinstance(block, TextBlock) and block.text:
                turn.texts.append(block.text)
        turn.model_id = model_id or turn.model_id
        if turn.steps and turn.steps[-1][0] == "assistant":
            turn.steps[-1][1].extend(blocks)  # one answer, written down in several lines
        else:
            turn.steps.append(("assistant", list(blocks)))
        return True

    def results(self, blocks: Sequence[ToolResultBlock], at: int | None) -> bool:
        """Tools have come to their end; whether there was a prompt before them."""
        turn = self._current(at)
        if turn is None:
            return False
        for block in blocks:
            call = turn.calls.get(block.id)
            if call is not None:
                text = "".join(one.text for one in block.content if isinstance(one, TextBlock))
                call.update(isError=block.is_error, output=text[:MAX_KEPT_LENGTH])
        if turn.steps and turn.steps[-1][0] == "results":
            turn.steps[-1][1].extend(blocks)
        else:
            turn.steps.append(("results", list(blocks)))
        return True

    def used(self, input_tokens: int, output_tokens: int) -> None:
        """What an answer took."""
        if self._turns:
            self._turns[-1].input_tokens += input_tokens
            self._turns[-1].output_tokens += output_tokens

    def interrupted(self) -> None:
        """A person has ended the turn."""
        if self._turns:
            self._turns[-1].is_interrupted = True

    def records(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The records for the store, each with the line of its prompt; none where nobody has said anything."""
        if not self._turns:
            return
        conversation_id = self._id(self._turns[0].started_at, "conversation")
        yield self._turns[0].line, self._conversation(conversation_id)
        parent_id: str | None = None
        for turn in self._turns:
            for message in self._messages(conversation_id, turn, parent_id):
                yield turn.line, message
                parent_id = message["id"]
        for turn in self._turns:
            yield turn.line, self._turn(conversation_id, turn)
        for turn in self._turns:
            for number, (role, blocks) in enumerate(turn.steps):
                yield (
                    turn.line,
                    {
                        "kind": "step",
                        "conversationId": conversation_id,
                        "turnId": self._id(turn.started_at, "turn", turn.key),
                        "role": role,
                        "blocks": json.loads(encode(blocks)),
                        "number": number,
                    },
                )

    def _conversation(self, conversation_id: str) -> dict[str, Any]:
        models = [turn.model_id for turn in self._turns if turn.model_id]
        model_id = models[-1] if models and accepts(self._runtime_id, models[-1]) else None
        return {
            "kind": "conversation",
            "id": conversation_id,
            "projectId": None,
            "title": self.title or title_of(self._turns[0].prompt) or None,
            "titleIsGiven": self.title is not None,
            "runtimeId": self._runtime_id,
            "modelId": model_id,
            "status": "active",
            "sessionId": None,
            "workingDirectory": self.working_directory,
            "preview": preview_of(self._turns[-1].prompt),
            "inputTokens": sum(turn.input_tokens for turn in self._turns),
            "outputTokens": sum(turn.output_tokens for turn in self._turns),
            "costUsd": 0.0,
            "unpricedTurns": len(self._turns),
            "createdAt": self._turns[0].started_at,
            "updatedAt": self._last_at(),
            "branchId": MAIN_BRANCH,
        }

    def _messages(self, conversation_id: str, turn: _Turn, parent_id: str | None) -> Iterator[dict[str, Any]]:
        shared = {
            "kind": "message",
            "conversationId": conversation_id,
            "turnId": self._id(turn.started_at, "turn", turn.key),
            "branchId": MAIN_BRANCH,
            "isPinned": False,
            "createdAt": turn.started_at,
        }
        asked = self._id(turn.started_at, "prompt", turn.key)
        yield {
            **shared, "id": asked, "role": "user", "content": turn.prompt, "status": "complete",
            "metadata": None, "updatedAt": turn.started_at, "parentId": parent_id,
        }  # fmt: skip
        metadata = {
            "modelId": turn.model_id,
            "inputTokens": turn.input_tokens,
            "outputTokens": turn.output_tokens,
            "costUsd": None,
            "quickAccess": [],
            "toolCalls": list(turn.calls.values()),
            "stopReason": None,
        }
        yield {
            **shared, "id": self._id(turn.started_at, "answer", turn.key), "role": "assistant",
            "content": TEXT_SEPARATOR.join(turn.texts), "status": _status(turn), "metadata": clean(metadata),
            "updatedAt": turn.ended_at, "parentId": asked,
        }  # fmt: skip

    def _turn(self, conversation_id: str, turn: _Turn) -> dict[str, Any]:
        return {
            "kind": "turn",
            "id": self._id(turn.started_at, "turn", turn.key),
            "conversationId": conversation_id,
            "userMessageId": self._id(turn.started_at, "prompt", turn.key),
            "assistantMessageId": self._id(turn.started_at, "answer", turn.key),
            "clientMessageId": None,
            "status": _status(turn),
            "runtimeId": self._runtime_id,
            "modelId": turn.model_id,
            "startedAt": turn.started_at,
            "endedAt": turn.ended_at,
        }

    def _current(self, at: int | None) -> _Turn | None:
        if not self._turns:
            return None
        turn = self._turns[-1]
        turn.ended_at = max(turn.ended_at, at or 0)
        return turn

    def _last_at(self) -> int:
        return max((turn.ended_at for turn in self._turns), default=0)

    def _id(self, at: int, *names: str) -> str:
        return stable_id(at, self._source, self._session_id, *names)


def stable_id(at: int, *names: str) -> str:
    """An id in the form of a UUID of version 7, always the same for the same time (in milliseconds) and names."""
    digest = hashlib.sha256("\0".join(names).encode(errors="replace")).digest()
    raw = bytearray((at & (2**48 - 1)).to_bytes(6, "big") + digest[:10])
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(raw)))


def _status(turn: _Turn) -> str:
    return "interrupted" if turn.is_interrupted else "complete"


def _kept(block: ToolCallBlock, offset: int) -> dict[str, Any]:
    """A tool call as an answer's row keeps it; without a result it counts as failed."""
    tool_input, _ = shortened(block.input, MAX_KEPT_LENGTH)
    return {
        "toolCallId": block.id,
        "toolName": block.name,
        "toolInput": tool_input,
        "summary": _summary(block.input),
        "offset": offset,
        "isError": True,
        "output": "",
        "durationMs": 0,
    }


def _summary(tool_input: object) -> str:
    if not isinstance(tool_input, Mapping):
        return ""
    found = next((tool_input[name] for name in _SUMMED_UP if tool_input.get(name)), "")
    text = " ".join(map(str, found)) if isinstance(found, list) else str(found)
    return " ".join(text.split())[:MAX_SUMMARY_LENGTH]
