"""Tasks: pieces of work, and the agents that are let loose on them."""

from __future__ import annotations

from msgspec import UNSET

from actors.models import PROVIDERS, accepts
from daemon import presenters, schemas
from daemon.errors import invalid, not_found
from daemon.handlers.base import ApiHandler
from daemon.handlers.conversations import check_model, check_runtime
from daemon.operations import operation
from storage import conversations, projects, tasks
from storage.ids import new_id
from storage.records import Task
from storage.statements import Scalar
from storage.times import now_ms


class TasksHandler(ApiHandler):
    """`/api/tasks`."""

    @operation(
        "List tasks, the one that changed last first",
        query=schemas.TaskQuery,
        answers={200: list[schemas.Task]},
        errors=(400,),
    )
    async def get(self, query: schemas.TaskQuery) -> None:
        """A page of the list."""
        limit = schemas.DEFAULT_LIMIT if query.limit is None else query.limit
        rows = tasks.page(
            self.services.database,
            limit=limit + 1,
            status=query.status,
            project_id=query.project_id,
            before=presenters.from_cursor(query.cursor) if query.cursor else None,
        )
        page = rows[:limit]
        more = len(rows) > limit and bool(page)
        following = {"cursor": presenters.to_cursor(page[-1].updated_at, page[-1].id)} if more else None
        self.answer_page([presenters.task(row) for row in page], following)

    @operation("Create a task", body=schemas.NewTask, answers={201: schemas.Task}, errors=(400, 413))
    async def post(self, body: schemas.NewTask) -> None:
        """Stores a task; nobody works on it yet."""
        _check_project(self, body.project_id)
        at = now_ms()
        record = Task(
            id=new_id(),
            project_id=body.project_id,
            title=_title(body.title),
            description=body.description,
            status=body.status,
            priority=body.priority,
            result=None,
            conversation_id=None,
            created_at=at,
            updated_at=at,
        )
        await self.services.actors.tasks.add(record)
        self.set_header("Location", f"{self.request.path}/{record.id}")
        self.answer(presenters.task(record), status=201)


class TaskHandler(ApiHandler):
    """`/api/tasks/{id}`."""

    @operation("Get a task", answers={200: schemas.Task}, errors=(404,))
    async def get(self, task_id: str) -> None:
        """One task."""
        self.answer(presenters.task(_find(self, task_id)))

    @operation(
        "Change a task",
        body=schemas.TaskChanges,
        answers={200: schemas.Task},
        errors=(400, 404, 409, 413),
    )
    async def patch(self, task_id: str, body: schemas.TaskChanges) -> None:
        """Changes what a person says about it; status and result not while an agent works on it."""
        _find(self, task_id)
        changes: dict[str, Scalar] = {
            name: getattr(body, name)
            for name in ("title", "description", "project_id", "status", "priority", "result")
            if getattr(body, name) is not UNSET
        }
        if isinstance(title := changes.get("title"), str):
            changes["title"] = _title(title)
        if isinstance(project_id := changes.get("project_id"), str):
            _check_project(self, project_id)
        if changes:
            await self.services.actors.tasks.change(task_id, changes)
        self.answer(presenters.task(_find(self, task_id)))

    @operation("Delete a task", answers={204: None}, errors=(404, 409))
    async def delete(self, task_id: str) -> None:
        """Its conversation stays. A task that an agent works on is not deleted: 409."""
        _find(self, task_id)
        await self.services.actors.tasks.remove(task_id)
        self.answer_nothing()


class RunHandler(ApiHandler):
    """`/api/tasks/{id}/run`."""

    @operation(
        "Let an agent work on a task",
        body=schemas.TaskRun,
        answers={202: schemas.StartedTask},
        errors=(400, 404, 409, 413),
        needs_body=False,
    )
    async def post(self, task_id: str, body: schemas.TaskRun) -> None:
        """Starts a conversation of its own with the task's text; the task's status follows its first turn."""
        task = _find(self, task_id)
        runtime_id = await self._runtime(body)
        check_model(runtime_id, body.model_id)
        record = conversations.blank(
            runtime_id, now_ms(), project_id=task.project_id, title=task.title, model_id=body.model_id
        )
        await self.services.actors.run_task(task, record)
        conversation = self.conversation(record.id)
        shown = presenters.conversation(conversation, self.services.feed.turn(record.id))
        self.answer(presenters.started_task(_find(self, task_id), shown), status=202)

    async def _runtime(self, body: schemas.TaskRun) -> str:
        """The one that was asked for, else the default one, else the one that takes the model."""
        if body.runtime_id is not None:
            check_runtime(body.runtime_id)
            return body.runtime_id
        found = await self.services.actors.on_agents(self.services.actors.models.get())
        default = presenters.default_runtime(found, self.services.settings.current.default_runtime_id)
        model_id = body.model_id
        if model_id is None or accepts(default, model_id):
            return default
        return next((one for one in PROVIDERS if accepts(one, model_id)), default)


def _find(handler: ApiHandler, task_id: str) -> Task:
    found = tasks.get(handler.services.database, task_id)
    if found is None:
        raise not_found("task")
    return found


def _title(title: str) -> str:
    if not title.strip():
        raise invalid("The title of a task must not be blank.", "empty_title")
    return title.strip()


def _check_project(handler: ApiHandler, project_id: str | None) -> None:
    if project_id is not None and projects.get(handler.services.database, project_id) is None:
        raise invalid("There is no such project; leave projectId out or create it.", "unknown_project")
