"""Conversations: list, create, read, change, delete."""

from __future__ import annotations

import asyncio
import functools
from pathlib import Path

from msgspec import UNSET

from actors import messages as told
from actors.models import PROVIDERS, accepts
from actors.writes import Write
from daemon import presenters, schemas
from daemon.errors import ApiError, invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from storage import branches, conversations, messages, projects
from storage.records import Conversation
from storage.statements import Scalar
from storage.times import now_ms


class ConversationsHandler(ApiHandler):
    """`/api/chat/conversations`."""

    @operation(
        "List conversations, newest first",
        query=schemas.ConversationQuery,
        answers={200: list[schemas.Conversation]},
        errors=(400,),
    )
    async def get(self, query: schemas.ConversationQuery) -> None:
        """A page of the list."""
        limit = schemas.DEFAULT_LIMIT if query.limit is None else query.limit
        if query.runtime_id is not None:
            check_runtime(query.runtime_id)
        read = functools.partial(
            conversations.page,
            self.services.database,
            limit=limit + 1,
            status=query.status,
            project_id=query.project_id,
            runtime_id=query.runtime_id,
            query=query.q or None,
            ids=None if query.turn is None else self.services.feed.busy,
            before=presenters.from_cursor(query.cursor) if query.cursor else None,
        )
        rows = await self.in_searcher(read) if query.q else read()
        page = rows[:limit]
        more = len(rows) > limit and bool(page)
        following = None
        if more:
            last = conversations.record(page[-1])
            following = {"cursor": presenters.to_cursor(last.updated_at, last.id)}
        turn = self.services.feed.turn
        self.answer_page([presenters.listed(row, turn(row[0])) for row in page], following)

    @operation(
        "Create a conversation",
        body=schemas.NewConversation,
        answers={201: schemas.Conversation},
        errors=(400, 413),
    )
    async def post(self, body: schemas.NewConversation) -> None:
        """Stores a conversation without messages."""
        check_runtime(body.runtime_id)
        check_model(body.runtime_id, body.model_id)
        project = projects.get(self.services.database, body.project_id) if body.project_id else None
        if body.project_id is not None and project is None:
            raise invalid("There is no such project; leave projectId out or create it.", "unknown_project")
        if body.working_directory is not None:
            await check_directory(body.working_directory)
        record = conversations.blank(
            body.runtime_id,
            now_ms(),
            project_id=body.project_id,
            title=body.title,
            model_id=body.model_id,
            working_directory=body.working_directory,
        )
        await self.services.actors.ask(told.CreateConversation(record))
        self.services.actors.scans.refresh(project)
        self.set_header("Location", f"{self.request.path}/{record.id}")
        self.answer(presenters.conversation(record, ("idle", 0)), status=201)


class ConversationHandler(ApiHandler):
    """`/api/chat/conversations/{id}`."""

    @operation("Get a conversation", answers={200: schemas.ConversationDetail}, errors=(404,))
    async def get(self, conversation_id: str) -> None:
        """The conversation with its message count."""
        self._answer(self.conversation(conversation_id))

    @operation(
        "Change a conversation",
        body=schemas.ConversationChanges,
        answers={200: schemas.ConversationDetail},
        errors=(400, 404, 409, 413),
    )
    async def patch(self, conversation_id: str, body: schemas.ConversationChanges) -> None:
        """Changes title, status, model or runtime."""
        record = self.conversation(conversation_id)
        changes: dict[str, Scalar] = {
            name: getattr(body, name)
            for name in ("title", "status", "model_id", "runtime_id")
            if getattr(body, name) is not UNSET
        }
        runtime_id = str(changes.get("runtime_id", record.runtime_id))
        check_runtime(runtime_id)
        if "model_id" in changes or "runtime_id" in changes:
            model_id = changes.get("model_id", record.model_id)
            check_model(runtime_id, None if model_id is None else str(model_id))
        if body.branch_id is not UNSET and body.branch_id != record.branch_id:
            await self._switch(conversation_id, str(body.branch_id))
        if "title" in changes:
            changes["title_is_given"] = changes["title"] is not None
        if changes:
            command = told.ChangeConversation(tuple(changes.items()))
            await self.services.actors.ask_conversation(conversation_id, command)
        self._answer(self.conversation(conversation_id))

    @operation("Delete a conversation", answers={204: None}, errors=(404,))
    async def delete(self, conversation_id: str) -> None:
        """Stops a running turn and removes everything."""
        self.conversation(conversation_id)
        await self.services.delete_conversation(conversation_id)
        await self.services.actors.documents.remove_files()
        self.answer_nothing()

    async def _switch(self, conversation_id: str, branch_id: str) -> None:
        database = self.services.database
        path = branches.path(database, conversation_id, branch_id)
        last = messages.last(database, conversation_id, path)
        await self.services.actors.ask_conversation(conversation_id, told.SwitchBranch(branch_id, last))

    def _answer(self, record: Conversation) -> None:
        path = branches.path(self.services.database, record.id, record.branch_id)
        detail = presenters.conversation_detail(
            record,
            self.services.feed.turn(record.id),
            messages.count(self.services.database, record.id, path),
            self.services.hub.last_seq(record.id),
        )
        self.answer(detail)


class ReadHandler(ApiHandler):
    """`/api/chat/conversations/{id}/read`."""

    @operation("Note that a person has seen a conversation", answers={204: None}, errors=(404,))
    async def post(self, conversation_id: str) -> None:
        """Takes its mark as unread away, for all clients."""
        if self.conversation(conversation_id).is_unread:
            statement = conversations.mark_read(conversation_id)
            await self.services.actors.write(Write((statement,), conversation_id, changes_list=True))
        self.answer_nothing()


def check_runtime(runtime_id: str) -> None:
    """Raises ApiError 400 where there is no such runtime."""
    if runtime_id not in PROVIDERS:
        raise invalid(
            f"There is no runtime {runtime_id!r}. The runtimes are: {', '.join(PROVIDERS)}.",
            "unknown_runtime",
        )


def check_model(runtime_id: str, model_id: str | None) -> None:
    """Raises ApiError 400 where the runtime does not take this model."""
    if model_id is not None and not accepts(runtime_id, model_id):
        raise invalid(
            f"The runtime {runtime_id} does not take the model {model_id!r}. "
            "GET /api/chat/models lists models with their runtimes.",
            "model_does_not_fit",
        )


async def check_directory(directory: str) -> None:
    """Raises ApiError 400 where this is no absolute path of a folder."""
    path = Path(directory)
    try:
        is_folder = path.is_absolute() and await asyncio.to_thread(path.is_dir)
    except (OSError, ValueError) as error:
        raise ApiError(
            400, "invalid_directory", f"The folder {directory!r} cannot be used: {error}."
        ) from error
    if not is_folder:
        raise invalid(
            f"The folder {directory!r} must be the absolute path of an existing folder.", "invalid_directory"
        )
