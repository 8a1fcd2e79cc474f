"""What goes in and out of the API. The same definitions validate requests and make the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from actors.events import Phase, QuickAccessLink, TurnState
from storage.records import (
    ConversationStatus,
    MessageRole,
    MessageStatus,
    ProjectStatus,
    RuleBehavior,
)

__all__ = ["Phase", "QuickAccessLink"]

MAX_CONTENT_BYTES = 1_048_576
MAX_LIMIT = 10_000
DEFAULT_LIMIT = 1_000

Id = Annotated[str, Meta(min_length=1, max_length=200)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Limit = Annotated[int, Meta(ge=0, le=MAX_LIMIT, description="How many at the most.")]
Title = Annotated[str, Meta(min_length=1, max_length=500)]
Directory = Annotated[str, Meta(min_length=1, max_length=4096, description="An absolute path.")]
Timestamp = Annotated[
    str, Meta(description="ISO 8601, UTC, with milliseconds.", extra_json_schema={"format": "date-time"})
]
SearchText = Annotated[str, Meta(min_length=1, max_length=500)]
RuntimeName = Annotated[
    str, Meta(description="claude-code, openai-codex-app-server, ollama or offline.", max_length=100)
]
ModelName = Annotated[str, Meta(min_length=1, max_length=300)]


class Schema(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of all request and response types."""


class Error(Schema, frozen=True, kw_only=True):
    """Every error has this body."""

    error: Annotated[str, Meta(description="One sentence a person can act on.")]
    code: Annotated[str, Meta(description="Stable name in snake_case.")]
    details: list[dict[str, str]] | UnsetType = UNSET


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
    cursor: Annotated[str, Meta(max_length=500, description="From the Link header.")] | None = None


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


class Sibling(Schema, frozen=True, kw_only=True):
    """A message in the same place of the conversation, and the branch that shows it."""

    message_id: str
    branch_id: str


class Message(Schema, frozen=True, kw_only=True):
    """A message. `metadata` depends on the role, see docs/api.md."""

    id: str
    conversation_id: str
    role: MessageRole
    content: str
    status: MessageStatus
    metadata: dict[str, Any] | None
    created_at: Timestamp
    updated_at: Timestamp
    branch_id: str
    parent_id: Annotated[str | None, Meta(description="The message that it follows.")]
    pinned: bool
    siblings: Annotated[
        list[Sibling], Meta(description="All alternatives, itself among them; empty where there are none.")
    ]


class MessageChanges(Schema, frozen=True, kw_only=True):
    """What of a message can be changed."""

    pinned: bool | UnsetType = UNSET


class MessageQuery(Schema, frozen=True, kw_only=True):
    """A page of messages."""

    branch: Annotated[Id | None, Meta(description="Another branch than the current one.")] = None
    after: Id | None = None
    before: Id | None = None
    from_: Annotated[Literal["end"] | None, Meta(description="The last ones instead of the first.")] = (
        msgspec.field(name="from", default=None)
    )
    limit: Limit | None = None


class NewMessage(Schema, frozen=True, kw_only=True):
    """A message to the agent."""

    content: Annotated[str, Meta(min_length=1, description="At most 1 MB.")]
    client_message_id: Annotated[Id | None, Meta(description="The same id never starts a second turn.")] = (
        None
    )
    when_busy: Annotated[Literal["refuse", "queue"], Meta(description="What to do while a turn runs.")] = (
        "refuse"
    )
    parent_id: Annotated[
        Id | None,
        Meta(
            description="The message to go on from, or “root”: starts a branch where it is not the last one."
        ),
    ] = None


class Branch(Schema, frozen=True, kw_only=True):
    """A way that a conversation went on."""

    id: str
    parent_id: Annotated[str | None, Meta(description="The branch that it left; null for the first one.")]
    created_at: Timestamp
    is_current: Annotated[bool, Meta(description="Messages are added to it.")]


class ForkPoint(Schema, frozen=True, kw_only=True):
    """Up to where a conversation is copied."""

    message_id: Id


class StreamQuery(Schema, frozen=True, kw_only=True):
    """Where a stream starts."""

    after: Annotated[
        Seq | None, Meta(description="The last event you have; the Last-Event-ID header does the same.")
    ] = None


class Response(Schema, frozen=True, kw_only=True):
    """An answer to a permission request or question."""

    request_id: Id
    behavior: Literal["allow", "deny"]
    message_id: Id | None = None
    updated_input: dict[str, Any] | None = None
    message: Annotated[str, Meta(max_length=20_000)] | None = None
    always_allow: bool | None = None
    permission_pattern: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    tool_name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    tool_input: dict[str, Any] | None = None


