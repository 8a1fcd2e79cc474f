"""What is known of a project's folder, and a new look at it."""

from __future__ import annotations

from actors.environment.facts import decode
from daemon import schemas
from daemon.errors import invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from storage import environments
from storage.records import Project
from storage.times import to_iso


class _Handler(ApiHandler):
    """Both."""

    def answer_environment(self, project: Project, status: int = 200) -> None:
        """Answers with what is known now."""
        last = environments.get(self.services.database, project.id)
        is_running = self.services.actors.scans.is_running(project.id)
        state = "scanning" if is_running or last is None else last.state
        self.answer(
            schemas.Environment(
                project_id=project.id,
                directory=project.working_directory,
                state=state if project.working_directory is not None else None,
                problem=last.problem if last else None,
                scanned_at=to_iso(last.scanned_at) if last else None,
                facts=decode(last.facts) if last and last.facts else None,
            ),
            status,
        )


class EnvironmentHandler(_Handler):
    """`/api/projects/{id}/environment`."""

    @operation("Tell what is known of a project's folder", answers={200: schemas.Environment}, errors=(404,))
    async def get(self, project_id: str) -> None:
        """The last scan; one that is older than five minutes is followed by another."""
        project = self.project(project_id)
        self.services.actors.scans.refresh(project)
        self.answer_environment(project)


class ScanHandler(_Handler):
    """`/api/projects/{id}/environment/scan`."""

    @operation("Look at a project's folder again", answers={202: schemas.Environment}, errors=(400, 404))
    async def post(self, project_id: str) -> None:
        """Starts a scan, unless one runs. Its end shows where the environment is."""
        project = self.project(project_id)
        if project.working_directory is None:
            raise invalid(
                "The project has no working directory. Give it one to have it scanned.",
                "no_working_directory",
            )
        self.services.actors.scans.start(project.id, project.working_directory)
        self.answer_environment(project, 202)
