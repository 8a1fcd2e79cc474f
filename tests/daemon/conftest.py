"""A daemon for all tests of a module that do not disturb each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api
from tests.daemon_process import DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic


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
def model() -> Iterator[FakeAnthropic]:
    """The fake that answers `connected`."""
    with FakeAnthropic() as fake:
        yield fake


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory, model: FakeAnthropic) -> Iterator[DaemonProcess]:
    """A daemon whose model is the fake; shared, since importing the SDK takes a second."""
    folder = tmp_path_factory.mktemp("connected")
    (folder / "home").mkdir()
    environment = clean_environment(
        folder / "home", ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=model.base_url
    )
    daemon = DaemonProcess(folder / "data", environment)
    yield daemon
    daemon.stop()
