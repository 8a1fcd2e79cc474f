"""Messages: history, sending, and the streams that follow a turn."""

from __future__ import annotations

from actors import messages as told
from daemon import presenters, schemas
from daemon.attaching import encoded_attachments
from daemon.errors import ApiError, invalid
from daemon.handlers.base import ApiHandler
from daemon.handlers.branches import find_fork
from daemon.handlers.event_stream import EventStreamHandler, start_in_conversation
from daemon.mentioning import checked
from daemon.operations import operation
from storage import branches, messages, queue, turns
from storage.records import Conversation


class MessagesHandler(EventStreamHandler):
    """`/api/chat/conversations/{id}/messages`."""

    @operation(
        "Get messages, oldest first",
        query=schemas.MessageQuery,
        answers={200: list[schemas.Message]},
        errors=(400, 404),
    )
    async def get(self, conversation_id: str, query: schemas.MessageQuery) -> None:
        """A page of the history."""
        current = self.conversation(conversation_id)
        database = self.services.database
        path = branches.path(database, conversation_id, query.branch or current.branch_id)
        limit = schemas.DEFAULT_LIMIT if query.limit is None else query.limit
        goes_back = query.after is None and (query.before is not None or query.from_ == "end")
        rows = messages.page(
            database,
            conversation_id,
            path,
            limit=limit + 1,
            after=query.after,
            before=query.before,
            from_end=query.from_ == "end",
        )
        page = (rows[-limit:] if limit else []) if goes_back else rows[:limit]
        following = None
        if len(rows) > limit and page:
            following = {"before": page[0].id} if goes_back else {"after": page[-1].id}
        alternatives = branches.siblings(database, conversation_id, page)
        rendered = await self.services.rendered.of(page) if query.render else {}
        self.answer_page(
            [presenters.message(row, alternatives.get(row.id, ()), rendered.get(row.id)) for row in page],
            following,
        )

    @operation(
        "Send a message and follow the answer",
        body=schemas.NewMessage,
        query=schemas.OneMessageQuery,
        answers={200: None},
        errors=(400, 404, 409, 413),
        media_type="text/event-stream",
    )
    async def post(
        self, conversation_id: str, body: schemas.NewMessage, query: schemas.OneMessageQuery
    ) -> None:
        """Starts a turn, or joins the one that the same message started before."""
        conversation = self.conversation(conversation_id)
        check_content(body.content)
        if body.client_message_id is not None:
            known = turns.by_client_message(self.services.database, conversation_id, body.client_message_id)
            if known is not None:
                await self.follow(conversation_id, known.first_seq, ends_with_turn=True, render=query.render)
                return
        command = await self._command(conversation, body)
        accepted = await self.services.actors.ask_conversation(conversation_id, command)
        if isinstance(accepted, told.Queued):
            await self.follow_queued(conversation_id, accepted.reply, query.render)
            return
        await self.follow(conversation_id, accepted.first_seq, ends_with_turn=True, render=query.render)

    async def _command(self, conversation: Conversation, body: schemas.NewMessage) -> told.SendMessage:
        """What is asked of the conversation. Raises what is wrong with what the message names."""
        services, client_message_id = self.services, body.client_message_id
        if client_message_id is not None and queue.has(services.database, conversation.id, client_message_id):
            # It was looked at when it came first; what it names may be gone by now.
            return told.SendMessage(body.content, client_message_id, "queue")
        fork = find_fork(services, conversation.id, body.parent_id) if body.parent_id else None
        named = body.mentions
        mentions = await self.in_searcher(checked, services, conversation, named) if named else None
        attachments = encoded_attachments(services, body.attachments or ())
        return told.SendMessage(body.content, client_message_id, body.when_busy, mentions, attachments, fork)


class StreamHandler(EventStreamHandler):
    """`/api/chat/conversations/{id}/stream`."""

    @operation(
        "Follow a conversation",
        query=schemas.StreamQuery,
        answers={200: None},
        errors=(400, 404),
        media_type="text/event-stream",
    )
    async def get(self, conversation_id: str, query: schemas.StreamQuery) -> None:
        """Replays what was missed, then goes live; without a place, from the start of the running turn."""
        self.conversation(conversation_id)
        after = start_in_conversation(self.services, conversation_id, self.last_event_id(query.after))
        await self.follow(conversation_id, after, ends_with_turn=False, render=query.render)


class CancelHandler(ApiHandler):
    """`/api/chat/conversations/{id}/cancel`."""

    @operation("Stop the running turn", answers={202: None}, errors=(404, 409))
    async def post(self, conversation_id: str) -> None:
        """Stops the model and the tools; what there is so far is kept."""
        self.conversation(conversation_id)
        await self.services.actors.ask_conversation(conversation_id, told.CancelTurn())
        self.set_status(202)
        self.finish()


class QueueHandler(ApiHandler):
    """`/api/chat/conversations/{id}/queue`."""

    @operation("List the waiting messages", answers={200: list[schemas.QueuedMessage]}, errors=(404,))
    async def get(self, conversation_id: str) -> None:
        """The messages that wait for the running turn to end, the next one first."""
        self.conversation(conversation_id)
        waiting = await self.services.actors.ask_conversation(conversation_id, told.ListQueued())
        self.answer([presenters.queued(message) for message in waiting])


class QueuedHandler(ApiHandler):
    """`/api/chat/conversations/{id}/queue/{message}`."""

    @operation("Get a waiting message", answers={200: schemas.QueuedMessage}, errors=(404,))
    async def get(self, conversation_id: str, message_id: str) -> None:
        """One message that waits."""
        self.conversation(conversation_id)
        waiting = await self.services.actors.ask_conversation(conversation_id, told.ListQueued())
        found = [message for message in waiting if message.id == message_id]
        if not found:
            raise ApiError(404, "not_queued", "This message does not wait: it was sent or removed.")
        self.answer(presenters.queued(found[0]))

    @operation(
        "Change a waiting message",
        body=schemas.QueuedChanges,
        answers={200: schemas.QueuedMessage},
        errors=(400, 404, 413),
    )
    async def patch(self, conversation_id: str, message_id: str, body: schemas.QueuedChanges) -> None:
        """Gives it another text."""
        conversation = self.conversation(conversation_id)
        check_content(body.content)
        mentions: str | None = None
        if isinstance(body.mentions, list):
            mentions = await self.in_searcher(checked, self.services, conversation, body.mentions) or "[]"
        command = told.EditQueued(message_id, body.content, mentions)
        changed = await self.services.actors.ask_conversation(conversation_id, command)
        self.answer(presenters.queued(changed))

    @operation("Take a waiting message back", answers={204: None}, errors=(404,))
    async def delete(self, conversation_id: str, message_id: str) -> None:
        """What was removed is never sent."""
        self.conversation(conversation_id)
        await self.services.actors.ask_conversation(conversation_id, told.RemoveQueued(message_id))
        self.answer_nothing()


def check_content(content: str) -> None:
    """Raises ApiError 400 where a message has no text or too much."""
    if not content.strip():
        raise invalid("The message has no text.", "empty_content")
    if len(content.encode()) > schemas.MAX_CONTENT_BYTES:
        raise invalid("The message is larger than 1 MB. Put the text into a file.", "content_too_large")
