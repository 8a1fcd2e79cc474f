"""What the model is given to know of a conversation, and how that is made smaller."""

from __future__ import annotations

from actors import messages as told
from daemon.errors import invalid
from daemon.handlers.branches import current_path
from daemon.handlers.event_stream import EventStreamHandler
from daemon.operations import operation
from storage import messages


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
        path = current_path(self.services, conversation_id)
        if messages.last(self.services.database, conversation_id, path) is None:
            raise invalid(
                "There is nothing to summarise yet: write with the agent first.", "nothing_to_compact"
            )
        accepted = await self.services.actors.ask_conversation(conversation_id, told.CompactConversation())
        await self.follow(conversation_id, accepted.first_seq, ends_with_turn=True)
