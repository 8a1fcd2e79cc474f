"""Branches: the ways that a conversation went on. A branch shows its own messages and, up to the fork, its parent's.

A message is written after every message that its branch shows before it, so the parts of a branch that come from
its ancestors are ranges of places that follow each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec

from storage.database import Database
from storage.errors import UnknownBranchError
from storage.records import MAIN_BRANCH, Branch, Message
from storage.statements import Statement


class Segment(msgspec.Struct, frozen=True):
    """A part of a branch: the messages written on one branch, within a range of places.

    Attributes:
        after_pk: the place behind which it begins.
        to_pk: the place of its last message; `LAST` where it is open.
    """

    branch_id: str
    after_pk: int
    to_pk: int


LAST = 2**62
"""Behind every place."""

MAIN_PATH = (Segment(MAIN_BRANCH, 0, LAST),)


class Sibling(msgspec.Struct, frozen=True):
    """A message that stands in the same place of the conversation, and the branch that shows it."""

    message_id: str
    branch_id: str


def insert(branch: Branch) -> Statement:
    """Adds a branch."""
    return Statement(
        "INSERT INTO branches (id, conversation_id, parent_id, fork_pk, created_at) VALUES (?,?,?,?,?)",
        (branch.id, branch.conversation_id, branch.parent_id, branch.fork_pk, branch.created_at),
    )


def of_conversation(database: Database, conversation_id: str) -> list[Branch]:
    """The branches of a conversation besides the one that it started with, oldest first."""
    rows = database.rows(
        "SELECT id, conversation_id, parent_id, fork_pk, created_at FROM branches "
        "WHERE conversation_id = ? ORDER BY created_at, id",
        (conversation_id,),
    )
    return [Branch(*row) for row in rows]


def path(database: Database, conversation_id: str, branch_id: str) -> tuple[Segment, ...]:
    """The parts that a branch shows, in order.

    Raises:
        UnknownBranchError: the conversation has no such branch.
    """
    if branch_id == MAIN_BRANCH:
        return MAIN_PATH
    known = {branch.id: branch for branch in of_conversation(database, conversation_id)}
    segments: list[Segment] = []
    to_pk = LAST
    while branch_id != MAIN_BRANCH:
        branch = known.get(branch_id)
        if branch is None:
            raise UnknownBranchError(f"This conversation has no branch {branch_id}.")
        segments.append(Segment(branch_id, branch.fork_pk, to_pk))
        to_pk, branch_id = branch.fork_pk, branch.parent_id
    segments.append(Segment(MAIN_BRANCH, 0, to_pk))
    return tuple(reversed(segments))


def fork_after(database: Database, message: Message) -> int:
    """The place behind which a branch leaves that goes on from a message.

    Requests of a turn stand behind its answer: who goes on from an answer keeps them.
    """
    if message.role == "assistant" and message.turn_id is not None:
        row = database.row(
            "SELECT max(pk) FROM messages WHERE conversation_id = ? AND branch_id = ? AND turn_id = ?",
            (message.conversation_id, message.branch_id, message.turn_id),
        )
    else:
        row = database.row("SELECT pk FROM messages WHERE id = ?", (message.id,))
    return int(row[0]) if row and row[0] is not None else 0


def siblings(
    database: Database, conversation_id: str, shown: Iterable[Message]
) -> dict[str, tuple[Sibling, ...]]:
    """The alternatives of messages, each with itself among them, oldest first; only where there are some."""
    if database.row("SELECT 1 FROM branches WHERE conversation_id = ?", (conversation_id,)) is None:
        return {}
    talk = [message for message in shown if message.role != "system"]
    parents = json.dumps([message.parent_id or "" for message in talk])
    rows = database.rows(
        "SELECT id, branch_id, ifnull(parent_id, ''), role FROM messages WHERE conversation_id = ?1 "
        "AND role IN ('user', 'assistant') AND (parent_id IN (SELECT value FROM json_each(?2)) "
        "OR (parent_id IS NULL AND '' IN (SELECT value FROM json_each(?2)))) ORDER BY pk",
        (conversation_id, parents),
    )
    places: dict[tuple[str, str], list[Sibling]] = {}
    for message_id, branch_id, parent_id, role in rows:
        places.setdefault((parent_id, role), []).append(Sibling(message_id, branch_id))
    found = {message.id: tuple(places.get((message.parent_id or "", message.role), ())) for message in talk}
    return {message_id: alternatives for message_id, alternatives in found.items() if len(alternatives) > 1}
