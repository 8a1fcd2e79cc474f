"""Documents: lists, search, parts of a text, and how long they stay."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from storage import conversations, documents, projects
from storage.database import Database
from storage.records import Conversation, Document, DocumentOrigin, Project
from tests.storage.conftest import a_conversation

DOCUMENT = Document(
    "d", "report.pdf", "application/pdf", 9, "ab" * 32, "upload", None, "ready", None, None, None, 1, 1
)


def left(database: Database) -> set[str]:
    return documents.ids(database)


def test_what_is_written_comes_back(database: Database) -> None:
    image = replace(DOCUMENT, id="i", origin="tool", problem="only the first frame", width=3, height=4)
    database.write(*documents.insert(DOCUMENT, "text"), *documents.insert(image, None))
    assert documents.get(database, "d") == DOCUMENT
    assert documents.get(database, "i") == image
    assert documents.get(database, "x") is None
    assert documents.known(database, ["i", "x", "i"]) == {"i": image}
    assert documents.of_tool(database, DOCUMENT.sha256) == image
    assert documents.of_tool(database, "00") is None


@pytest.mark.parametrize(
    ("offset", "limit", "part", "following"),
    [(0, 3, "añ🙂", 3), (3, 3, "漢z", None), (5, 3, "", None), (99, 3, "", None), (0, 0, "", 0)],
)
def test_a_text_is_read_in_parts_of_whole_characters(
    database: Database, offset: int, limit: int, part: str, following: int | None
) -> None:
    database.write(*documents.insert(DOCUMENT, "añ🙂漢z"))
    found = documents.text(database, "d", offset=offset, limit=limit)
    assert found is not None
    assert (found.text, found.total, found.next_offset) == (part, 5, following)


def test_no_text_is_not_an_empty_text(database: Database) -> None:
    database.write(*documents.insert(DOCUMENT, None), *documents.insert(replace(DOCUMENT, id="e"), ""))
    assert documents.text(database, "d", limit=9) is None
    assert documents.text(database, "e", limit=9) == documents.TextPart("", 0, 0)


def test_documents_have_pages(database: Database) -> None:
    rows = [replace(DOCUMENT, id=f"d{n}", updated_at=n // 2) for n in range(9)]
    database.write(*(one for row in rows for one in documents.insert(row, None)))
    first = documents.page(database, limit=4)
    second = documents.page(database, limit=9, before=(first[-1].updated_at, first[-1].id))
    assert [one.id for one in first + second] == [f"d{n}" for n in range(8, -1, -1)]


def test_documents_are_found_by_name_text_and_project(database: Database) -> None:
    database.write(
        projects.insert(Project("p", "Name", None, None, "active", 1, 1)),
        *documents.insert(DOCUMENT, "quarterly figures"),
        *documents.insert(replace(DOCUMENT, id="n", name="Notes über 50%.md", project_id="p"), "nothing"),
    )
    found = [
        [one.id for one in documents.page(database, limit=9, query=words)]
        for words in ("report", "FIGUR", "uber notes", "report notes", '"', "*")
    ]
    assert found == [["d"], ["d"], ["n"], [], [], []]
    assert [one.id for one in documents.page(database, limit=9, project_id="p")] == ["n"]
    database.write(documents.delete("d"))
    assert documents.page(database, limit=9, query="figures") == []


@pytest.mark.parametrize(
    ("origin", "project_id", "stays"),
    [("upload", None, False), ("tool", None, False), ("upload", "p", True), ("tool", "p", False)],
)
def test_a_document_goes_with_the_last_conversation_unless_a_project_holds_it(
    database: Database, origin: DocumentOrigin, project_id: str | None, stays: bool
) -> None:
    one, other = a_conversation(), a_conversation()
    database.write(
        projects.insert(Project("p", "Name", None, None, "active", 1, 1)),
        conversations.insert(one),
        conversations.insert(other),
        *documents.insert(replace(DOCUMENT, origin=origin, project_id=project_id), None),
        *documents.insert(replace(DOCUMENT, id="unused"), None),
        documents.link(one.id, '["d"]', "m1"),
        documents.link(one.id, '["d"]', "m2"),
        documents.link(other.id, '["d"]', "m3"),
    )
    database.write(conversations.delete(one.id))
    assert left(database) == {"d", "unused"}
    assert documents.removed(database) == []
    database.write(conversations.delete(other.id))
    assert left(database) == ({"d", "unused"} if stays else {"unused"})
    assert documents.removed(database) == ([] if stays else ["d"])


def test_a_deleted_document_leaves_a_note_for_its_files(
    database: Database, conversation: Conversation
) -> None:
    database.write(*documents.insert(DOCUMENT, "text"), documents.link(conversation.id, '["d"]', "m"))
    database.write(documents.delete("d"))
    assert documents.removed(database) == ["d"]
    assert database.rows("SELECT * FROM conversation_documents") == []
    database.write(documents.forget_removed("d"))
    assert documents.removed(database) == []


def test_a_link_to_what_is_gone_is_no_error(database: Database, conversation: Conversation) -> None:
    database.write(
        documents.link(conversation.id, '["gone"]', "m"),
        *documents.insert(DOCUMENT, None),
        documents.link("gone", '["d"]', "m"),
        documents.link(conversation.id, '["d"]', "m"),
        documents.link(conversation.id, '["d"]', "m"),
    )
    assert database.rows("SELECT conversation_id, document_id, message_id FROM conversation_documents") == [
        (conversation.id, "d", "m")
    ]
