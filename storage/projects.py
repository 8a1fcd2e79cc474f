"""Projects: what they look like in the store. All of it is cold, so peewee builds the SQL."""

from __future__ import annotations

from typing import Any

from storage.database import Database, Row
from storage.records import Project, ProjectStatus
from storage.statements import Scalar, Statement, built
from storage.tables import ProjectTable as Table

COLUMNS = (
    Table.id,
    Table.name,
    Table.description,
    Table.working_directory,
    Table.status,
    Table.created_at,
    Table.updated_at,
)


def insert(project: Project) -> Statement:
    """Adds a project."""
    values = (
        project.id,
        project.name,
        project.description,
        project.working_directory,
        project.status,
        project.created_at,
        project.updated_at,
    )
    return built(Table.insert(dict(zip(COLUMNS, values, strict=True))))


def update(project_id: str, changes: dict[str, Scalar], at: int) -> Statement:
    """Changes some columns of a project."""
    return built(Table.update(**changes, updated_at=at).where(Table.id == project_id))


def delete(project_id: str) -> Statement:
    """Removes a project; its conversations stay, its rules go."""
    return built(Table.delete().where(Table.id == project_id))


def get(database: Database, project_id: str) -> Project | None:
    """A project, or None."""
    found = database.select(Table.select(*COLUMNS).where(Table.id == project_id))
    return _record(found[0]) if found else None


def page(
    database: Database,
    *,
    limit: int,
    status: ProjectStatus | None = None,
    before: tuple[int, str] | None = None,
) -> list[Project]:
    """The newest projects, or those that come after the one with this `(updated_at, id)`."""
    query: Any = Table.select(*COLUMNS).order_by(Table.updated_at.desc(), Table.id.desc()).limit(limit)
    if status is not None:
        query = query.where(Table.status == status)
    if before is not None:
        updated_at, project_id = before
        query = query.where(
            (Table.updated_at < updated_at) | ((Table.updated_at == updated_at) & (Table.id < project_id))
        )
    return [_record(row) for row in database.select(query)]


def _record(row: Row) -> Project:
    return Project(*row)
