"""The feed of all conversations."""

from __future__ import annotations

from daemon import schemas
from daemon.feed import FEED
from daemon.handlers.event_stream import EventStreamHandler, start_in_feed
from daemon.operations import operation


class EventsHandler(EventStreamHandler):
    """`/api/events`."""

    @operation(
        "Follow all conversations",
        query=schemas.StreamQuery,
        answers={200: None},
        errors=(400,),
        media_type="text/event-stream",
    )
    async def get(self, query: schemas.StreamQuery) -> None:
        """What changes from now on, or after an event; `reset` says that lists must be read again."""
        after = start_in_feed(self.services, self.last_event_id(query.after))
        await self.follow(FEED, after, ends_with_turn=False)