class Responded(Schema, frozen=True, kw_only=True):
    """What an answer came to."""

    ok: bool
    stale: Annotated[bool, Meta(description="It came too late to change anything.")]


class QueuedMessage(Schema, frozen=True, kw_only=True):
    """A message that waits for the running turn to end."""

    id: str
    conversation_id: str
    content: str
    client_message_id: str | None
    created_at: Timestamp
    updated_at: Timestamp


class QueuedChanges(Schema, frozen=True, kw_only=True):
    """A new text for a waiting message."""

    content: Annotated[str, Meta(min_length=1)]


class Model(Schema, frozen=True, kw_only=True):
    """A model in the picker."""

    id: str
    label: str
    provider: Literal["anthropic", "openai", "ollama", "offline"]
    tier: Literal["Fast", "Balanced", "Best"]
    cost_label: Literal["$", "$$", "$$$", "Free"]
    available: Annotated[bool, Meta(description="A credential or server for it exists.")]
    runtime_id: str
    context_window: int | None


class ModelQuery(Schema, frozen=True, kw_only=True):
    """Which models."""

    all: Annotated[bool, Meta(description="Also the offline tools.")] = False


class SuggestedPrompt(Schema, frozen=True, kw_only=True):
    """A prompt to start with."""

    label: Annotated[str, Meta(description="About 40 characters.")]
    prompt: str


class PromptCategory(Schema, frozen=True, kw_only=True):
    """Prompts of one kind."""

    id: str
    label: str
    icon: Annotated[str, Meta(description="Name of a Lucide icon.")]
    prompts: list[SuggestedPrompt]


class Rule(Schema, frozen=True, kw_only=True):
    """A permission rule."""

    id: str
    pattern: str
    behavior: RuleBehavior
    project_id: str | None
    created_at: Timestamp
    expires_at: Timestamp | None
    uses: int


class NewRule(Schema, frozen=True, kw_only=True):
    """A rule to save."""

    pattern: Annotated[str, Meta(min_length=1, max_length=1000)]
    behavior: RuleBehavior = "allow"
    project_id: Id | None = None
    expires_at: Timestamp | None = None


class RuleTest(Schema, frozen=True, kw_only=True):
    """A tool call to try the rules on."""

    tool_name: Annotated[str, Meta(min_length=1, max_length=200)]
    tool_input: dict[str, Any]
    project_id: Id | None = None


class RuleVerdict(Schema, frozen=True, kw_only=True):
    """What the rules say about a tool call."""

    behavior: RuleBehavior
    rule: Rule | None
    why: str


class Project(Schema, frozen=True, kw_only=True):
    """A project."""

    id: str
    name: str
    description: str | None
    working_directory: str | None
    status: ProjectStatus
    created_at: Timestamp
    updated_at: Timestamp


ProjectName = Annotated[str, Meta(min_length=1, max_length=200)]
Description = Annotated[str, Meta(max_length=20_000)]


class NewProject(Schema, frozen=True, kw_only=True):
    """What a project starts with."""

    name: ProjectName
    description: Description | None = None
    working_directory: Directory | None = None


class ProjectChanges(Schema, frozen=True, kw_only=True):
    """What of a project can be changed."""

    name: ProjectName | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    working_directory: Directory | UnsetType | None = UNSET
    status: ProjectStatus | UnsetType = UNSET


class ProjectQuery(Schema, frozen=True, kw_only=True):
    """Filters of the list."""

    status: ProjectStatus | None = None
    limit: Limit | None = None
    cursor: Annotated[str, Meta(max_length=500, description="From the Link header.")] | None = None


class Runtime(Schema, frozen=True, kw_only=True):
    """A kind of agent."""

    id: str
    label: str
    provider: str
    installed: bool
    version: str | None
    signed_in: bool
    why_not: Annotated[str | None, Meta(description="What is missing and how to mend it.")]
    is_default: Annotated[bool, Meta(description="What a new conversation uses.")]


class SearchQuery(Schema, frozen=True, kw_only=True):
    """A full-text search."""

    q: SearchText
    limit: Annotated[int, Meta(ge=1, le=200)] = 20


class SearchHit(Schema, frozen=True, kw_only=True):
    """A message that was found."""

    conversation_id: str
    message_id: str
    title: str | None
    snippet: Annotated[str, Meta(description="HTML text with `<mark>` around the matches.")]
    created_at: Timestamp


class Link(Schema, frozen=True, kw_only=True):
    """A link that opens the page once."""

    url: str
    expires_in_seconds: int


class Health(Schema, frozen=True, kw_only=True):
    """That the daemon runs."""

    ok: bool
    version: str


class SignInQuery(Schema, frozen=True, kw_only=True):
    """The code of a one-time link."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]
