"""What agents, timers and the archive tell a conversation, and what they are told. All are frozen values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import force_setattr

from storage.records import Conversation, QueuedMessage

if TYPE_CHECKING:
    from actors.context.compaction import Compaction
    from actors.documents.screenshots import Screenshot
    from actors.events import QuickAccessLink, RunKind
    from actors.options import Options
    from actors.tools.base import Subject, ToolResult
    from actors.transcript import AnyBlock


class ConversationState(msgspec.Struct, frozen=True):
    """What the store knows of a conversation when its actor starts.

    Attributes:
        task_runs: the tasks that run in it, by the message that they began with.
    """

    conversation: Conversation
    last_seq: int
    waiting: tuple[QueuedMessage, ...]
    last_message_id: str | None = None
    task_runs: Mapping[str, str] = msgspec.field(default_factory=dict)


class TurnRequest(msgspec.Struct, frozen=True):
    """All that an agent needs to start.

    Attributes:
        options: the settings in force.
        metadata: of the person's message, as its row has it.
        compacts: it summarises the conversation instead of answering; both messages are the summary's row.
        request_id: the HTTP request that has started it, for the log.
    """

    turn_id: str
    conversation: Conversation
    user_message_id: str
    assistant_message_id: str
    options: Options
    metadata: str | None = None
    compacts: bool = False
    request_id: str | None = None


class Run(msgspec.Struct, frozen=True):
    """Events that were sent already and are to be kept: one run of text, or one event.

    Attributes:
        kind: what the text is; None for a single event, whose payload is `head`.
    """

    kind: RunKind | None
    first_seq: int
    head: bytes
    pieces: tuple[str, ...] = ()


class TextArrived(msgspec.Struct, frozen=True):
    """What the agent has sent since the last time."""

    turn_id: str
    runs: tuple[Run, ...]


class ToolRequested(msgspec.Struct, frozen=True):
    """The agent wants to run a tool. Answer: `Allowed`, `Denied`, or a Reply of one of them.

    Attributes:
        parse: validates an input that a person has changed. Raises ToolError.
        hide: takes secrets out of a text about the call; None where there are none. On any thread.
    """

    turn_id: str
    call_id: str
    tool_name: str
    tool_input: Any
    summary: str
    subject: Subject
    parse: Callable[[Any], object]
    diff: str | None = None
    hide: Callable[[str], str] | None = None


class Allowed(msgspec.Struct, frozen=True):
    """The tool may run with this input; where a person said so, after `ToolStarted` was acknowledged."""

    tool_input: Any
    by_person: bool = False


class Denied(msgspec.Struct, frozen=True):
    """The tool must not run; the message is for the model."""

    message: str


class ToolStarted(msgspec.Struct, frozen=True):
    """The tool that a person allowed is about to run. Answer: whether it still may.

    Attributes:
        subject: what it will touch; the person may have changed its input.
    """

    turn_id: str
    call_id: str
    subject: Subject


class QuestionAsked(msgspec.Struct, frozen=True):
    """A tool asks the person. Answer: a Reply of `Answered` or `Denied`."""

    turn_id: str
    call_id: str
    questions: tuple[Mapping[str, Any], ...]


class Answered(msgspec.Struct, frozen=True):
    """The person's answers by question id, secrets among them: never store or log them."""

    answers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Answered({len(self.answers)} answers)"


class ToolRejected(msgspec.Struct, frozen=True):
    """A tool call was malformed; nobody needs to be asked about it. Answer: None."""

    turn_id: str
    call_id: str
    tool_name: str
    tool_input: Any
    result: ToolResult


class ToolFinished(msgspec.Struct, frozen=True):
    """A tool call has ended. Answer: None, when the result is on its way to the store."""

    turn_id: str
    call_id: str
    result: ToolResult
    duration_ms: int
    screenshots: tuple[Screenshot, ...] = ()


MAX_TOKENS = 10**12
"""More than any conversation uses, and less than what the store can hold."""


class Usage(msgspec.Struct, frozen=True):
    """Tokens that a step used. A count that can't be true is brought within bounds: it comes from a server.

    Attributes:
        input_tokens: all of the prompt, cached parts included.
        cache_read_tokens: the part of it that came from the provider's cache.
        cache_write_tokens: the part of it that was written to the provider's cache.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            force_setattr(self, name, min(max(getattr(self, name), 0), MAX_TOKENS))

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )


class ContextSize(msgspec.Struct, frozen=True):
    """How large a request to a model was, in tokens.

    Attributes:
        estimated: all of it, as guessed.
        reported: all of it, as the provider has counted it; 0 where it did not say.
        tools: the description of the tools, as guessed.
    """

    estimated: int
    reported: int
    tools: int


class ContextGiven(msgspec.Struct, frozen=True):
    """What the model is given along with the person's message."""

    turn_id: str
    blocks: tuple[AnyBlock, ...]


class Compacted(msgspec.Struct, frozen=True):
    """The older part of the history was summarised. Answer: None, when it is on its way to the store."""

    turn_id: str
    compaction: Compaction


class StepFinished(msgspec.Struct, frozen=True):
    """The model has ended one of its answers. Answer: None, when it is on its way to the store.

    Attributes:
        cost_usd: what the turn has cost so far; None where a price is not known.
        size: of the request; None where it was none of the conversation's own.
    """

    turn_id: str
    blocks: tuple[AnyBlock, ...]
    usage: Usage
    model_id: str | None
    cost_usd: float | None
    size: ContextSize | None = None


class AgentFinished(msgspec.Struct, frozen=True):
    """The agent has ended by itself.

    Attributes:
        stop_reason: the provider's word.
        quick_access: links to what the answer is about.
    """

    turn_id: str
    stop_reason: str | None
    cost_usd: float | None
    quick_access: tuple[QuickAccessLink, ...] = ()


class AgentFailed(msgspec.Struct, frozen=True):
    """The agent cannot go on; `message` is a sentence for people."""

    turn_id: str
    message: str
    code: str
    cost_usd: float | None


class AgentStopped(msgspec.Struct, frozen=True):
    """The agent was stopped, or did not stop in time and was cut off."""

    turn_id: str
    cost_usd: float | None


class RequestExpired(msgspec.Struct, frozen=True):
    """Nobody answered a request in time."""

    request_id: str
