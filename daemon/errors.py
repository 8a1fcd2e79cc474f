"""Errors of the API: each becomes a status and a body that a person can act on."""

from __future__ import annotations

import asyncio

from actors import errors as actors_errors
from storage import errors as storage_errors


class ApiError(Exception):
    """An error to answer with.

    Args:
        status: the HTTP status.
        code: stable snake_case name.
        message: one sentence a person can act on.
        details: what is wrong with each field, where several are.
        headers: headers of the answer.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers or {}


STATUSES: dict[type[Exception], int] = {
    actors_errors.ConversationNotFoundError: 404,
    actors_errors.ConversationHeldError: 409,
    actors_errors.ImportRunningError: 409,
    actors_errors.NotQueuedError: 404,
    actors_errors.TurnRunningError: 409,
    actors_errors.NoTurnError: 409,
    actors_errors.QueueFullError: 409,
    actors_errors.TaskRunningError: 409,
    actors_errors.RemovedFromQueueError: 409,
    actors_errors.InvalidInputError: 400,
    actors_errors.InvalidPattern: 400,
    actors_errors.UnknownMentionError: 400,
    actors_errors.MentionRefusedError: 400,
    actors_errors.ToolError: 400,
    actors_errors.ShuttingDownError: 503,
    storage_errors.InvalidCursorError: 400,
    storage_errors.UnknownBranchError: 400,
    storage_errors.ConflictError: 409,
    storage_errors.StorageError: 500,
}


def as_api_error(error: BaseException) -> ApiError | None:
    """The answer for an error of the actors or the store; None where it is not meant for people."""
    if isinstance(error, ApiError):
        return error
    if isinstance(error, asyncio.CancelledError):  # only the end of the daemon cancels work on a request
        error = actors_errors.ShuttingDownError("The daemon is stopping. Try again when it runs.")
    for kind in type(error).__mro__:
        status = STATUSES.get(kind)
        if status is not None:
            headers = {"Retry-After": "2"} if status == 503 else None
            return ApiError(status, getattr(error, "code", "error"), str(error), headers=headers)
    return None


def not_found(what: str) -> ApiError:
    """The error for an id that names nothing."""
    return ApiError(404, f"{what.replace(' ', '_')}_not_found", f"There is no such {what}.")


def invalid(message: str, code: str = "invalid_request") -> ApiError:
    """The error for a request that cannot be right."""
    return ApiError(400, code, message)
