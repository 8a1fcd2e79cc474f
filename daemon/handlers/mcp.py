"""MCP servers: how they are, and which files may start some."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from actors.context.workspace import tool_environment
from actors.mcp import project_file
from actors.mcp.project_file import ProjectFile
from actors.mcp.reports import ServerReport, report
from actors.writes import Write
from daemon import mcp_presenters, schemas
from daemon.errors import ApiError, invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.services import Services, options_of
from storage import mcp_approvals, projects
from storage.records import McpApproval
from storage.times import now_ms

MAX_PROJECTS = 200


class McpServersHandler(ApiHandler):
    """`/api/mcp/servers`."""

    @operation(
        "List the MCP servers",
        query=schemas.McpFolders,
        answers={200: list[schemas.McpServer]},
        errors=(400, 404),
    )
    async def get(self, query: schemas.McpFolders) -> None:
        """Those of the settings, of projects' files, and whatever runs; nothing is started."""
        found = await reports(self.services, await _roots(self, query))
        self.answer([mcp_presenters.server(one) for one in found])


class McpApprovalsHandler(ApiHandler):
    """`/api/mcp/approvals`."""

    @operation(
        "List the files that name MCP servers",
        query=schemas.McpFolders,
        answers={200: list[schemas.McpFile]},
        errors=(400, 404),
    )
    async def get(self, query: schemas.McpFolders) -> None:
        """The `.mcp.json` of projects, and whatever was allowed; each as it is now."""
        known = {one.path: one for one in mcp_approvals.every(self.services.database)}
        files = await asyncio.to_thread(_files, await _roots(self, query), tuple(known))
        self.answer([mcp_presenters.file(path, found, known.get(path)) for path, found in files.items()])

    @operation(
        "Allow a file that names MCP servers",
        body=schemas.McpApproval,
        answers={200: schemas.McpFile},
        errors=(400, 404, 409, 413),
    )
    async def post(self, body: schemas.McpApproval) -> None:
        """Its servers may be started, until it changes."""
        found = await asyncio.to_thread(project_file.read_file, _checked(body.path))
        if found is None:
            raise ApiError(404, "file_not_found", f"There is no file {body.path}.")
        if found.problem is not None:
            raise invalid(f"{found.path} cannot be used. {found.problem}", "invalid_mcp_file")
        if found.sha256 != body.sha256:
            raise ApiError(
                409, "file_changed", f"{found.path} is not what you have looked at; look at it again."
            )
        approval = McpApproval(str(found.path), body.sha256, now_ms())
        await self.services.actors.write(Write((mcp_approvals.put(approval),)))
        self.answer(mcp_presenters.file(approval.path, found, approval))

    @operation("Allow a file no longer", query=schemas.McpFileQuery, answers={204: None}, errors=(400, 404))
    async def delete(self, query: schemas.McpFileQuery) -> None:
        """Its servers are stopped and not started again."""
        services = self.services
        if mcp_approvals.get(services.database, query.path) is None:
            raise ApiError(404, "file_not_found", "That file is not allowed anyway.")
        await services.actors.write(Write((mcp_approvals.delete(query.path),)))
        await services.actors.on_agents(services.actors.mcp.stop_file(Path(query.path)))
        self.answer_nothing()


async def reports(services: Services, roots: tuple[Path, ...] = ()) -> list[ServerReport]:
    """What is known about the servers for these working directories, and about those that run."""
    options = options_of(services.settings.current, services.data_dir)
    work = report(services.actors.mcp, options, roots, tool_environment(os.environ))
    found: list[ServerReport] = await services.actors.on_agents(work)
    return found


async def _roots(handler: ApiHandler, query: schemas.McpFolders) -> tuple[Path, ...]:
    """The working directories that a request is about. Raises ApiError."""
    if query.working_directory is not None:
        if not Path(query.working_directory).is_absolute():
            raise invalid("workingDirectory must be an absolute path.", "invalid_directory")
        folders = [query.working_directory]
    elif query.project_id is not None:
        folders = [handler.project(query.project_id).working_directory or ""]
    else:
        rows = projects.page(handler.services.database, limit=MAX_PROJECTS, status="active")
        folders = [row.working_directory or "" for row in rows]
    return await asyncio.to_thread(_resolved, tuple(filter(None, folders)))


def _resolved(folders: tuple[str, ...]) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for folder in folders:
        try:
            found[Path(folder).resolve()] = None
        except (OSError, RuntimeError) as error:
            raise invalid(f"{folder} cannot be resolved: {error}.", "invalid_directory") from error
    return tuple(found)


def _files(roots: tuple[Path, ...], paths: tuple[str, ...]) -> dict[str, ProjectFile | None]:
    """The files of working directories, and those at some paths; None where there is none any more."""
    found = [project_file.read_project_file(root) for root in roots]
    files: dict[str, ProjectFile | None] = {str(one.path): one for one in found if one is not None}
    return {**files, **{path: project_file.read_file(Path(path)) for path in paths if path not in files}}


def _checked(path: str) -> Path:
    if not Path(path).is_absolute():
        raise invalid("path must be an absolute path.", "invalid_mcp_file")
    return Path(path)
