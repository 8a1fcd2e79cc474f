"""ListProjects, ListTasks, CreateTask, UpdateTask: what the person works on, and what is to be done."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from actors.errors import TaskRunningError
from actors.tools.base import EntityRef, Text, ToolContext, ToolError, ToolInput, ToolResult, Workspace
from actors.tools.store_tool import ALL, StoreReader, StoreWriter, answer, find_project, shortened
from actors.tools.summaries import one_line
from storage import projects, tasks
from storage.ids import new_id
from storage.records import Project, Task, TaskPriority, TaskStatus
from storage.times import now_ms

MAX_PROJECTS = 100
SHOWN_CHARACTERS = 300

Title = Annotated[str, Meta(min_length=1, max_length=500, description="What is to be done, in one line.")]
Details = Annotated[str, Meta(max_length=20_000)]
SettableStatus = Literal["planned", "running", "completed", "failed", "cancelled"]


class ListProjectsInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing needs to be said."""

    archived: Annotated[bool, Meta(description="List the archived projects instead.")] = False


class ListProjects(StoreReader[ListProjectsInput]):
    """The person's projects."""

    name: ClassVar[str] = "ListProjects"
    description: ClassVar[str] = (
        "Lists the person's projects, newest first: name, id, working directory and description. Use it to find"
        " the id of a project, or when the person asks what they work on."
    )
    input_type = ListProjectsInput

    def summary(self, tool_input: ListProjectsInput, workspace: Workspace) -> str:  # noqa: ARG002
        """Which ones."""
        return "archived projects" if tool_input.archived else "projects"

    async def run(self, tool_input: ListProjectsInput, context: ToolContext) -> ToolResult:
        """A line for each."""
        status = "archived" if tool_input.archived else "active"
        found = await context.store.read(projects.page, limit=MAX_PROJECTS, status=status)
        lines = [_project_line(one, is_here=one.id == context.store.project_id) for one in found]
        return answer(
            lines, [EntityRef("project", one.id, one.name) for one in found], "There are no projects."
        )


class ListTasksInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tasks."""

    status: Annotated[TaskStatus | None, Meta(description="Only tasks with this status.")] = None
    project_id: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200)] | None,
        Meta(description="The id of a project, or `all`; this conversation's project if left out."),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=200, description="How many at the most.")] = 50


class ListTasks(StoreReader[ListTasksInput]):
    """The person's tasks."""

    name: ClassVar[str] = "ListTasks"
    description: ClassVar[str] = (
        "Lists tasks, the one that changed last first: status, priority, title, id, and the start of its"
        " description and result. Without a project of its own, a conversation sees the tasks of all projects."
    )
    input_type = ListTasksInput

    def summary(self, tool_input: ListTasksInput, workspace: Workspace) -> str:  # noqa: ARG002
        """Which ones."""
        return f"{tool_input.status} tasks" if tool_input.status is not None else "tasks"

    async def run(self, tool_input: ListTasksInput, context: ToolContext) -> ToolResult:
        """A paragraph for each."""
        project_id = None
        if tool_input.project_id != ALL:
            project = await find_project(context, tool_input.project_id)
            project_id = project.id if project is not None else None
        found = await context.store.read(
            tasks.page, limit=tool_input.limit, status=tool_input.status, project_id=project_id
        )
        return answer(
            [_task_lines(one) for one in found], [_task_ref(one) for one in found], "There are no such tasks."
        )


class CreateTaskInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new task."""

    title: Title
    description: Annotated[
        Details | None, Meta(description="All that somebody needs to know who does it later.")
    ] = None
    priority: Annotated[TaskPriority, Meta(description="How urgent it is.")] = "medium"
    project_id: Annotated[
        Annotated[str, Meta(min_length=1, max_length=200)] | None,
        Meta(description="The id of its project; this conversation's project if left out."),
    ] = None


class CreateTask(StoreWriter[CreateTaskInput]):
    """Notes down a task."""

    name: ClassVar[str] = "CreateTask"
    description: ClassVar[str] = (
        "Notes down a task for later; nobody starts to work on it. Use it when the person wants something"
        " remembered as work to do, not for the steps of what you are doing now."
    )
    input_type = CreateTaskInput

    def summary(self, tool_input: CreateTaskInput, workspace: Workspace) -> str:  # noqa: ARG002
        """The title."""
        return one_line(tool_input.title)

    async def run(self, tool_input: CreateTaskInput, context: ToolContext) -> ToolResult:
        """The task with its id."""
        project = await find_project(context, tool_input.project_id)
        at = now_ms()
        task = Task(
            id=new_id(),
            project_id=project.id if project is not None else None,
            title=_checked(tool_input.title),
            description=tool_input.description or None,
            status="planned",
            priority=tool_input.priority,
            result=None,
            conversation_id=None,
            created_at=at,
            updated_at=at,
        )
        await context.store.tasks.add(task)
        return ToolResult((Text(f"Created:\n{_task_lines(task)}"),), entities=(_task_ref(task),))


class UpdateTaskInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of a task changes; what is left out stays."""

    task_id: Annotated[str, Meta(min_length=1, max_length=200, description="The id, from ListTasks.")]
    title: Title | None = None
    description: Annotated[Details | None, Meta(description="The whole new description.")] = None
    status: Annotated[SettableStatus | None, Meta(description="What has become of it.")] = None
    priority: Annotated[TaskPriority | None, Meta(description="How urgent it is.")] = None
    result: Annotated[Details | None, Meta(description="What came of it, for the person to read.")] = None


class UpdateTask(StoreWriter[UpdateTaskInput]):
    """Changes a task."""

    name: ClassVar[str] = "UpdateTask"
    description: ClassVar[str] = (
        "Changes the title, description, status, priority or result of a task. The status of a task that an agent"
        " works on in a conversation of its own follows that work and cannot be set."
    )
    input_type = UpdateTaskInput

    def summary(self, tool_input: UpdateTaskInput, workspace: Workspace) -> str:  # noqa: ARG002
        """What changes."""
        changes = ", ".join(f"{name}: {value}" for name, value in _changes(tool_input).items())
        return one_line(f"{tool_input.task_id}: {changes}" if changes else tool_input.task_id)

    async def run(self, tool_input: UpdateTaskInput, context: ToolContext) -> ToolResult:
        """The task as it is now."""
        changes = _changes(tool_input)
        if not changes:
            raise ToolError("Nothing to change was given: title, description, status, priority or result.")
        if tool_input.title is not None:
            changes["title"] = _checked(tool_input.title)
        await _find_task(context, tool_input.task_id)
        try:
            await context.store.tasks.change(tool_input.task_id, {**changes})
        except TaskRunningError as error:
            raise ToolError(str(error)) from error
        task = await _find_task(context, tool_input.task_id)
        return ToolResult((Text(f"Changed:\n{_task_lines(task)}"),), entities=(_task_ref(task),))


def _changes(given: UpdateTaskInput) -> dict[str, str]:
    names = ("title", "description", "status", "priority", "result")
    return {name: value for name in names if (value := getattr(given, name)) is not None}


async def _find_task(context: ToolContext, task_id: str) -> Task:
    found = await context.store.read(tasks.get, task_id)
    if found is None:
        raise ToolError(f"There is no task {task_id}. ListTasks lists them with their ids.")
    return found


def _checked(title: str) -> str:
    if not title.strip():
        raise ToolError("The title of a task must not be blank.")
    return title.strip()


def _project_line(project: Project, *, is_here: bool) -> str:
    parts = [f"- {project.name} (id {project.id})", *(["this conversation's project"] if is_here else [])]
    parts += [project.working_directory] if project.working_directory is not None else []
    parts += [shortened(project.description, SHOWN_CHARACTERS)] if project.description else []
    return ": ".join((parts[0], "; ".join(parts[1:]))) if parts[1:] else parts[0]


def _task_lines(task: Task) -> str:
    lines = [f"- [{task.status}, {task.priority}] {shortened(task.title, SHOWN_CHARACTERS)} (id {task.id})"]
    for label, text in (("Description", task.description), ("Result", task.result)):
        if text:
            lines.append(f"  {label}: {shortened(text, SHOWN_CHARACTERS)}")
    return "\n".join(lines)


def _task_ref(task: Task) -> EntityRef:
    return EntityRef("task", task.id, task.title)
