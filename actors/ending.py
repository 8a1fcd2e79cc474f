"""How a conversation's actor comes to its end: because it is deleted, or because the daemon stops."""

from __future__ import annotations

from typing import Literal

from actors.bridge import Reply
from actors.errors import ConversationNotFoundError, ShuttingDownError

Kind = Literal["delete", "shutdown"]


class Ending:
    """Why a conversation ends, if it does, and who waits for that.

    Attributes:
        kind: None as long as it does not end.
    """

    def __init__(self) -> None:
        self.kind: Kind | None = None
        self._waiting: list[Reply[None]] = []

    def begin(self, kind: Kind) -> Reply[None]:
        """Begins to end; the reply comes when it has ended. Deleting goes before stopping."""
        reply: Reply[None] = Reply()
        self._waiting.append(reply)
        if self.kind is None or kind == "delete":
            self.kind = kind
        return reply

    def refuse(self) -> None:
        """Raises ConversationNotFoundError or ShuttingDownError where a conversation ends."""
        if self.kind == "delete":
            raise ConversationNotFoundError("The conversation was deleted.")
        if self.kind == "shutdown":
            raise ShuttingDownError("The daemon is stopping. Try again when it runs.")

    def error(self) -> Exception:
        """What those are told whose queued messages will not be sent now."""
        if self.kind == "delete":
            return ConversationNotFoundError("The conversation was deleted.")
        return ShuttingDownError("The daemon is stopping; the message is kept.")

    def done(self) -> None:
        """Tells everybody who waits."""
        waiting, self._waiting = self._waiting, []
        for reply in waiting:
            reply.set(None)

    def failed(self, error: BaseException) -> None:
        """It could not be done: a conversation that is not deleted goes on."""
        waiting, self._waiting = self._waiting, []
        for reply in waiting:
            reply.fail(error)
        if self.kind == "delete":
            self.kind = None
