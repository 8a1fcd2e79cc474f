"""What can go wrong in the actors, in words for people."""

from __future__ import annotations


class ActorsError(Exception):
    """Base of all errors of this folder.

    Attributes:
        code: stable snake_case name, part of the API.
    """

    code = "internal_error"


class ToolError(ActorsError):
    """A tool call cannot be done as asked; the message goes to the model, which may try again."""

    code = "tool_error"


class ConversationNotFoundError(ActorsError):
    """There is no such conversation (any more)."""

    code = "conversation_not_found"


class ConversationHeldError(ActorsError):
    """The conversation is kept closed for a moment."""

    code = "conversation_held"


class ImportRunningError(ActorsError):
    """Only one import runs at a time."""

    code = "import_running"


class ImportStoppedError(ActorsError):
    """Somebody has stopped the import, or the daemon ends; what was taken in before stays."""

    code = "import_stopped"


class TurnRunningError(ActorsError):
    """The conversation is answering already; one turn at a time."""

    code = "turn_running"


class NoTurnError(ActorsError):
    """There is no turn to stop."""

    code = "no_turn"


class NotQueuedError(ActorsError):
    """The message does not wait (any more): it was sent or removed."""

    code = "not_queued"


class RemovedFromQueueError(ActorsError):
    """The message was taken back before its turn came."""

    code = "removed_from_queue"


class QueueFullError(ActorsError):
    """Too many messages wait already."""

    code = "queue_full"


class TaskRunningError(ActorsError):
    """An agent works on the task: it cannot be started again, removed, or given another status."""

    code = "task_running"


class InvalidInputError(ActorsError):
    """A changed tool input does not fit the tool; the request stays open."""

    code = "invalid_input"


class UnknownMentionError(ActorsError):
    """A message names something that does not exist (any more)."""

    code = "unknown_mention"


class MentionRefusedError(ActorsError):
    """A message names a file that is not given to an agent."""

    code = "mention_refused"


class ShuttingDownError(ActorsError):
    """The daemon is stopping and starts nothing new."""

    code = "shutting_down"


class TurnError(ActorsError):
    """A turn cannot go on; the message goes to the person.

    Args:
        message: what is wrong, where, what to do.
        code: stable snake_case name, part of the API.
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class ContextOverflowError(TurnError):
    """The provider says that the request is too long for the model."""


class InvalidPattern(ActorsError):  # noqa: N818
    """The text of a permission rule's pattern means nothing; the message says why."""

    code = "invalid_pattern"


class InvalidServerError(ActorsError):
    """What is written down about an MCP server makes no sense; the message says why."""

    code = "invalid_mcp_server"


class FileChangedError(ActorsError):
    """A file is not the one that the person has looked at (any more)."""

    code = "file_changed"


class ServerFailedError(ActorsError):
    """An MCP server cannot be used; the message says what it did."""

    code = "mcp_server_failed"
