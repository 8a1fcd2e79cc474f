"""User messages that wait for the running turn to end. A plain class; its actor stores what it decides."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from actors.bridge import Reply
from actors.errors import NotQueuedError, QueueFullError, RemovedFromQueueError
from actors.messages import Accepted, EditQueued, SendMessage
from storage.ids import new_id
from storage.records import QueuedMessage

MAX_WAITING = 100


class MessageQueue:
    """The waiting messages of one conversation, the next one first."""

    def __init__(self, waiting: Iterable[QueuedMessage]) -> None:
        self._waiting = list(waiting)
        self._replies: dict[str, Reply[Accepted]] = {}
        self._taken: tuple[QueuedMessage, Reply[Accepted]] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def messages(self) -> tuple[QueuedMessage, ...]:
        """The waiting messages."""
        return tuple(self._waiting)

    def of_client(self, client_message_id: str | None) -> QueuedMessage | None:
        """The waiting message that a client has sent under this id before."""
        if client_message_id is None:
            return None
        found = [one for one in self._waiting if one.client_message_id == client_message_id]
        return found[0] if found else None

    def add(self, message: QueuedMessage) -> None:
        """Adds a message at the end. Raises QueueFullError."""
        if len(self._waiting) >= MAX_WAITING:
            raise QueueFullError(
                f"{MAX_WAITING} messages wait already. Let the agent answer some, or remove some."
            )
        self._waiting.append(message)

    def reply(self, message_id: str) -> Reply[Accepted]:
        """What will be answered when the message's turn starts."""
        return self._replies.setdefault(message_id, Reply())

    def change(self, command: EditQueued, at: int) -> QueuedMessage:
        """Changes a waiting message. Raises NotQueuedError."""
        place = self._place(command.message_id)
        before = self._waiting[place]
        mentions = before.mentions if command.mentions is None else command.mentions
        self._waiting[place] = replace(before, content=command.content, mentions=mentions, updated_at=at)
        return self._waiting[place]

    def remove(self, message_id: str) -> None:
        """Takes a message back. Raises NotQueuedError."""
        del self._waiting[self._place(message_id)]
        reply = self._replies.pop(message_id, None)
        if reply is not None:
            reply.fail(RemovedFromQueueError("The message was removed before its turn came."))

    def next(self) -> tuple[QueuedMessage, Reply[Accepted]] | None:
        """Takes the next message off, with the reply of whoever waits for its turn."""
        if not self._waiting:
            return None
        message = self._waiting.pop(0)
        self._taken = message, self._replies.pop(message.id, None) or Reply()
        return self._taken

    def put_back(self, message_id: str) -> bool:
        """Lets the message that was taken last wait again, as the next one; False where it was another one."""
        if self._taken is None or self._taken[0].id != message_id:
            return False
        message, self._replies[message_id] = self._taken
        self._waiting.insert(0, message)
        self._taken = None
        return True

    def fail_all(self, error: BaseException) -> None:
        """Tells everybody who waits that nothing will come; the messages stay in the store."""
        for reply in self._replies.values():
            reply.fail(error)
        self._replies.clear()

    def _place(self, message_id: str) -> int:
        for place, message in enumerate(self._waiting):
            if message.id == message_id:
                return place
        raise NotQueuedError("This message does not wait: it was sent or removed.")


def waiting_message(conversation_id: str, command: SendMessage, at: int) -> QueuedMessage:
    """The message that a command puts into a queue."""
    return QueuedMessage(
        id=new_id(),
        conversation_id=conversation_id,
        content=command.content,
        client_message_id=command.client_message_id,
        created_at=at,
        updated_at=at,
        mentions=command.mentions,
        attachments=command.attachments,
    )
