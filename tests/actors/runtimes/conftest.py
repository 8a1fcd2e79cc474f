"""A conversation with the runtimes through a real daemon and the fake of a provider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic


@pytest.fixture
def api(connected: DaemonProcess) -> Api:
    return connected.client


@pytest.fixture
def all_is_used(model: FakeAnthropic) -> Iterator[None]:
    """Fails when the model was asked for more or for less than it was told to answer."""
    yield
    assert (model.unused, model.unexpected, model.refused) == (0, (), ())
