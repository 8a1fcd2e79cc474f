"""The rows that a turn starts with."""

from __future__ import annotations

import msgspec

from actors.log_context import current
from actors.messages import Accepted, SendMessage
from actors.notices import TurnRequest
from actors.options import Options
from storage import documents, messages, turns
from storage.ids import new_id
from storage.records import Conversation, Message, QueuedMessage, Turn
from storage.statements import Statement


class UserText(msgspec.Struct, frozen=True):
    """What a person wrote.

    Attributes:
        message_id: of its row.
        mentions: JSON text of a list, or None.
        attachments: JSON text of a list, or None.
        row: its row, where it has one already.
    """

    message_id: str
    content: str
    client_message_id: str | None = None
    mentions: str | None = None
    attachments: str | None = None
    row: Message | None = None

    @classmethod
    def sent(cls, command: SendMessage) -> UserText:
        """The text of a message that waits for nothing."""
        return cls(
            new_id(), command.content, command.client_message_id, command.mentions, command.attachments
        )

    @classmethod
    def of(cls, queued: QueuedMessage) -> UserText:
        """The text of a message whose turn has come."""
        return cls(queued.id, queued.content, queued.client_message_id, queued.mentions, queued.attachments)

    @classmethod
    def again(cls, row: Message) -> UserText:
        """The text of a message that is there already."""
        return cls(row.id, row.content, row=row)


def first_rows(
    accepted: Accepted, conversation: Conversation, text: UserText, parent_id: str | None, at: int
) -> tuple[Statement, ...]:
    """The user's message, the empty answer, and the turn itself."""
    user = Message(
        id=accepted.user_message_id,
        conversation_id=conversation.id,
        turn_id=accepted.turn_id,
        role="user",
        content=text.content,
        status="complete",
        metadata=user_metadata(text),
        created_at=at,
        updated_at=at,
        branch_id=conversation.branch_id,
        parent_id=parent_id,
    )
    assistant = Message(
        id=accepted.assistant_message_id,
        conversation_id=conversation.id,
        turn_id=accepted.turn_id,
        role="assistant",
        content="",
        status="streaming",
        metadata=None,
        created_at=at,
        updated_at=at,
        branch_id=conversation.branch_id,
        parent_id=accepted.user_message_id,
    )
    rows = (messages.insert(assistant), turn_row(accepted, conversation, text.client_message_id, at))
    if text.row is not None:
        return rows
    used = () if text.attachments is None else (documents.link(conversation.id, text.attachments, user.id),)
    return (messages.insert(user), *used, *rows)


def turn_row(
    accepted: Accepted, conversation: Conversation, client_message_id: str | None, at: int
) -> Statement:
    """The turn itself, that runs from now on."""
    return turns.insert(
        Turn(
            id=accepted.turn_id,
            conversation_id=conversation.id,
            user_message_id=accepted.user_message_id,
            assistant_message_id=accepted.assistant_message_id,
            client_message_id=client_message_id,
            status="running",
            runtime_id=conversation.runtime_id,
            model_id=conversation.model_id,
            first_seq=accepted.first_seq,
            last_seq=None,
            started_at=at,
            ended_at=None,
        )
    )


def user_metadata(text: UserText) -> str | None:
    """What a user message's row keeps besides its text; None for nothing."""
    if text.row is not None:
        return text.row.metadata
    if text.mentions is None and text.attachments is None:
        return None
    return f'{{"mentions":{text.mentions or "[]"},"attachments":{text.attachments or "[]"}}}'


def turn_request(
    accepted: Accepted, conversation: Conversation, options: Options, text: UserText | None
) -> TurnRequest:
    """What the agent of an accepted turn starts with; without a text, it summarises the conversation."""
    return TurnRequest(
        accepted.turn_id,
        conversation,
        accepted.user_message_id,
        accepted.assistant_message_id,
        options,
        None if text is None else user_metadata(text),
        text is None,
        current().request_id,
    )
