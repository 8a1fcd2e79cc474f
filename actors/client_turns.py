"""The turns that clients have begun under ids of their own, so that a message that is sent twice is taken once."""

from __future__ import annotations

from actors.messages import Accepted


class ClientTurns:
    """The turns of one conversation, as long as its actor lives."""

    def __init__(self) -> None:
        self._accepted: dict[str, Accepted] = {}

    def get(self, client_message_id: str | None) -> Accepted | None:
        """The turn that began with this message; None where there is none, or the client gave no id."""
        return None if client_message_id is None else self._accepted.get(client_message_id)

    def add(self, client_message_id: str | None, accepted: Accepted) -> None:
        """Notes a turn."""
        if client_message_id is not None:
            self._accepted[client_message_id] = accepted

    def forget(self, accepted: Accepted) -> None:
        """The turn has not begun after all."""
        self._accepted = {key: one for key, one in self._accepted.items() if one is not accepted}
