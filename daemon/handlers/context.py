"""What the model is given to know of a conversation, and how that is made smaller."""

from __future__ import annotations

from actors import messages as told
from actors.context.report import ContextReport
from daemon import schemas
from daemon.errors import invalid
from daemon.handlers.base import ApiHandler
from daemon.handlers.event_stream import EventStreamHandler
from daemon.operations import operation
from daemon.services import options_of
from storage import branches, messages


class ContextHandler(ApiHandler):
    """`/api/chat/conversations/{id}/context`."""

    @operation("See what the model is given to know", answers={200: schemas.Context}, errors=(404,))
    async def get(self, conversation_id: str) -> None:
        """The parts of the context and their sizes, for the next turn of the current branch."""
        record = self.conversation(conversation_id)
        options = options_of(self.services.settings.current, self.services.data_dir)
        self.answer(presented(await self.services.actors.context(record, options)))


class CompactHandler(EventStreamHandler):
    """`/api/chat/conversations/{id}/compact`."""

    @operation(
        "Summarise the conversation for the model",
        answers={200: None},
        errors=(400, 404, 409),
        media_type="text/event-stream",
    )
    async def post(self, conversation_id: str) -> None:
        """Puts a summary in place of what the model is given of the branch so far; people still see all of it."""
        record = self.conversation(conversation_id)
        if record.runtime_id == "offline":
            raise invalid(
                "The offline tools are no language model: there is nothing to summarise with. Choose a model for "
                "this conversation first.",
                "cannot_compact",
            )
        database = self.services.database
        path = branches.path(database, conversation_id, record.branch_id)
        if messages.last(database, conversation_id, path) is None:
            raise invalid(
                "There is nothing to summarise yet: write with the agent first.", "nothing_to_compact"
            )
        accepted = await self.services.actors.ask_conversation(conversation_id, told.CompactConversation())
        await self.follow(conversation_id, accepted.first_seq, ends_with_turn=True)


def presented(found: ContextReport) -> schemas.Context:
    """The report as the API shows it."""
    return schemas.Context(
        window_tokens=found.budget.window,
        answer_tokens=found.budget.answer,
        compact_at_tokens=found.budget.limit,
        used_tokens=found.used,
        reported_tokens=found.reported,
        parts=[
            schemas.ContextPart(name=part.name, tokens=part.tokens, budget_tokens=part.budget)
            for part in found.parts
        ],
        problems=list(found.problems),
    )
