"""Fixtures of all tests: real daemons, fakes of the providers, and a home that is nobody's."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrations import migrate
from tests.api import Api
from tests.daemon_process import PROGRAM, DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.fixtures import anthropic_api, ollama_api, openai_api

__all__ = ["anthropic_api", "ollama_api", "openai_api"]

StartDaemon = Callable[..., DaemonProcess]


@pytest.fixture(autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or changes the home, the keyring or the keys of whoever runs it."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    for name in tuple(os.environ):
        if name.startswith(("STAGENT_", "ANTHROPIC_", "OPENAI_", "OLLAMA_", "XDG_")):
            monkeypatch.delenv(name)


@pytest.fixture
def start_daemon(tmp_path: Path) -> Iterator[StartDaemon]:
    """Starts daemons: `start_daemon(data_dir=..., args=(...), **environment)`; all are stopped in the end."""
    with starting(tmp_path) as start:
        yield start


@contextmanager
def starting(folder: Path, first_port: int = 0) -> Iterator[StartDaemon]:
    """What `start_daemon` gives. The first daemon listens at a port of the caller's choice, where that is not 0."""
    started: list[DaemonProcess] = []
    home = folder / "home"
    home.mkdir()

    def start(
        data_dir: Path | None = None,
        args: tuple[str, ...] = (),
        program: Sequence[str] = PROGRAM,
        **environment: str,
    ) -> DaemonProcess:
        if first_port and not started and "--port" not in args:
            args = (*args, "--port", str(first_port))
        daemon = DaemonProcess(
            data_dir or folder / "data", clean_environment(home, **environment), *args, program=program
        )
        started.append(daemon)
        return daemon

    yield start
    for daemon in reversed(started):
        if daemon.process.poll() is None:
            daemon.stop()


@pytest.fixture
def daemon(start_daemon: StartDaemon) -> DaemonProcess:
    """A daemon with nothing in it and no provider."""
    return start_daemon()


@pytest.fixture
def api(daemon: DaemonProcess) -> Api:
    """The API of that daemon."""
    return daemon.client


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    """A folder for an agent to work in."""
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "notes.txt").write_text("first line\nsecond line\nthird line\n")
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A fresh database."""
    database = Database(tmp_path / "stagent.db")
    migrate(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture(scope="module")
def shared_daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaemonProcess]:
    folder = tmp_path_factory.mktemp("shared")
    (folder / "home").mkdir()
    daemon = DaemonProcess(folder / "data", clean_environment(folder / "home"))
    yield daemon
    daemon.stop()


@pytest.fixture
def shared(shared_daemon: DaemonProcess) -> Api:
    return shared_daemon.client


@pytest.fixture(scope="module")
def shared_model() -> Iterator[FakeAnthropic]:
    """The fake that answers `connected`."""
    with FakeAnthropic() as fake:
        yield fake


@pytest.fixture
def model(shared_model: FakeAnthropic) -> FakeAnthropic:
    """The fake that answers `connected`, with nothing left over from another test."""
    shared_model.clear()
    return shared_model


@pytest.fixture(scope="module")
def connected(
    tmp_path_factory: pytest.TempPathFactory, shared_model: FakeAnthropic
) -> Iterator[DaemonProcess]:
    """A daemon whose model is the fake; shared, since importing the SDK takes a second."""
    folder = tmp_path_factory.mktemp("connected")
    (folder / "home").mkdir()
    environment = clean_environment(
        folder / "home", ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=shared_model.base_url
    )
    daemon = DaemonProcess(folder / "data", environment)
    yield daemon
    daemon.stop()


def needs_program(name: str, package: str) -> str:
    """The path of a program of the system; without it the test is skipped, in CI it fails."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is missing; `make system-deps` installs it (Debian package {package})"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: much of their time, tests wait for processes, pages and timers."""
    cores = os.cpu_count() or 1
    return cores + cores // 2
