"""Messages, the queue, streams, and answers to requests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from daemon.schemas.base import Id, Limit, Schema, SearchText, Seq, Timestamp
from daemon.schemas.entities import Mention, Mentions
from storage.records import MessageRole, MessageStatus

Rendering = Annotated[Literal["html"] | None, Meta(description="Gives answers as HTML too.")]
Attachments = Annotated[list[Id], Meta(max_length=20, description="Ids of documents.")]


class Sibling(Schema, frozen=True, kw_only=True):
    """A message in the same place of the conversation, and the branch that shows it."""

    message_id: str
    branch_id: str


class Rendered(Schema, frozen=True, kw_only=True):
    """A stretch of an answer's text between tool calls, as HTML."""

    offset: Annotated[int, Meta(description="Where it starts in `content`, in Unicode code points.")]
    html: str


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
    rendered: Annotated[
        list[Rendered] | None,
        Meta(description="With `render`: an answer that is not being written any more."),
    ] = None


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
    render: Rendering = None


class FindQuery(Schema, frozen=True, kw_only=True):
    """A text to find in a conversation."""

    q: SearchText
    branch: Annotated[Id | None, Meta(description="Another branch than the current one.")] = None


class FoundMessage(Schema, frozen=True, kw_only=True):
    """A message that holds the text."""

    message_id: str
    count: Annotated[
        int, Meta(description="Its places in the text, and the tool calls and thoughts that hold it.")
    ]


class OneMessageQuery(Schema, frozen=True, kw_only=True):
    """How a message is shown."""

    render: Rendering = None


class NewMessage(Schema, frozen=True, kw_only=True):
    """A message to the agent."""

    content: Annotated[str, Meta(min_length=1, description="At most 1 MB.")]
    client_message_id: Annotated[Id | None, Meta(description="The same id never starts a second turn.")] = (
        None
    )
    when_busy: Annotated[Literal["refuse", "queue"], Meta(description="What to do while a turn runs.")] = (
        "refuse"
    )
    mentions: Mentions | None = None
    attachments: Attachments | None = None
    parent_id: Annotated[
        Id | None,
        Meta(
            description="The message to go on from, or “root”: starts a branch where it is not the last one."
        ),
    ] = None


class StreamQuery(Schema, frozen=True, kw_only=True):
    """Where a stream starts."""

    after: Annotated[
        Seq | None, Meta(description="The last event you have; the Last-Event-ID header does the same.")
    ] = None
    render: Rendering = None


class RespondingClient(Schema, frozen=True, kw_only=True):
    """Where a person answers; `id` is the client's own, the same each time."""

    id: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    name: Annotated[
        str, Meta(min_length=1, max_length=60, description="For people, such as “Firefox on Linux”.")
    ]


class Response(Schema, frozen=True, kw_only=True):
    """An answer to a permission request or question."""

    request_id: Id
    behavior: Literal["allow", "deny"]
    message_id: Id | None = None
    updated_input: dict[str, Any] | None = None
    message: Annotated[str, Meta(max_length=20_000)] | None = None
    always_allow: bool | None = None
    permission_pattern: Annotated[str, Meta(min_length=1, max_length=1000)] | None = None
    permission_scope: Annotated[
        Literal["project", "everywhere"] | None,
        Meta(description="Where the rule holds; without it, in the conversation's project if it has one."),
    ] = None
    tool_name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    tool_input: dict[str, Any] | None = None
    client: Annotated[
        RespondingClient | None,
        Meta(description="Who answers; without it, the program that the User-Agent names."),
    ] = None


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
    mentions: list[Mention]
    attachments: Annotated[list[str], Meta(description="Ids of documents.")]
    created_at: Timestamp
    updated_at: Timestamp


class QueuedChanges(Schema, frozen=True, kw_only=True):
    """A new text for a waiting message; without `mentions` it names what it named before."""

    content: Annotated[str, Meta(min_length=1)]
    mentions: Mentions | UnsetType = UNSET
