"""How much waits in the store, in numbers for `/metrics`; cheap, since partial indexes count it."""

from __future__ import annotations

import msgspec

from storage.database import Database


class Waiting(msgspec.Struct, frozen=True):
    """What waits.

    Attributes:
        oldest_request_at: in milliseconds since the epoch; None where none is open.
    """

    open_requests: int
    oldest_request_at: int | None
    queued_messages: int


def waiting(database: Database) -> Waiting:
    """What waits for a person or an agent."""
    requests = database.rows(
        "SELECT count(*), min(created_at) FROM messages WHERE role = 'system' AND status = 'pending'"
    )
    queued = database.rows("SELECT count(*) FROM queued_messages")
    return Waiting(requests[0][0], requests[0][1], queued[0][0])
