"""What can go wrong for whoever talks to the daemon. On its own, so that the command line can name it without a client."""

from __future__ import annotations


class ClientError(Exception):
    """The daemon cannot be used, or refuses; the message says why and what to do.

    Attributes:
        code: the API's name for it; None where the daemon did not answer.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code
