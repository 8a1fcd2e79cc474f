"""Messages that wait in a conversation, and their rows: what people add, change and take back, stored as one."""

from __future__ import annotations

from typing import Any

from actors.bridge import Reply
from actors.conversation_writer import ConversationWriter
from actors.message_queue import MessageQueue, waiting_message
from actors.messages import EditQueued, Queued, RemoveQueued, SendMessage
from actors.task_runs import TaskRuns
from storage import documents, queue
from storage.times import now_ms


class WaitingLine:
    """Changes the queue of a conversation and has it stored; each answer comes when it is.

    Args:
        conversation_id: whose queue.
        waiting: the queue.
        writer: where rows go.
        task_runs: the tasks whose messages may be in it.
    """

    def __init__(
        self, conversation_id: str, waiting: MessageQueue, writer: ConversationWriter, task_runs: TaskRuns
    ) -> None:
        self._conversation_id = conversation_id
        self._waiting = waiting
        self._writer = writer
        self._task_runs = task_runs

    def add(self, command: SendMessage) -> Reply[Any]:
        """Puts a message at the end. Answer: `Queued`. Raises QueueFullError."""
        message = waiting_message(self._conversation_id, command, now_ms())
        self._waiting.add(message)
        self._writer.add(queue.insert(message), changes_list=True)
        if message.attachments is not None:
            self._writer.add(documents.link(message.conversation_id, message.attachments, message.id))
        return self._writer.written(Queued(message, self._waiting.reply(message.id)))

    def edit(self, command: EditQueued) -> Reply[Any]:
        """Changes a message. Answer: it. Raises NotQueuedError."""
        message = self._waiting.change(command, now_ms())
        self._writer.add(queue.update(message))
        return self._writer.written(message)

    def remove(self, command: RemoveQueued) -> Reply[Any]:
        """Takes a message back. Answer: None. Raises NotQueuedError."""
        self._waiting.remove(command.message_id)
        self._task_runs.removed(command.message_id, now_ms())
        self._writer.add(queue.delete(command.message_id), changes_list=True)
        return self._writer.written(None)

    def leave(self, message_id: str, at: int) -> None:
        """Forgets a message whose turn has come; its row is gone with the next write."""
        self._writer.add(queue.delete(message_id))
        self._task_runs.started(message_id, at)
