"""What a conversation does when the store refuses what it has said: it keeps that, and tries again after a while."""

from __future__ import annotations

from typing import Any

import pykka

from actors import writes
from actors.conversation_writer import ConversationWriter
from actors.surroundings import Agents
from storage.errors import StorageError

RETRY_AFTER_S = 2.0
"""How long after a failure the store is tried again."""


class StoreRefusals:
    """Used by the actor of one conversation alone.

    Args:
        conversation: its actor, who is told to try again.
        writer: keeps what was refused.
        agents: has the timer.

    Attributes:
        is_on: whether the store refused last time; nothing new begins then.
    """

    def __init__(self, conversation: pykka.ActorRef[Any], writer: ConversationWriter, agents: Agents) -> None:
        self.is_on = False
        self._conversation = conversation
        self._writer = writer
        self._agents = agents

    def keep(self, failed: writes.WriteFailed) -> None:
        """What may be stored later waits. Of what never can be, each row that goes is stored; the rest is lost.

        It must not keep everything after it from being stored.
        """
        if may_pass(failed):
            self._writer.keep_unsaved(failed)
            self.wait()
        else:
            self._writer.keep_what_goes(failed)

    def wait(self) -> None:
        """Tries again after a while."""
        self.is_on = True
        urn = self._conversation.actor_urn
        self._agents.start_timer(urn, RETRY_AFTER_S, self._conversation, writes.RetryWrites())

    def retry(self, _notice: writes.RetryWrites) -> None:
        """Tries to store what waits."""
        self._writer.retry(writes.WritesRetried())

    def over(self) -> None:
        """The store takes things again."""
        self.is_on = False


def may_pass(failed: writes.WriteFailed) -> bool:
    """Whether the same write may succeed later, as when a disk is full."""
    return getattr(failed.error, "may_pass", True)


def code_of(failed: writes.WriteFailed) -> str:
    """What the API calls the error."""
    return getattr(failed.error, "code", StorageError.code)
