"""Find in a conversation: what is written, thought and done with tools, on one branch, in order."""

from __future__ import annotations

import json

import pytest

from storage import branches, finding, messages
from storage.branches import MAIN_PATH
from storage.database import Database
from storage.finding import Found
from storage.ids import new_id
from storage.records import Branch, Conversation, Message


def a_message(conversation: Conversation, content: str, role: str = "user", **fields: object) -> Message:
    """A row; `metadata` is given as a value."""
    metadata = fields.pop("metadata", None)
    kept = json.dumps(metadata, ensure_ascii=False) if metadata is not None else None
    return Message(
        new_id(), conversation.id, None, role, content, "complete", kept, 1, 1, **fields  # type: ignore[arg-type]
    )  # fmt: skip


def test_all_places_count(database: Database, conversation: Conversation) -> None:
    call = {
        "toolName": "Bash",
        "summary": "make",
        "toolInput": {"command": 'echo "Größe"', "n": 7},
        "output": "ok",
    }
    thought = {"offset": 0, "callsBefore": 0, "text": "die größe fehlt"}
    rows = [
        a_message(conversation, "Größe? größe!"),
        a_message(
            conversation,
            "GRÖSSE is GRÖßE",
            "assistant",
            metadata={"toolCalls": [call, call], "thinking": [thought]},
        ),
        a_message(conversation, "the größe of a request", "system"),
        a_message(conversation, "nothing"),
    ]
    database.write(*(messages.insert(row) for row in rows))
    find = lambda text: finding.find(database, conversation.id, MAIN_PATH, text)  # noqa: E731
    assert find(" Größe ") == [Found(rows[0].id, 2), Found(rows[1].id, 4)]
    assert find('"grö') == [Found(rows[1].id, 2)]
    assert find("toolInput") == []  # the names of fields are no text
    assert find("7") == [Found(rows[1].id, 2)]
    assert find("  ") == []


@pytest.mark.parametrize("wanted", ["%", "_", "\\", "*", '"'])
def test_what_is_typed_is_no_pattern(database: Database, conversation: Conversation, wanted: str) -> None:
    plain, with_it = a_message(conversation, "plain"), a_message(conversation, f"a{wanted}b")
    database.write(messages.insert(plain), messages.insert(with_it))
    assert finding.find(database, conversation.id, MAIN_PATH, wanted) == [Found(with_it.id, 1)]


def test_another_branch_is_another_text(database: Database, conversation: Conversation) -> None:
    first, old = a_message(conversation, "needle one"), a_message(conversation, "needle two")
    database.write(messages.insert(first), messages.insert(old))
    branch = Branch(
        new_id(), conversation.id, "main", messages.position(database, conversation.id, first.id), 1
    )
    new = a_message(conversation, "needle three", branch_id=branch.id)
    database.write(branches.insert(branch), messages.insert(new))
    path = branches.path(database, conversation.id, branch.id)
    found = finding.find(database, conversation.id, path, "needle")
    assert [one.message_id for one in found] == [first.id, new.id]


def test_it_is_read_in_pieces(
    database: Database, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "READ_AT_ONCE", 3)
    rows = [a_message(conversation, f"needle {number}") for number in range(8)]
    database.write(*(messages.insert(row) for row in rows))
    found = finding.find(database, conversation.id, MAIN_PATH, "NEEDLE")
    assert [one.message_id for one in found] == [row.id for row in rows]
