"""Tasks."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from daemon.schemas.base import (
    Cursor,
    Description,
    Id,
    Limit,
    ModelName,
    RuntimeName,
    Schema,
    Timestamp,
    Title,
)
from daemon.schemas.conversations import Conversation
from storage.records import TaskPriority, TaskStatus


class Task(Schema, frozen=True, kw_only=True):
    """A piece of work that an agent can do by itself."""

    id: str
    project_id: str | None
    title: str
    description: str | None
    status: TaskStatus
    priority: TaskPriority
    result: Annotated[str | None, Meta(description="The answer's text, or what went wrong.")]
    conversation_id: Annotated[str | None, Meta(description="The conversation of its last run.")]
    created_at: Timestamp
    updated_at: Timestamp


class StartedTask(Task, frozen=True, kw_only=True):
    """A task, and the conversation in which an agent works on it."""

    conversation: Conversation


class NewTask(Schema, frozen=True, kw_only=True):
    """What a task starts with."""

    title: Title
    description: Description | None = None
    project_id: Id | None = None
    status: TaskStatus = "planned"
    priority: TaskPriority = "medium"


class TaskChanges(Schema, frozen=True, kw_only=True):
    """What of a task can be changed; its status and result not while it runs."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    project_id: Id | UnsetType | None = UNSET
    status: TaskStatus | UnsetType = UNSET
    priority: TaskPriority | UnsetType = UNSET
    result: Description | UnsetType | None = UNSET


class TaskQuery(Schema, frozen=True, kw_only=True):
    """Filters of the list."""

    status: TaskStatus | None = None
    project_id: Id | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None


class TaskRun(Schema, frozen=True, kw_only=True):
    """Which agent works on a task; without both, the default one."""

    runtime_id: RuntimeName | None = None
    model_id: ModelName | None = None
