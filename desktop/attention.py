"""When a person who looks elsewhere should be told something. A plain class: events in, notices out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONG_TURN_S = 20.0
MAX_TEXT_LENGTH = 140


@dataclass(frozen=True, slots=True)
class Notice:
    """What to tell, and which conversation it is about."""

    conversation_id: str
    title: str
    text: str


@dataclass(slots=True)
class _Busy:
    since_s: float
    open_requests: int = 0


class Attention:
    """Follows the feed of all conversations."""

    def __init__(self) -> None:
        self._busy: dict[str, _Busy] = {}

    def receive(self, event: Mapping[str, Any], now_s: float, *, is_focused: bool) -> Notice | None:
        """Takes an event of the feed; what to tell the person, if anything.

        Args:
            event: as the feed sends it.
            now_s: on any clock that only goes forward.
            is_focused: the person works in the window, and sees it there.
        """
        if event["type"] == "reset":
            self._busy.clear()
        if event["type"] == "conversation_deleted":
            self._busy.pop(event["conversationId"], None)
        if event["type"] != "conversation_changed":
            return None
        told = self._changed(event["conversation"], now_s)
        return None if is_focused else told

    def _changed(self, conversation: Mapping[str, Any], now_s: float) -> Notice | None:
        conversation_id = conversation["id"]
        title = conversation["title"] or "New conversation"
        if conversation["turn"] == "idle":
            busy = self._busy.pop(conversation_id, None)
            if busy is None or now_s - busy.since_s < LONG_TURN_S:
                return None
            text = (conversation["lastMessagePreview"] or "The turn has ended.")[:MAX_TEXT_LENGTH]
            return Notice(conversation_id, title, text)
        busy = self._busy.setdefault(conversation_id, _Busy(now_s))
        before, busy.open_requests = busy.open_requests, conversation["pendingRequests"]
        if busy.open_requests > before:
            return Notice(conversation_id, title, "Waits for your answer.")
        return None
