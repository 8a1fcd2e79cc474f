"""The feed of all conversations."""

from __future__ import annotations

from daemon import schemas
from daemon.feed import FEED
from daemon.handlers.event_stream import EventStreamHandler
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
        after = self.last_event_id(query.after)
        if after is not None and after > self.services.hub.last_seq(FEED):
            after = 0  # from a later time than ours: the clock was set back
        await self.follow(FEED, after, ends_with_turn=False)
