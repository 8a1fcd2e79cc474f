"""What can go wrong in a fake: the client's mistakes, the test's, and a client that goes away."""

from __future__ import annotations

from tests.fakes.script import Refuses


class FakesError(Exception):
    """Base of all errors of this folder."""


class InvalidRequestError(FakesError):
    """The real provider would refuse this request.

    Attributes:
        refusal: what the client gets to see.
    """

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        type: str | None = None,  # noqa: A002 - the wire's own word
    ) -> None:
        super().__init__(message)
        self.refusal = Refuses(status, type, message, param=param, code=code)


class ScriptError(FakesError):
    """The test asks for something that the provider cannot say."""


class ClientGoneError(FakesError):
    """The client closed the connection before it had the whole answer."""
