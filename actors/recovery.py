"""What a crash left behind: turns that were running are interrupted, their open requests and tasks are over.

Runs once, before the actors start.
"""

from __future__ import annotations

import json
import logging

from actors.event_encoding import encode
from actors.events import Event, InterruptedEvent, RequestResolvedEvent
from storage import conversations, events, messages, tasks, turns
from storage.database import Database
from storage.records import EventRow, Message, Turn
from storage.statements import Statement
from storage.times import now_ms

logger = logging.getLogger(__name__)

LOST_EVENTS = 100_000
"""The numbering goes on so far behind the last stored event.

The last moments before a crash were sent but not stored. A client that has seen them asks for what comes after
them; were their numbers given out again, it would miss that.
"""


def recover(database: Database) -> int:
    """Ends the turns that a crash cut off; how many there were.

    Raises:
        StorageError: the database cannot be written.
    """
    cut_off = turns.running(database)
    requests = messages.open_requests(database)
    for turn in cut_off:
        own = [request for request in requests if request.turn_id == turn.id]
        database.write(*_end(database, turn, own))
    orphans = [request for request in requests if request.turn_id not in {turn.id for turn in cut_off}]
    if orphans:
        at = now_ms()
        database.write(*(_expire(request, at) for request in orphans))
    database.write(tasks.end_lost_runs(now_ms()))
    if cut_off:
        logger.warning("%d turns were cut off when the daemon last ended", len(cut_off))
    return len(cut_off)


def _end(database: Database, turn: Turn, requests: list[Message]) -> list[Statement]:
    at = now_ms()
    seq = max(events.last_seq(database, turn.conversation_id), turn.first_seq) + LOST_EVENTS
    statements: list[Statement] = []
    told: list[Event] = []
    for request in requests:
        statements.append(_expire(request, at))
        told.append(
            RequestResolvedEvent(
                turn_id=turn.id,
                message_id=request.id,
                request_id=request.id,
                decision="shutdown",
                outcome="expired",
            )
        )
    told.append(InterruptedEvent(turn_id=turn.id, message_id=turn.assistant_message_id, reason="restart"))
    for event in told:
        row = EventRow(seq, seq, is_run=False, payload=encode(event))
        statements.append(events.insert(turn.conversation_id, turn.id, row))
        seq += 1
    statements.append(messages.finish(turn.assistant_message_id, "interrupted", None, at))
    statements.append(turns.end(turn.id, "interrupted", seq - 1, at))
    statements.append(
        conversations.update(turn.conversation_id, {"last_outcome": "interrupted", "is_unread": True}, at)
    )
    return statements


def _expire(request: Message, at: int) -> Statement:
    metadata = json.loads(request.metadata or "{}")
    metadata.update(outcome="expired", decision="shutdown")
    text = json.dumps(metadata, ensure_ascii=False, separators=(",", ":"))
    return messages.finish(request.id, "error", text, at)
