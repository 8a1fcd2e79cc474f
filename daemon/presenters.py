"""From what is stored to what the API shows."""

from __future__ import annotations

import base64
import binascii
import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from actors import model_catalog
from actors.documents.screenshots import original_url, thumbnail_url
from actors.events import TurnState
from actors.models import LABELS, PROVIDERS
from actors.models import Model as KnownModel
from daemon import schemas
from daemon.errors import ApiError
from storage import conversations, documents, records
from storage.branches import Sibling
from storage.database import Row
from storage.entities import Entity
from storage.times import to_iso

if TYPE_CHECKING:
    from actors.permissions import Rule as KnownRule
    from actors.runtimes.base import RuntimeStatus

KEPT_CONVERSATIONS = 1024
"""So many are kept as a list has shown them, about 2 KB each."""

_encoder = msgspec.json.Encoder()
_metadata = msgspec.json.Decoder(dict[str, Any])
_mentions = msgspec.json.Decoder(list[schemas.Mention])
_ids = msgspec.json.Decoder(list[str])


def conversation(record: records.Conversation, turn: tuple[TurnState, int]) -> schemas.Conversation:
    """A conversation and what it is doing."""
    return schemas.Conversation(
        id=record.id,
        project_id=record.project_id,
        title=record.title,
        runtime_id=record.runtime_id,
        model_id=record.model_id,
        status=record.status,
        created_at=to_iso(record.created_at),
        updated_at=to_iso(record.updated_at),
        session_id=record.session_id,
        working_directory=record.working_directory,
        turn=turn[0],
        pending_requests=turn[1],
        last_message_preview=record.preview,
        branch_id=record.branch_id,
        last_outcome=record.last_outcome,
        unread=record.is_unread,
        usage=schemas.Usage(
            input_tokens=record.input_tokens,
            output_tokens=record.output_tokens,
            cost_usd=None if record.unpriced_turns else record.cost_usd,
        ),
    )


@functools.lru_cache(KEPT_CONVERSATIONS)
def listed(row: Row, turn: tuple[TurnState, int]) -> msgspec.Raw:
    """A conversation as JSON, from its row, whose first column is the id. Most are as they were in the list before."""
    return msgspec.Raw(_encoder.encode(conversation(conversations.record(row), turn)))


def conversation_detail(
    record: records.Conversation,
    turn: tuple[TurnState, int],
    message_count: int,
    last_seq: int,
) -> schemas.ConversationDetail:
    """A single conversation."""
    fields = msgspec.structs.asdict(conversation(record, turn))
    return schemas.ConversationDetail(**fields, message_count=message_count, last_seq=last_seq)


def message(
    record: records.Message,
    siblings: Sequence[Sibling] = (),
    rendered: list[schemas.Rendered] | None = None,
) -> schemas.Message:
    """A message, with its alternatives and, if it is wanted, as HTML."""
    return schemas.Message(
        id=record.id,
        conversation_id=record.conversation_id,
        role=record.role,
        content=record.content,
        status=record.status,
        metadata=_metadata.decode(record.metadata) if record.metadata else None,
        created_at=to_iso(record.created_at),
        updated_at=to_iso(record.updated_at),
        branch_id=record.branch_id,
        parent_id=record.parent_id,
        pinned=record.is_pinned,
        siblings=[schemas.Sibling(message_id=one.message_id, branch_id=one.branch_id) for one in siblings],
        rendered=rendered,
    )


def main_branch(conversation: records.Conversation) -> schemas.Branch:
    """The branch that a conversation started with."""
    return schemas.Branch(
        id=records.MAIN_BRANCH,
        parent_id=None,
        created_at=to_iso(conversation.created_at),
        is_current=conversation.branch_id == records.MAIN_BRANCH,
    )


def branch(record: records.Branch, conversation: records.Conversation) -> schemas.Branch:
    """A branch that left another one."""
    return schemas.Branch(
        id=record.id,
        parent_id=record.parent_id,
        created_at=to_iso(record.created_at),
        is_current=conversation.branch_id == record.id,
    )


def queued(record: records.QueuedMessage) -> schemas.QueuedMessage:
    """A waiting message."""
    return schemas.QueuedMessage(
        id=record.id,
        conversation_id=record.conversation_id,
        content=record.content,
        client_message_id=record.client_message_id,
        mentions=_mentions.decode(record.mentions or "[]"),
        attachments=_ids.decode(record.attachments or "[]"),
        created_at=to_iso(record.created_at),
        updated_at=to_iso(record.updated_at),
    )


