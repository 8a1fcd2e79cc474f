"""OpenConversations: which conversations are open. ConversationsActor writes it; any thread may look."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pykka

if TYPE_CHECKING:
    from actors.conversation import ConversationActor

    Ref = pykka.ActorRef[ConversationActor]


class OpenConversations:
    """The actors of open conversations, by id. Whoever asks one of them need not ask first where it is."""

    def __init__(self) -> None:
        self._refs: dict[str, Ref] = {}
        self._is_closed = False

    def __iter__(self) -> Iterator[Ref]:
        return iter(tuple(self._refs.values()))

    def get(self, conversation_id: str) -> Ref | None:
        """A conversation's actor, if it is open and alive."""
        ref = self._refs.get(conversation_id)
        return ref if ref is not None and ref.is_alive() else None

    def reachable(self, conversation_id: str) -> Ref | None:
        """The same, for others; None once nothing is to be opened any more."""
        return None if self._is_closed else self.get(conversation_id)

    def put(self, conversation_id: str, ref: Ref) -> None:
        """It is open."""
        self._refs[conversation_id] = ref

    def remove(self, conversation_id: str, actor_urn: str | None = None) -> bool:
        """It is open no longer; whether it was, with this actor where one is named."""
        ref = self._refs.get(conversation_id)
        if ref is None or actor_urn not in {None, ref.actor_urn}:
            return False
        del self._refs[conversation_id]
        return True

    def close(self) -> None:
        """Nothing is to be opened any more."""
        self._is_closed = True
