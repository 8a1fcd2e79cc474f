"""The last scan of a project: replaced by the next one, and never that of another folder."""

from __future__ import annotations

from msgspec.structs import replace

from storage import environments, projects
from storage.database import Database
from storage.environments import Environment
from storage.records import Project

PROJECT = Project("p", "Name", None, "/srv/x", "active", 1, 2)
FOUND = Environment("p", "/srv/x", "ready", None, "{}", 5)


def test_the_next_scan_replaces_the_last(database: Database) -> None:
    database.write(projects.insert(PROJECT), environments.put(FOUND))
    assert environments.get(database, "p") == FOUND
    failed = replace(FOUND, state="failed", problem="gone", facts=None, scanned_at=9)
    database.write(environments.put(failed))
    assert environments.get(database, "p") == failed


def test_the_scan_of_another_folder_is_not_shown_or_kept(database: Database) -> None:
    database.write(projects.insert(PROJECT), environments.put(FOUND))
    database.write(projects.update("p", {"working_directory": "/srv/y"}, 3))
    assert environments.get(database, "p") is None
    database.write(environments.put(FOUND))
    assert environments.get(database, "p") is None
    database.write(environments.put(replace(FOUND, directory="/srv/y")))
    assert environments.get(database, "p") == replace(FOUND, directory="/srv/y")


def test_the_scan_of_a_project_that_is_gone_is_dropped(database: Database) -> None:
    database.write(environments.put(FOUND))
    assert environments.get(database, "p") is None
    database.write(projects.insert(PROJECT), environments.put(FOUND), projects.delete("p"))
    assert database.rows("SELECT * FROM environments") == []
