"""Scans in the background: one of a project at a time, and none that outlives its usefulness."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.archive import ArchiveActor
from actors.bridge import started
from actors.environment.facts import Facts
from actors.environment.scan import scan
from actors.environment.scans import Scans, known_facts
from storage import environments, projects
from storage.database import Database
from storage.migrations import migrate
from storage.records import Project

DEADLINE_S = 20.0


class Sink:
    """Nobody follows."""

    def stored(self, conversation_id: str, first_seq: int, last_seq: int) -> None:
        raise AssertionError("a scan has no events")


class Looks:
    """Looks at folders as soon as a test lets it, and remembers at which."""

    def __init__(self) -> None:
        self.at: list[str] = []
        self.has_begun = threading.Event()
        self.may_end = threading.Event()
        self.error: Exception | None = None

    def __call__(self, directory: Path, home: Path | None, is_stopped: Callable[[], bool]) -> Facts:
        self.at.append(str(directory))
        self.has_begun.set()
        while not self.may_end.wait(0.01):
            if is_stopped():
                break
        if self.error is not None:
            raise self.error
        return scan(directory, home)


class Scene:
    """A project in a store, and its scans."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "stagent.db")
        migrate(self.database, folder / "backups")
        self.first, self.second = folder / "first", folder / "second"
        self.first.mkdir()
        self.second.mkdir()
        self.project = Project("p", "Shop", None, str(self.first), "active", 1, 1)
        self.database.write(projects.insert(self.project))
        self.archive: Any = started(ArchiveActor.start(self.database, Sink()))
        self.looks = Looks()
        self.scans = Scans(self.database, self.archive, self.looks)

    def wait(self) -> None:
        """Until no scan runs."""
        pause = threading.Event()
        for _ in range(int(DEADLINE_S / 0.01)):
            if not self.scans.is_running("p"):
                return
            pause.wait(0.01)
        raise AssertionError("the scan does not end")

    def close(self) -> None:
        self.looks.may_end.set()
        self.scans.stop()
        self.archive.stop()
        self.database.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.close()


def test_a_scan_that_runs_is_not_joined_by_another(scene: Scene) -> None:
    for _ in range(5):
        scene.scans.refresh(scene.project)
        scene.scans.start("p", str(scene.first))
    assert scene.looks.has_begun.wait(DEADLINE_S)
    assert scene.scans.is_running("p")
    scene.looks.may_end.set()
    scene.wait()
    assert scene.looks.at == [str(scene.first)]
    facts = known_facts(scene.database, "p")
    assert facts is not None
    assert facts.files == 0


def test_what_is_fresh_is_not_looked_at_again(scene: Scene) -> None:
    scene.looks.may_end.set()
    scene.scans.refresh(scene.project)
    scene.wait()
    scene.scans.refresh(scene.project)
    scene.scans.refresh_by_id("p")
    scene.scans.refresh_by_id("nothing")
    scene.scans.refresh(None)
    assert not scene.scans.is_running("p")
    assert len(scene.looks.at) == 1


def test_another_folder_is_looked_at_after_the_first(scene: Scene) -> None:
    scene.scans.refresh(scene.project)
    assert scene.looks.has_begun.wait(DEADLINE_S)
    scene.database.write(projects.update("p", {"working_directory": str(scene.second)}, 2))
    scene.scans.refresh_by_id("p")
    scene.looks.may_end.set()
    scene.wait()
    assert scene.looks.at == [str(scene.first), str(scene.second)]
    last = environments.get(scene.database, "p")
    assert last is not None
    assert last.directory == str(scene.second)


def test_a_fault_inside_is_logged_and_told(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    scene.looks.error = RuntimeError("secret")
    scene.looks.may_end.set()
    scene.scans.refresh(scene.project)
    scene.wait()
    last = environments.get(scene.database, "p")
    assert last is not None
    assert (last.state, last.facts) == ("failed", None)
    assert last.problem is not None
    assert last.problem.split()[-1].rstrip(".") in caplog.text
    assert "secret" not in last.problem
    assert known_facts(scene.database, "p") is None


def test_a_stop_ends_the_scan_that_runs_and_starts_no_more(scene: Scene) -> None:
    scene.scans.refresh(scene.project)
    assert scene.looks.has_begun.wait(DEADLINE_S)
    scene.scans.stop()
    scene.scans.start("p", str(scene.second))
    assert scene.looks.at == [str(scene.first)]
    assert environments.get(scene.database, "p") is None


def test_without_an_archive_a_scan_ends_all_the_same(scene: Scene) -> None:
    scene.archive.stop()
    scene.looks.may_end.set()
    scene.scans.refresh(scene.project)
    scene.wait()
    assert environments.get(scene.database, "p") is None
