"""Projects."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from daemon.schemas.base import Cursor, Description, Directory, Limit, ProjectName, Schema, Timestamp
from storage.records import ProjectStatus


class Project(Schema, frozen=True, kw_only=True):
    """A project."""

    id: str
    name: str
    description: str | None
    working_directory: str | None
    status: ProjectStatus
    created_at: Timestamp
    updated_at: Timestamp


class NewProject(Schema, frozen=True, kw_only=True):
    """What a project starts with."""

    name: ProjectName
    description: Description | None = None
    working_directory: Directory | None = None


class ProjectChanges(Schema, frozen=True, kw_only=True):
    """What of a project can be changed."""

    name: ProjectName | UnsetType = UNSET
    description: Description | UnsetType | None = UNSET
    working_directory: Directory | UnsetType | None = UNSET
    status: ProjectStatus | UnsetType = UNSET


class ProjectQuery(Schema, frozen=True, kw_only=True):
    """Filters of the list."""

    status: ProjectStatus | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None
