"""The last scan of each project's folder."""

from __future__ import annotations

import msgspec

from storage.database import Database
from storage.records import ScanState
from storage.statements import Statement

COLUMNS = "project_id, directory, state, problem, facts, scanned_at"


class Environment(msgspec.Struct, frozen=True):
    """A scan that has ended.

    Attributes:
        directory: the folder that was scanned.
        problem: why it failed, for people.
        facts: JSON text, see `actors.environment.facts`; None where it failed.
        scanned_at: when it ended.
    """

    project_id: str
    directory: str
    state: ScanState
    problem: str | None
    facts: str | None
    scanned_at: int


def put(found: Environment) -> Statement:
    """Replaces the last scan of a project; does nothing where the project is gone or has another folder now."""
    return Statement(
        f"INSERT INTO environments ({COLUMNS}) SELECT ?,?,?,?,?,? "
        "WHERE EXISTS (SELECT 1 FROM projects WHERE id = ? AND working_directory = ?) "
        "ON CONFLICT (project_id) DO UPDATE SET directory = excluded.directory, state = excluded.state, "
        "problem = excluded.problem, facts = excluded.facts, scanned_at = excluded.scanned_at",
        (
            found.project_id,
            found.directory,
            found.state,
            found.problem,
            found.facts,
            found.scanned_at,
            found.project_id,
            found.directory,
        ),
    )


def get(database: Database, project_id: str) -> Environment | None:
    """The last scan of the folder that a project has now, or None."""
    row = database.row(
        f"SELECT {COLUMNS} FROM environments WHERE project_id = ? AND directory = "
        "(SELECT working_directory FROM projects WHERE id = ?)",
        (project_id, project_id),
    )
    return Environment(*row) if row else None
