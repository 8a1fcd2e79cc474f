"""The tasks that run in a conversation: they begin and end together with the turn of their message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from actors.conversation_writer import ConversationWriter
from actors.events import DoneEvent, Event, InterruptedEvent
from storage import tasks
from storage.records import TaskStatus

MAX_PROBLEM_LENGTH = 2_000


class TaskRuns:
    """The runs of tasks in one conversation.

    Args:
        runs: the tasks' ids, by the message that each began with.
        writer: takes what changes.
    """

    def __init__(self, runs: Mapping[str, str], writer: ConversationWriter) -> None:
        self._runs = dict(runs)
        self._writer = writer

    def started(self, message_id: str, at: int) -> None:
        """The turn of a message begins."""
        if task_id := self._runs.get(message_id):
            self._writer.add(tasks.run_started(message_id, at), task_id=task_id)

    def ended(self, message_id: str, answer_id: str, event: Event, at: int) -> None:
        """The turn of a message has ended with this event; the answer's text is stored before."""
        if task_id := self._runs.pop(message_id, None):
            status, problem = _outcome(event)
            kept = answer_id if problem is None else None
            statement = tasks.end_run(message_id, status, at, answer_id=kept, result=problem)
            self._writer.add(statement, task_id=task_id)

    def removed(self, message_id: str, at: int) -> None:
        """The message was taken back before its turn came."""
        if task_id := self._runs.pop(message_id, None):
            self._writer.add(tasks.end_run(message_id, "cancelled", at), task_id=task_id)

    @contextmanager
    def postponed(self, message_id: str) -> Iterator[None]:
        """The turn of a message ends in this block as if it had not begun: its task goes on waiting."""
        task_id = self._runs.pop(message_id, None)
        yield
        if task_id is not None:
            self._runs[message_id] = task_id

    def all_removed(self, at: int) -> None:
        """The conversation goes, with all that waits in it."""
        for message_id in tuple(self._runs):
            self.removed(message_id, at)


def _outcome(event: Event) -> tuple[TaskStatus, str | None]:
    """What becomes of a task, and what went wrong."""
    if isinstance(event, DoneEvent):
        return "completed", None
    if isinstance(event, InterruptedEvent):
        return ("cancelled", None) if event.reason == "cancelled" else ("failed", tasks.CUT_OFF)
    return "failed", str(getattr(event, "message", ""))[:MAX_PROBLEM_LENGTH]
