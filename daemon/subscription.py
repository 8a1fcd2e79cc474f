"""Somebody who follows a conversation, and the place in its events that they have reached."""

from __future__ import annotations

from typing import Protocol


class Subscriber(Protocol):
    """Somebody who follows a conversation. Used on the loop alone."""

    def write(self, frames: bytes) -> bool:
        """Takes whole frames; False where it must be asked again by `EventHub.resume`."""
        ...

    def ended(self) -> None:
        """A turn has ended with the frames just written."""
        ...

    def dropped(self, reason: str) -> None:
        """Nothing more comes."""
        ...


class Subscription:
    """A subscriber's place in the events of a conversation."""

    __slots__ = ("after", "conversation_id", "is_open", "is_ready", "subscriber")

    def __init__(self, conversation_id: str, after: int, subscriber: Subscriber) -> None:
        self.conversation_id = conversation_id
        self.after = after
        self.subscriber = subscriber
        self.is_ready = False
        self.is_open = True
