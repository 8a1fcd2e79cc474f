"""Other ways to go on: a message changed or answered again on a branch, a conversation copied, a message pinned."""

from __future__ import annotations

import functools

from actors import messages as told
from actors.writes import Write
from daemon import presenters, schemas
from daemon.errors import ApiError, invalid, not_found
from daemon.handlers.base import ApiHandler
from daemon.handlers.event_stream import EventStreamHandler
from daemon.operations import operation
from daemon.services import Services
from storage import branches, conversations, forks, messages
from storage.records import MAIN_BRANCH, Conversation, Message
from storage.times import now_ms

ROOT = "root"
"""What `parentId` says for a message that starts the conversation anew."""


class MessageHandler(ApiHandler):
    """`/api/chat/conversations/{id}/messages/{message}`."""

    @operation(
        "Get a message", query=schemas.OneMessageQuery, answers={200: schemas.Message}, errors=(400, 404)
    )
    async def get(self, conversation_id: str, message_id: str, query: schemas.OneMessageQuery) -> None:
        """One message."""
        row = find_message(self.services, conversation_id, message_id)
        rendered = await self.services.rendered.of([row]) if query.render else {}
        self._answer(row, rendered.get(row.id))

    @operation(
        "Pin a message",
        body=schemas.MessageChanges,
        answers={200: schemas.Message},
        errors=(400, 404, 413),
    )
    async def patch(self, conversation_id: str, message_id: str, body: schemas.MessageChanges) -> None:
        """A pinned message is given to the model word for word, however long the conversation grows."""
        row = find_message(self.services, conversation_id, message_id)
        if row.role == "system":
            raise invalid("Only messages of a person or an agent can be pinned.", "not_pinnable")
        if isinstance(body.pinned, bool):
            statement = messages.pin(row.id, is_pinned=body.pinned, at=now_ms())
            await self.services.actors.write(Write((statement,), conversation_id, changes_list=True))
        self._answer(find_message(self.services, conversation_id, message_id))

    def _answer(self, row: Message, rendered: list[schemas.Rendered] | None = None) -> None:
        alternatives = branches.siblings(self.services.database, row.conversation_id, (row,))
        self.answer(presenters.message(row, alternatives.get(row.id, ()), rendered))


class RetryHandler(EventStreamHandler):
    """`/api/chat/conversations/{id}/messages/{message}/retry`."""

    @operation(
        "Answer a message again",
        query=schemas.OneMessageQuery,
        answers={200: None},
        errors=(400, 404, 409),
        media_type="text/event-stream",
    )
    async def post(self, conversation_id: str, message_id: str, query: schemas.OneMessageQuery) -> None:
        """Starts a turn on a new branch that leaves behind the user message; the old answer stays."""
        row = find_message(self.services, conversation_id, message_id)
        asked = messages.get(self.services.database, row.parent_id or "") if row.role == "assistant" else row
        if asked is None or asked.role != "user":
            raise invalid("Only an answer, or the message that it answers, can be retried.", "not_retryable")
        fork = told.Fork(asked.branch_id, branches.fork_after(self.services.database, asked), asked.id)
        command = told.RetryMessage(asked, fork)
        accepted = await self.services.actors.ask_conversation(conversation_id, command)
        await self.follow(conversation_id, accepted.first_seq, ends_with_turn=True, render=query.render)


class BranchesHandler(ApiHandler):
    """`/api/chat/conversations/{id}/branches`."""

    @operation("List the branches", answers={200: list[schemas.Branch]}, errors=(404,))
    async def get(self, conversation_id: str) -> None:
        """The ways that the conversation went on, oldest first; the first one is `main`."""
        current = self.conversation(conversation_id)
        rows = branches.of_conversation(self.services.database, conversation_id)
        self.answer([presenters.main_branch(current), *(presenters.branch(row, current) for row in rows)])


class ForkHandler(ApiHandler):
    """`/api/chat/conversations/{id}/fork`."""

    @operation(
        "Copy a conversation up to a message",
        body=schemas.ForkPoint,
        answers={201: schemas.Conversation},
        errors=(400, 404, 413),
    )
    async def post(self, conversation_id: str, body: schemas.ForkPoint) -> None:
        """A new conversation that holds everything up to this message; the old one stays as it is."""
        source = self.conversation(conversation_id)
        row = find_message(self.services, conversation_id, body.message_id)
        database = self.services.database
        path = branches.path(database, conversation_id, row.branch_id)
        new = forked(source)
        copy = functools.partial(
            forks.copy, database, source.id, path, branches.fork_after(database, row), new
        )
        statements = await self.in_searcher(copy)
        await self.services.actors.write(Write(tuple(statements), new.id, changes_list=True))
        self.set_header("Location", f"/api/chat/conversations/{new.id}")
        self.answer(presenters.conversation(self.conversation(new.id), ("idle", 0)), status=201)


def find_message(services: Services, conversation_id: str, message_id: str) -> Message:
    """A message of a conversation. Raises ApiError 404."""
    row = messages.get(services.database, message_id)
    if row is None or row.conversation_id != conversation_id:
        raise not_found("message")
    return row


def find_fork(services: Services, conversation_id: str, parent_id: str) -> told.Fork:
    """Where a message that follows this one leaves.

    Raises:
        ApiError: 400, there is no such message.
    """
    database = services.database
    if parent_id == ROOT:
        return told.Fork(MAIN_BRANCH, 0, None)
    row = messages.get(database, parent_id)
    if row is None or row.conversation_id != conversation_id or row.role == "system":
        raise ApiError(
            400,
            "unknown_parent",
            "parentId must be a message of a person or an agent in this conversation, or “root”.",
        )
    return told.Fork(row.branch_id, branches.fork_after(database, row), row.id)


def forked(source: Conversation) -> Conversation:
    """The conversation that a copy goes to."""
    return conversations.blank(
        source.runtime_id,
        now_ms(),
        project_id=source.project_id,
        title=f"{source.title} (copy)" if source.title is not None else None,
        model_id=source.model_id,
        working_directory=source.working_directory,
        preview=source.preview,
    )