def project(record: records.Project) -> schemas.Project:
    """A project."""
    return schemas.Project(
        id=record.id,
        name=record.name,
        description=record.description,
        working_directory=record.working_directory,
        status=record.status,
        created_at=to_iso(record.created_at),
        updated_at=to_iso(record.updated_at),
    )


def task(record: records.Task) -> schemas.Task:
    """A task."""
    return schemas.Task(**_task_fields(record))


def started_task(record: records.Task, conversation: schemas.Conversation) -> schemas.StartedTask:
    """A task that has just been given to an agent."""
    return schemas.StartedTask(**_task_fields(record), conversation=conversation)


def _task_fields(record: records.Task) -> dict[str, Any]:
    return {
        "id": record.id,
        "project_id": record.project_id,
        "title": record.title,
        "description": record.description,
        "status": record.status,
        "priority": record.priority,
        "result": record.result,
        "conversation_id": record.conversation_id,
        "created_at": to_iso(record.created_at),
        "updated_at": to_iso(record.updated_at),
    }


def document(record: records.Document) -> schemas.Document:
    """A document."""
    return schemas.Document(
        id=record.id,
        name=record.name,
        media_type=record.media_type,
        size_bytes=record.size_bytes,
        origin=record.origin,
        project_id=record.project_id,
        state=record.state,
        problem=record.problem,
        width=record.width,
        height=record.height,
        original_url=original_url(record.id),
        thumbnail_url=thumbnail_url(record.id) if record.width is not None else None,
        created_at=to_iso(record.created_at),
        updated_at=to_iso(record.updated_at),
    )


def document_text(part: documents.TextPart) -> schemas.DocumentText:
    """A part of a document's text."""
    return schemas.DocumentText(
        text=part.text, offset=part.offset, total_characters=part.total, next_offset=part.next_offset
    )


def rule(known: KnownRule) -> schemas.Rule:
    """A permission rule."""
    return schemas.Rule(
        id=known.id,
        pattern=known.pattern.text,
        behavior=known.behavior,
        project_id=known.project_id,
        created_at=to_iso(known.created_at),
        expires_at=to_iso(known.expires_at) if known.expires_at is not None else None,
        uses=known.uses,
    )


def model(known: KnownModel) -> schemas.Model:
    """A model of the picker."""
    return schemas.Model(
        id=known.id,
        label=known.label,
        provider=PROVIDERS[known.runtime_id],  # type: ignore[arg-type]  # the table holds providers
        tier=known.tier,
        cost_label=known.cost_label,  # type: ignore[arg-type]  # and cost labels
        available=known.is_available,
        runtime_id=known.runtime_id,
        context_window=known.context_window,
    )


def runtime(
    runtime_id: str, status: RuntimeStatus, default: str, mcp_servers: list[schemas.McpServerState]
) -> schemas.Runtime:
    """A runtime."""
    return schemas.Runtime(
        id=runtime_id,
        label=LABELS[runtime_id],
        provider=PROVIDERS[runtime_id],
        installed=status.is_installed,
        version=status.version,
        signed_in=status.is_signed_in,
        why_not=status.why_not,
        is_default=runtime_id == default,
        mcp_servers=mcp_servers,
    )


def entity(found: Entity) -> schemas.FoundEntity:
    """Something that can be mentioned."""
    return schemas.FoundEntity(
        entity_type=found.entity_type,
        entity_id=found.entity_id,
        label=found.label,
        status=found.status,
        description=found.description,
    )


def hit(found: records.SearchHit) -> schemas.SearchHit:
    """A message that a search found."""
    return schemas.SearchHit(
        conversation_id=found.conversation_id,
        message_id=found.message_id,
        title=found.title,
        snippet=found.snippet,
        created_at=to_iso(found.created_at),
    )


def default_runtime(found: model_catalog.Discovery, chosen: str | None) -> str:
    """What a new conversation uses: the chosen runtime, else the first that can be used."""
    if chosen is not None:
        return chosen
    usable = [runtime_id for runtime_id, status in found.statuses.items() if status.is_signed_in]
    return usable[0]  # the offline tools are always there, and last


def to_cursor(at: int, row_id: str) -> str:
    """The place of a row in a list by time, for the address of the next page."""
    return base64.urlsafe_b64encode(f"{at}.{row_id}".encode()).decode().rstrip("=")


def from_cursor(cursor: str) -> tuple[int, str]:
    """The place that a cursor names. Raises ApiError 400."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _, row_id = text.partition(".")
        place = int(at), row_id
    except (binascii.Error, ValueError) as error:
        raise ApiError(400, "invalid_cursor", "The cursor is not one that this list gave out.") from error
    if not row_id or not -(2**63) <= place[0] < 2**63:
        raise ApiError(400, "invalid_cursor", "The cursor is not one that this list gave out.")
    return place
