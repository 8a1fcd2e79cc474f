"""Projects: what people work on, and where."""

from __future__ import annotations

from msgspec import UNSET

from actors import messages as told
from actors.writes import Write
from daemon import presenters, schemas
from daemon.handlers.base import ApiHandler
from daemon.handlers.conversations import check_directory
from daemon.operations import operation
from storage import projects, tasks
from storage.ids import new_id
from storage.records import Project
from storage.statements import Scalar
from storage.times import now_ms


class ProjectsHandler(ApiHandler):
    """`/api/projects`."""

    @operation(
        "List projects, newest first",
        query=schemas.ProjectQuery,
        answers={200: list[schemas.Project]},
        errors=(400,),
    )
    async def get(self, query: schemas.ProjectQuery) -> None:
        """A page of the list."""
        limit = schemas.DEFAULT_LIMIT if query.limit is None else query.limit
        before = presenters.from_cursor(query.cursor) if query.cursor else None
        rows = projects.page(self.services.database, limit=limit + 1, status=query.status, before=before)
        page = rows[:limit]
        more = len(rows) > limit and bool(page)
        following = {"cursor": presenters.to_cursor(page[-1].updated_at, page[-1].id)} if more else None
        self.answer_page([presenters.project(row) for row in page], following)

    @operation("Create a project", body=schemas.NewProject, answers={201: schemas.Project}, errors=(400, 413))
    async def post(self, body: schemas.NewProject) -> None:
        """Stores a project."""
        if body.working_directory is not None:
            await check_directory(body.working_directory)
        at = now_ms()
        record = Project(
            id=new_id(),
            name=body.name,
            description=body.description,
            working_directory=body.working_directory,
            status="active",
            created_at=at,
            updated_at=at,
        )
        await self.services.actors.write(Write((projects.insert(record),)))
        self.services.actors.scans.refresh(record)
        self.set_header("Location", f"{self.request.path}/{record.id}")
        self.answer(presenters.project(record), status=201)


class ProjectHandler(ApiHandler):
    """`/api/projects/{id}`."""

    @operation("Get a project", answers={200: schemas.Project}, errors=(404,))
    async def get(self, project_id: str) -> None:
        """One project."""
        self.answer(presenters.project(self.project(project_id)))

    @operation(
        "Change a project",
        body=schemas.ProjectChanges,
        answers={200: schemas.Project},
        errors=(400, 404, 413),
    )
    async def patch(self, project_id: str, body: schemas.ProjectChanges) -> None:
        """Changes name, description, working directory or status."""
        self.project(project_id)
        changes: dict[str, Scalar] = {
            name: getattr(body, name)
            for name in ("name", "description", "working_directory", "status")
            if getattr(body, name) is not UNSET
        }
        if isinstance(directory := changes.get("working_directory"), str):
            await check_directory(directory)
        if changes:
            statement = projects.update(project_id, changes, now_ms())
            await self.services.actors.write(Write((statement,)))
        changed = self.project(project_id)
        if "working_directory" in changes:
            self.services.actors.scans.refresh(changed)
        self.answer(presenters.project(changed))

    @operation("Delete a project", answers={204: None}, errors=(404,))
    async def delete(self, project_id: str) -> None:
        """Its conversations stay, its rules go. The files in its working directory are not touched."""
        self.project(project_id)
        changed = tuple(tasks.of_project(self.services.database, project_id))
        await self.services.actors.write(Write((projects.delete(project_id),), changed_tasks=changed))
        await self.services.actors.ask(told.RemoveRulesOfProject(project_id))
        self.answer_nothing()
