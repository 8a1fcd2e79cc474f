"""Tasks are changed here, for the API and for the agent's tools alike. Awaited on any loop."""

from __future__ import annotations

from typing import Any

import msgspec
import pykka

from actors.bridge import Reply, tell
from actors.errors import ShuttingDownError, TaskRunningError
from actors.writes import Write
from storage import conversations, queue, tasks
from storage.errors import ConflictError
from storage.ids import new_id
from storage.records import Conversation, QueuedMessage, Task
from storage.statements import Scalar, Statement
from storage.times import now_ms


class Tasks(msgspec.Struct, frozen=True):
    """Changes tasks through the archive, which lets one change happen after the other."""

    archive: pykka.ActorRef[Any]

    async def add(self, task: Task) -> None:
        """Stores a task. Raises StorageError."""
        await self._write(task.id, tasks.insert(task))

    async def change(self, task_id: str, changes: dict[str, Scalar]) -> None:
        """Changes some columns.

        Raises:
            TaskRunningError: a status or result, while the task runs; or it is gone.
            StorageError: nothing was written.
        """
        await self._write(task_id, tasks.update(task_id, changes, now_ms()))

    async def remove(self, task_id: str) -> None:
        """Removes a task. Raises TaskRunningError, StorageError."""
        await self._write(task_id, tasks.delete(task_id))

    async def give(self, task: Task, conversation: Conversation) -> None:
        """Stores a new conversation in which the task's text waits to be answered.

        The conversation goes on with it when it is asked to, or when the daemon starts the next time.

        Raises:
            TaskRunningError: the task runs already, or is gone.
            StorageError: nothing was written.
        """
        at = now_ms()
        message = QueuedMessage(new_id(), conversation.id, text_of(task), None, at, at)
        statements = (
            conversations.insert(conversation),
            queue.insert(message),
            tasks.start_run(task.id, conversation.id, message.id, at),
        )
        await self._write(task.id, *statements, conversation_id=conversation.id)

    async def _write(self, task_id: str, *statements: Statement, conversation_id: str | None = None) -> None:
        stored: Reply[None] = Reply()
        write = Write(statements, conversation_id, changes_list=True, reply=stored, changed_tasks=(task_id,))
        if not tell(self.archive, write):
            raise ShuttingDownError("The daemon is stopping.")
        try:
            await stored
        except ConflictError:
            raise TaskRunningError(
                "The task runs at this moment, or was just removed. "
                "Wait until it has ended, or stop it in its conversation."
            ) from None


def text_of(task: Task) -> str:
    """What an agent is told to do."""
    return f"{task.title}\n\n{task.description}" if task.description else task.title
