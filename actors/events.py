"""What the people who follow a conversation get to see.

An event is JSON with a `type`. Its number, `seq`, is given by the sink, in the order of publication and
without gaps. `actors.event_encoding` has the form in which events are sent and kept.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

Phase = Literal["preparing", "thinking", "generating", "tool_use", "waiting", "compacting"]
TurnState = Literal["idle", "running", "waiting"]
Decider = Literal["person", "rule", "timeout", "shutdown"]
Outcome = Literal["allowed", "denied", "answered", "expired", "cancelled"]
RunKind = Literal["delta", "thinking", "tool_output"]
RowKind = Literal["conversation", "task"]


class Answerer(msgspec.Struct, frozen=True):
    """The client in which a person answered a request: `id` is its own, if it keeps one, `name` is for people."""

    id: str | None
    name: str


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel", tag_field="type"):
    """Base of all events.

    Attributes:
        turn_id: the turn it belongs to.
        message_id: the message row it belongs to, if any.
    """

    turn_id: str
    message_id: str | None = None


class DeltaEvent(Event, frozen=True, kw_only=True, tag="delta"):
    """A piece of the answer's text."""

    content: str


class ThinkingEvent(Event, frozen=True, kw_only=True, tag="thinking"):
    """A piece of the model's reasoning."""

    content: str


class StatusEvent(Event, frozen=True, kw_only=True, tag="status"):
    """What the agent is doing now.

    Attributes:
        message: a sentence for people.
        retry_at: when a provider that cannot answer now is asked again; the message ends with the seconds until then.
    """

    phase: Phase
    message: str
    retry_at: str | None = None


class MessageEvent(Event, frozen=True, kw_only=True, tag="message"):
    """A user message starts a turn; `message_id` names its row, `branch_id` the branch of the answer."""

    client_message_id: str | None
    was_queued: bool
    branch_id: str


class ToolCallEvent(Event, frozen=True, kw_only=True, tag="tool_call"):
    """The agent wants to use a tool.

    Attributes:
        diff: a unified diff of what the call changes, if it changes a file and nobody is asked about it.
        is_shortened: long values of `tool_input` or the diff were cut.
    """

    tool_call_id: str
    tool_name: str
    tool_input: Any
    summary: str
    diff: str | None = None
    is_shortened: bool = False


class ToolOutputEvent(Event, frozen=True, kw_only=True, tag="tool_output"):
    """A piece of a running tool's live output."""

    tool_call_id: str
    content: str


class ToolResultEvent(Event, frozen=True, kw_only=True, tag="tool_result"):
    """A tool call has ended.

    Attributes:
        output: the first 16 KB of the result's text.
        truncated: there is more.
        duration_ms: how long the tool ran, without the wait for a permission.
    """

    tool_call_id: str
    is_error: bool
    output: str
    truncated: bool
    duration_ms: int


class ScreenshotEvent(Event, frozen=True, kw_only=True, tag="screenshot"):
    """A tool has returned an image; `width` and `height` are those of the original, in pixels."""

    tool_call_id: str
    document_id: str
    thumbnail_url: str
    original_url: str
    width: int
    height: int


class PermissionRequestEvent(Event, frozen=True, kw_only=True, tag="permission_request"):
    """The agent waits until a person allows or denies a tool call.

    Attributes:
        diff: a unified diff of what the call would change, if it changes a file.
        suggested_pattern: the rule that "always allow" would save, if there is a useful one.
        why: why it asks.
        is_shortened: long values of `tool_input` or the diff were cut; the message row has all of them.
    """

    request_id: str
    tool_call_id: str
    tool_name: str
    tool_input: Any
    summary: str
    diff: str | None
    suggested_pattern: str | None
    why: str
    is_shortened: bool = False


class QuestionEvent(Event, frozen=True, kw_only=True, tag="question"):
    """The agent waits for answers."""

    request_id: str
    tool_call_id: str
    questions: Any


class RequestResolvedEvent(Event, frozen=True, kw_only=True, tag="request_resolved"):
    """A permission request or question waits no longer; `decision` tells who decided.

    Attributes:
        answered_by: the client in which a person decided, where that is known.
    """

    request_id: str
    decision: Decider
    outcome: Outcome
    answered_by: Answerer | None = None


class QuickAccessLink(msgspec.Struct, frozen=True, rename="camel"):
    """A link to something that an answer is about."""

    entity_type: str
    entity_id: str
    label: str
    href: str


class CompactionEvent(Event, frozen=True, kw_only=True, tag="compaction"):
    """The older part of the conversation was summarised for the model; `message_id` names the row that says so.

    Attributes:
        from_message_id: the first message that the summary stands for.
        to_message_id: the last one; of an answer, perhaps only the first steps.
        tokens_before: about so many tokens had the request before.
        tokens_after: and so many after it.
    """

    from_message_id: str
    to_message_id: str
    tokens_before: int
    tokens_after: int


class DoneEvent(Event, frozen=True, kw_only=True, tag="done"):
    """The turn is complete; `user_message_id` is None where it answered no message."""

    user_message_id: str | None
    quick_access: tuple[QuickAccessLink, ...] = ()
    stop_reason: str | None = None


class ErrorEvent(Event, frozen=True, kw_only=True, tag="error"):
    """The turn has failed; the text so far is kept."""

    message: str
    code: str


class InterruptedEvent(Event, frozen=True, kw_only=True, tag="interrupted"):
    """The turn was stopped; the text so far is kept."""

    reason: Literal["cancelled", "restart"]


AnyEvent = (
    DeltaEvent
    | ThinkingEvent
    | StatusEvent
    | MessageEvent
    | ToolCallEvent
    | ToolOutputEvent
    | ToolResultEvent
    | ScreenshotEvent
    | PermissionRequestEvent
    | QuestionEvent
    | RequestResolvedEvent
    | CompactionEvent
    | DoneEvent
    | ErrorEvent
    | InterruptedEvent
)
TerminalEvent = DoneEvent | ErrorEvent | InterruptedEvent
TERMINAL_TYPES = frozenset({"done", "error", "interrupted"})


class EventSink(Protocol):
    """Where events go. Every method may be called from any thread and returns at once."""

    def open(self, conversation_id: str, last_seq: int) -> None:
        """Says which event number a conversation has reached. Harmless where it is known already."""
        ...

    def publish(self, conversation_id: str, payload: bytes, *, is_last: bool = False) -> int:
        """Gives an event its number; it is sent as soon as it is stored. `is_last` ends its turn."""
        ...

    def stream(self, conversation_id: str, payload: bytes) -> int:
        """Gives an event its number and sends it at once; it is stored a little later."""
        ...

    def stored(self, conversation_id: str, first_seq: int, last_seq: int) -> None:
        """Says that events are in the store."""
        ...

    def release(
        self, conversation_id: str, first_seq: int, last_seq: int, replacement: bytes | None = None
    ) -> None:
        """Says that events could not be stored yet and are to be sent all the same.

        Args:
            conversation_id: whose events.
            first_seq: the first of them.
            last_seq: the last of them.
            replacement: what is sent instead of the last one.
        """
        ...

    def turn_changed(self, conversation_id: str, state: TurnState, open_requests: int) -> None:
        """Says what a conversation is doing."""
        ...

    def row_changed(self, kind: RowKind, row_id: str) -> None:
        """Says that a stored row is new, different or gone."""
        ...

    def close(self, conversation_id: str) -> None:
        """Says that nothing more comes until the conversation is opened again."""
        ...
