"""Tasks: pieces of work that a person or an agent has noted down, and their runs.

A task runs in a conversation of its own, which starts with one message. As long as that message waits or its
turn runs, the task names it; so a run ends in the same transaction as its turn, and a crash cannot part the two.
"""

from __future__ import annotations

from typing import Any

from storage.database import Database, Row
from storage.records import Task, TaskStatus
from storage.statements import Scalar, Statement, built
from storage.tables import TaskTable as Table

COLUMNS = (
    Table.id,
    Table.project_id,
    Table.title,
    Table.description,
    Table.status,
    Table.priority,
    Table.result,
    Table.conversation_id,
    Table.created_at,
    Table.updated_at,
    Table.run_message_id,
)
MAX_RESULT_LENGTH = 20_000
"""So much of an answer's end is kept as the result, in characters; the conversation has all of it."""

MAX_OPEN = 50
"""So many open tasks of a project are told at once."""

CUT_OFF = "The daemon ended while the agent worked on it. Run it again."


def insert(task: Task) -> Statement:
    """Adds a task."""
    values = (
        task.id,
        task.project_id,
        task.title,
        task.description,
        task.status,
        task.priority,
        task.result,
        task.conversation_id,
        task.created_at,
        task.updated_at,
        task.run_message_id,
    )
    return built(Table.insert(dict(zip(COLUMNS, values, strict=True))))


def update(task_id: str, changes: dict[str, Scalar], at: int) -> Statement:
    """Changes some columns. A status or result must not be changed while the task runs: nothing is, then."""
    query = Table.update(**changes, updated_at=at).where(Table.id == task_id)
    if "status" in changes or "result" in changes:
        query = query.where(Table.run_message_id.is_null())
    return _must_change(query)


def delete(task_id: str) -> Statement:
    """Removes a task that does not run."""
    return _must_change(Table.delete().where((Table.id == task_id) & Table.run_message_id.is_null()))


def start_run(task_id: str, conversation_id: str, message_id: str, at: int) -> Statement:
    """Gives a task that does not run to the conversation that will start with this message."""
    changes = {"status": "queued", "result": None, "conversation_id": conversation_id}
    query = Table.update(**changes, run_message_id=message_id, updated_at=at)
    return _must_change(query.where((Table.id == task_id) & Table.run_message_id.is_null()))


def run_started(message_id: str, at: int) -> Statement:
    """The turn of a task's message has begun."""
    return Statement(
        "UPDATE tasks SET status = 'running', updated_at = ? WHERE run_message_id = ?", (at, message_id)
    )


def end_run(
    message_id: str, status: TaskStatus, at: int, *, answer_id: str | None = None, result: str | None = None
) -> Statement:
    """The turn of a task's message is over, or will never come.

    Args:
        message_id: the message.
        status: what the task is now.
        at: when.
        answer_id: the message whose text is the result.
        result: what is kept where there is no such text.
    """
    return Statement(
        "UPDATE tasks SET status = ?, run_message_id = NULL, updated_at = ?, result = ifnull("
        "(SELECT nullif(substr(trim(content, char(9, 10, 13, 32)), -?), '') FROM messages WHERE id = ?), ?) WHERE run_message_id = ?",
        (status, at, MAX_RESULT_LENGTH, answer_id, result, message_id),
    )


def end_lost_runs(at: int) -> Statement:
    """Before anything runs: a task whose message does not wait any more was cut off by a crash."""
    return Statement(
        "UPDATE tasks SET status = 'failed', run_message_id = NULL, updated_at = ?, result = ? "
        "WHERE run_message_id IS NOT NULL AND run_message_id NOT IN (SELECT id FROM queued_messages)",
        (at, CUT_OFF),
    )


def get(database: Database, task_id: str) -> Task | None:
    """A task, or None."""
    found = database.select(Table.select(*COLUMNS).where(Table.id == task_id))
    return _record(found[0]) if found else None


def running_in(database: Database, conversation_id: str) -> dict[str, str]:
    """The ids of the tasks that run or wait in a conversation, by the message that they began with."""
    query = Table.select(Table.run_message_id, Table.id).where(
        (Table.conversation_id == conversation_id) & Table.run_message_id.is_null(is_null=False)
    )
    return {str(message_id): str(task_id) for message_id, task_id in database.select(query)}


def of_project(database: Database, project_id: str) -> list[str]:
    """The ids of a project's tasks."""
    rows = database.select(Table.select(Table.id).where(Table.project_id == project_id))
    return [str(row[0]) for row in rows]


def open_of_project(database: Database, project_id: str) -> list[Task]:
    """A project's tasks that are still to be done, the oldest first; the newest ones where there are too many."""
    query = Table.select(*COLUMNS).where(
        (Table.project_id == project_id) & Table.status.in_(("planned", "queued", "running"))
    )
    rows = database.select(query.order_by(Table.id.desc()).limit(MAX_OPEN))
    return [_record(row) for row in reversed(rows)]


def page(
    database: Database,
    *,
    limit: int,
    status: TaskStatus | None = None,
    project_id: str | None = None,
    before: tuple[int, str] | None = None,
) -> list[Task]:
    """The tasks that changed last, or those that come after the one with this `(updated_at, id)`."""
    query: Any = Table.select(*COLUMNS).order_by(Table.updated_at.desc(), Table.id.desc()).limit(limit)
    if status is not None:
        query = query.where(Table.status == status)
    if project_id is not None:
        query = query.where(Table.project_id == project_id)
    if before is not None:
        updated_at, task_id = before
        query = query.where(
            (Table.updated_at < updated_at) | ((Table.updated_at == updated_at) & (Table.id < task_id))
        )
    return [_record(row) for row in database.select(query)]


def _must_change(query: Any) -> Statement:
    sql, params = query.sql()
    return Statement(sql, tuple(params), must_change=True)


def _record(row: Row) -> Task:
    return Task(*row)
