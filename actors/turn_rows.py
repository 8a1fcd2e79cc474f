"""The rows that a turn starts with."""

from __future__ import annotations

from actors.messages import Accepted
from storage import messages, turns
from storage.records import Conversation, Message, Turn
from storage.statements import Statement


def first_rows(
    accepted: Accepted, conversation: Conversation, content: str, client_message_id: str | None, at: int
) -> tuple[Statement, ...]:
    """The user's message, the empty answer, and the turn itself."""
    user = Message(
        id=accepted.user_message_id,
        conversation_id=conversation.id,
        turn_id=accepted.turn_id,
        role="user",
        content=content,
        status="complete",
        metadata=None,
        created_at=at,
        updated_at=at,
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
    )
    turn = Turn(
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
    return messages.insert(user), messages.insert(assistant), turns.insert(turn)
