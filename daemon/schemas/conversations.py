"""Conversations, their branches and copies."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from actors.events import TurnState
from daemon.schemas.base import Cursor, Directory, Id, Limit, ModelName, RuntimeName, Schema, Timestamp, Title
from storage.records import ConversationStatus, TurnOutcome


class Usage(Schema, frozen=True, kw_only=True):
    """What a conversation has used. The cost is null where the price of any part is not known."""

    input_tokens: int
    output_tokens: int
    cost_usd: float | None


class Conversation(Schema, frozen=True, kw_only=True):
    """A conversation."""

    id: str
    project_id: str | None
    title: str | None
    runtime_id: str
    model_id: str | None
    status: ConversationStatus
    created_at: Timestamp
    updated_at: Timestamp
    session_id: str | None
    working_directory: str | None
    turn: TurnState
    pending_requests: Annotated[int, Meta(description="How many wait for a person.")]
    last_message_preview: str | None
    branch_id: Annotated[str, Meta(description="The branch that messages are added to.")]
    last_outcome: Annotated[
        TurnOutcome | None, Meta(description="How its last turn ended; null before the first one has.")
    ]
    unread: Annotated[bool, Meta(description="An answer has ended since a person last looked.")]
    usage: Usage


class ConversationDetail(Conversation, frozen=True, kw_only=True):
    """A conversation with what only a single one is asked for."""

    message_count: int
    last_seq: Annotated[int, Meta(description="The number of its last event.")]


class ConversationQuery(Schema, frozen=True, kw_only=True):
    """Filters of the list."""

    status: ConversationStatus | None = None
    project_id: Id | None = None
    runtime_id: RuntimeName | None = None
    turn: Annotated[
        Literal["busy"] | None, Meta(description="Only those in which an agent works or waits.")
    ] = None
    q: Annotated[str, Meta(max_length=500, description="Words in the title or the messages.")] | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None


class NewConversation(Schema, frozen=True, kw_only=True):
    """What a conversation starts with."""

    runtime_id: RuntimeName
    project_id: Id | None = None
    title: Title | None = None
    model_id: ModelName | None = None
    working_directory: Directory | None = None


class ConversationChanges(Schema, frozen=True, kw_only=True):
    """What of a conversation can be changed; model and runtime apply from the next turn."""

    title: Title | UnsetType | None = UNSET
    status: ConversationStatus | UnsetType = UNSET
    model_id: ModelName | UnsetType | None = UNSET
    runtime_id: RuntimeName | UnsetType = UNSET
    branch_id: Annotated[Id, Meta(description="The branch to go on with.")] | UnsetType = UNSET


class Branch(Schema, frozen=True, kw_only=True):
    """A way that a conversation went on."""

    id: str
    parent_id: Annotated[str | None, Meta(description="The branch that it left; null for the first one.")]
    created_at: Timestamp
    is_current: Annotated[bool, Meta(description="Messages are added to it.")]


class ForkPoint(Schema, frozen=True, kw_only=True):
    """Up to where a conversation is copied."""

    message_id: Id
