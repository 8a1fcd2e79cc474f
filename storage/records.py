"""The values that the store gives and takes. Frozen, so that they may pass between threads."""

from __future__ import annotations

from typing import Literal

import msgspec

ConversationStatus = Literal["active", "archived"]
ProjectStatus = Literal["active", "archived"]
MessageRole = Literal["user", "assistant", "system"]
MessageStatus = Literal["pending", "streaming", "complete", "error", "interrupted"]
TurnOutcome = Literal["complete", "error", "interrupted"]
TurnStatus = Literal["running", "complete", "error", "interrupted"]
StepRole = Literal["given", "assistant", "results"]
RuleBehavior = Literal["allow", "deny", "ask"]
EntityType = Literal["project", "task", "document", "conversation", "file"]
TaskStatus = Literal["planned", "queued", "running", "completed", "failed", "cancelled"]
TaskPriority = Literal["low", "medium", "high"]
DocumentOrigin = Literal["upload", "tool"]
DocumentState = Literal["ready", "failed"]
ScanState = Literal["scanning", "ready", "failed"]

MAIN_BRANCH = "main"
"""The branch that every conversation starts with. It has no row of its own."""


class Project(msgspec.Struct, frozen=True):
    """A piece of the person's work. Times in milliseconds since the epoch, as everywhere here."""

    id: str
    name: str
    description: str | None
    working_directory: str | None
    status: ProjectStatus
    created_at: int
    updated_at: int


class Conversation(msgspec.Struct, frozen=True):
    """A conversation, without its messages.

    Attributes:
        title_is_given: a person chose the title; it is no longer taken from a message.
        session_id: the name under which the runtime's provider knows the conversation.
        unpriced_turns: turns whose price is not known; any makes the total cost unknown.
        branch_id: the branch that messages are added to.
        last_outcome: how its last turn ended; None before the first one has.
        is_unread: an answer has ended since a person last looked.
    """

    id: str
    project_id: str | None
    title: str | None
    title_is_given: bool
    runtime_id: str
    model_id: str | None
    status: ConversationStatus
    session_id: str | None
    working_directory: str | None
    preview: str | None
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced_turns: int
    created_at: int
    updated_at: int
    branch_id: str = MAIN_BRANCH
    last_outcome: TurnOutcome | None = None
    is_unread: bool = False


class Message(msgspec.Struct, frozen=True):
    """One row of a conversation as people see it.

    Attributes:
        metadata: JSON text, or None.
        branch_id: the branch that it was written on; branches that leave it later show it too.
        parent_id: the message that it follows. Messages of one role with one parent are alternatives.
        is_pinned: it is given to the model word for word, however long the conversation grows.
    """

    id: str
    conversation_id: str
    turn_id: str | None
    role: MessageRole
    content: str
    status: MessageStatus
    metadata: str | None
    created_at: int
    updated_at: int
    branch_id: str = MAIN_BRANCH
    parent_id: str | None = None
    is_pinned: bool = False


class Branch(msgspec.Struct, frozen=True):
    """A way that a conversation went on from one of its messages.

    Attributes:
        parent_id: the branch that it left.
        fork_pk: the place of the last message that it shares with that branch; 0 for none.
    """

    id: str
    conversation_id: str
    parent_id: str
    fork_pk: int
    created_at: int


class Turn(msgspec.Struct, frozen=True):
    """One answer of an agent to one user message.

    Attributes:
        first_seq: the event before which the turn had sent nothing.
        last_seq: its terminal event, or None while it runs.
    """

    id: str
    conversation_id: str
    user_message_id: str
    assistant_message_id: str
    client_message_id: str | None
    status: TurnStatus
    runtime_id: str
    model_id: str | None
    first_seq: int
    last_seq: int | None
    started_at: int
    ended_at: int | None


class Step(msgspec.Struct, frozen=True):
    """A part of the transcript as the model sees it.

    What it was given along with the person's message, one of its answers, or the results of its tool calls.

    Attributes:
        blocks: JSON text, a list of block objects; see `actors.transcript`.
    """

    turn_id: str
    role: StepRole
    blocks: str


class EventRow(msgspec.Struct, frozen=True):
    """Stored events: one control event, or a run of text pieces.

    Attributes:
        first_seq: number of its first event.
        last_seq: number of its last event.
        payload: see `actors.events`.
    """

    first_seq: int
    last_seq: int
    is_run: bool
    payload: bytes


class PermissionRule(msgspec.Struct, frozen=True):
    """A stored permission rule; `pattern` is its text."""

    id: str
    pattern: str
    behavior: RuleBehavior
    project_id: str | None
    created_at: int
    expires_at: int | None
    uses: int


class McpApproval(msgspec.Struct, frozen=True):
    """A `.mcp.json` that a person has allowed: the servers in it may be started while it is as it was."""

    path: str
    sha256: str
    approved_at: int


class QueuedMessage(msgspec.Struct, frozen=True):
    """A user message that waits for the running turn to end.

    Attributes:
        mentions: JSON text, a list of mentions, or None.
        attachments: JSON text, a list of document ids, or None.
    """

    id: str
    conversation_id: str
    content: str
    client_message_id: str | None
    created_at: int
    updated_at: int
    mentions: str | None = None
    attachments: str | None = None


class SearchHit(msgspec.Struct, frozen=True):
    """A message that a search found; `snippet` is plain text with `<mark>` around the matches."""

    conversation_id: str
    message_id: str
    title: str | None
    snippet: str
    created_at: int


class Task(msgspec.Struct, frozen=True):
    """A piece of work that an agent can do by itself.

    Attributes:
        result: what came of it.
        conversation_id: the conversation in which it ran.
        run_message_id: the message that it was given to an agent with; None where it does not run.
    """

    id: str
    project_id: str | None
    title: str
    description: str | None
    status: TaskStatus
    priority: TaskPriority
    result: str | None
    conversation_id: str | None
    created_at: int
    updated_at: int
    run_message_id: str | None = None


class Document(msgspec.Struct, frozen=True):
    """A file that a person uploaded or a tool returned. The file itself lies beside the database.

    Attributes:
        sha256: of the file, in hex.
        state: whether its text could be read; `failed` comes with a `problem` for people.
        width: of an image, in pixels.
        height: of an image, in pixels.
    """

    id: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    origin: DocumentOrigin
    project_id: str | None
    state: DocumentState
    problem: str | None
    width: int | None
    height: int | None
    created_at: int
    updated_at: int


class TurnUsage(msgspec.Struct, frozen=True):
    """What one turn used; it stays when its conversation is deleted.

    Attributes:
        at: when it ended.
        cost_usd: None where a price is not known.
    """

    turn_id: str
    at: int
    conversation_id: str
    project_id: str | None
    runtime_id: str
    model_id: str | None
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    cost_usd: float | None
