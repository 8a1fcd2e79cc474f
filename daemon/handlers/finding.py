"""Find in conversation: which messages hold a text, so that a client can go to them without reading all."""

from __future__ import annotations

from daemon import schemas
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from storage import branches, finding


class FindHandler(ApiHandler):
    """`/api/chat/conversations/{id}/find`."""

    @operation(
        "Find a text in a conversation",
        query=schemas.FindQuery,
        answers={200: list[schemas.FoundMessage]},
        errors=(400, 404),
    )
    async def get(self, conversation_id: str, query: schemas.FindQuery) -> None:
        """The messages in which it stands, oldest first."""
        current = self.conversation(conversation_id)
        database = self.services.database
        path = branches.path(database, conversation_id, query.branch or current.branch_id)
        found = await self.in_searcher(finding.find, database, conversation_id, path, query.q)
        self.answer([schemas.FoundMessage(message_id=one.message_id, count=one.count) for one in found])
