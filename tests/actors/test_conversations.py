"""ConversationsActor: what is kept closed is not opened, and what is open is closed before it is kept so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actors import messages as told
from actors.archive import ArchiveActor
from actors.bridge import Ping, started
from actors.conversations import ConversationsActor
from actors.errors import ConversationHeldError
from actors.measures import Measures
from actors.options import Options
from storage import conversations
from storage.database import Database
from storage.paths import DataDir
from storage.records import Conversation

DEADLINE_S = 20.0
CONVERSATION = Conversation(
    id="c", project_id=None, title=None, title_is_given=False, runtime_id="offline", model_id=None,
    status="active", session_id=None, working_directory=None, preview=None, input_tokens=0, output_tokens=0,
    cost_usd=0.0, unpriced_turns=0, created_at=1, updated_at=1,
)  # fmt: skip


class Sink:
    """Takes what it is told, and keeps nothing."""

    def open(self, conversation_id: str, last_seq: int) -> None:
        """See `EventSink.open`."""

    def close(self, conversation_id: str) -> None:
        """See `EventSink.close`."""

    def row_changed(self, kind: str, row_id: str) -> None:
        """See `EventSink.row_changed`."""


class Agents:
    """Runs none, and has no timers."""

    def start_timer(self, timer_id: str, delay_s: float, ref: Any, notice: object) -> None:
        """See `Agents.start_timer`."""


@pytest.fixture
def parent(database: Database, tmp_path: Path) -> Iterator[Any]:
    database.write(conversations.insert(CONVERSATION))
    sink: Any = Sink()
    agents: Any = Agents()
    archive = started(ArchiveActor.start(database, sink))
    options = Options(DataDir(tmp_path))
    parent: Any = started(ConversationsActor.start(database, archive, agents, sink, options, Measures()))
    yield parent
    for ref in parent.ask(told.StopOpening(), timeout=DEADLINE_S):
        ref.stop(timeout=DEADLINE_S)
    parent.stop(timeout=DEADLINE_S)
    archive.stop(timeout=DEADLINE_S)


def test_what_is_held_is_not_opened_until_it_is_released(parent: Any) -> None:
    assert parent.ask(told.HoldConversation("c"), timeout=DEADLINE_S) is True
    with pytest.raises(ConversationHeldError):
        parent.ask(told.OpenConversation("c"), timeout=DEADLINE_S)
    parent.ask(told.ReleaseConversation("c"), timeout=DEADLINE_S)
    assert parent.ask(told.OpenConversation("c"), timeout=DEADLINE_S).is_alive()


def test_what_is_idle_is_told_so_until_it_has_ended(parent: Any) -> None:
    opened = parent.ask(told.OpenConversation("c"), timeout=DEADLINE_S)
    parent.tell(told.OptionsChanged(Options(DataDir(Path()), idle_timeout_s=0.0)))
    deadline = time.monotonic() + DEADLINE_S
    while opened.is_alive():
        parent.tell(told.PassivateIdle())
        parent.ask(Ping(), timeout=DEADLINE_S)
        assert time.monotonic() < deadline


def test_what_is_open_ends_before_it_is_held(parent: Any) -> None:
    opened = parent.ask(told.OpenConversation("c"), timeout=DEADLINE_S)
    assert parent.ask(told.HoldConversation("c"), timeout=DEADLINE_S) is False
    deadline = time.monotonic() + DEADLINE_S
    while not parent.ask(told.HoldConversation("c"), timeout=DEADLINE_S):
        assert time.monotonic() < deadline
    assert not opened.is_alive()
