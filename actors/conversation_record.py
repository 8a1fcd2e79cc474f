"""A conversation's own row and the end of its branch, as its actor knows them. Changes in, statements out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from actors.messages import Accepted, Fork
from actors.titles import title_of
from actors.turn_rows import UserText, first_rows
from storage import branches, conversations
from storage.ids import new_id
from storage.records import Branch, Conversation
from storage.statements import Scalar, Statement


class ConversationRecord:
    """The row, and the message that the next one follows.

    Args:
        row: as it is in the store.
        last_message_id: the last message of a person or an agent that the branch shows.
    """

    def __init__(self, row: Conversation, last_message_id: str | None) -> None:
        self.row = row
        self._last_message_id = last_message_id

    def change(self, changes: Mapping[str, Scalar], at: int) -> Statement:
        """Changes some columns."""
        given: dict[str, Any] = dict(changes)
        self.row = replace(self.row, **given)
        return conversations.update(self.row.id, given, at)

    def switch(self, branch_id: str, last_message_id: str | None, at: int) -> Statement:
        """Goes on with another branch."""
        self._last_message_id = last_message_id
        return self.change({"branch_id": branch_id}, at)

    def is_at(self, fork: Fork | None) -> bool:
        """Whether the current branch ends where this fork would leave: then it just goes on."""
        return fork is not None and fork.parent_id == self._last_message_id

    def fork(self, fork: Fork, at: int) -> tuple[Statement, ...]:
        """Goes on with a new branch; what the old one shows stays."""
        branch = Branch(new_id(), self.row.id, fork.branch_id, fork.pk, at)
        return branches.insert(branch), self.switch(branch.id, fork.parent_id, at)

    def start_turn(self, accepted: Accepted, text: UserText, at: int) -> tuple[Statement, ...]:
        """The rows of a turn, and what of the conversation changes with it."""
        rows = first_rows(accepted, self.row, text, self._last_message_id, at)
        changes: dict[str, Scalar] = {
            "preview": conversations.preview_of(text.content),
            "session_id": self.row.session_id or new_id(),
            "title": self.row.title if self.row.title is not None else title_of(text.content),
        }
        self._last_message_id = accepted.assistant_message_id
        return (*rows, self.change(changes, at))
