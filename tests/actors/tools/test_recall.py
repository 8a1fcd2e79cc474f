"""Earlier conversations and documents as the agent finds and reads them."""

from __future__ import annotations

from actors.tools.base import EntityRef
from actors.tools.recall import MAX_PART, ReadDocument, SearchConversations
from storage import conversations, documents, messages
from storage.database import Database
from storage.ids import new_id
from storage.records import Conversation, Document, Message
from tests.actors.tools.context import RealContext

REPORT = Document(
    "d", "report.pdf", "application/pdf", 9, "ab", "upload", None, "ready", None, None, None, 1, 1
)


def said(conversation: Conversation, text: str) -> Message:
    return Message(new_id(), conversation.id, None, "user", text, "complete", None, 1_000, 1_000)


def test_a_hit_says_where_it_is_from(context: RealContext, database: Database, here: Conversation) -> None:
    other = conversations.blank("offline", 1, title="Last week & before")
    untitled = conversations.blank("offline", 1)
    database.write(
        conversations.insert(other),
        conversations.insert(untitled),
        messages.insert(said(here, "hinges and oil")),
        messages.insert(said(other, "the <b>hinges</b>\nneed oil" + " filler" * 200)),
        messages.insert(said(untitled, "more oil on hinges")),
    )
    result = context.run(SearchConversations(), query="hinges oil")
    assert "- About doors (this conversation, 1970-01-01T00:00:01.000Z):\n  hinges and oil" in result.text
    assert f"- Last week & before (conversation {other.id}, " in result.text
    assert "the <b>hinges</b> need oil" in result.text
    assert f"- Untitled (conversation {untitled.id}, " in result.text
    assert result.text.count("filler") < 70
    assert set(result.entities) == {
        EntityRef("conversation", here.id, "About doors"),
        EntityRef("conversation", other.id, "Last week & before"),
        EntityRef("conversation", untitled.id, "Untitled"),
    }
    assert context.run(SearchConversations(), query="hinges oil", limit=1).text.count("- ") == 1
    assert context.run(SearchConversations(), query="windows").text == "No message holds all of these words."
    assert context.run(SearchConversations(), query='"* (').entities == ()


def test_a_document_is_read_in_parts(context: RealContext, database: Database) -> None:
    database.write(*documents.insert(REPORT, "abcdefghij"))
    first = context.run(ReadDocument(), document_id="d", limit=4)
    assert first.text == (
        "report.pdf (application/pdf), characters 0 to 4 of 10:\n\nabcd\n\nRead on with offset 4."
    )
    assert first.entities == (EntityRef("document", "d", "report.pdf"),)
    last = context.run(ReadDocument(), document_id="d", offset=4)
    assert last.text == "report.pdf (application/pdf), characters 4 to 10 of 10:\n\nefghij"
    assert f"<= {MAX_PART}" in context.refused(ReadDocument(), document_id="d", limit=MAX_PART + 1)


def test_a_document_that_cannot_be_read_is_named(context: RealContext, database: Database) -> None:
    assert context.refused(ReadDocument(), document_id="x") == "There is no document x. There are none."
    database.write(*documents.insert(REPORT, None))
    assert "The newest are: report.pdf (id d)." in context.refused(ReadDocument(), document_id="x")
    assert context.refused(ReadDocument(), document_id="d") == "report.pdf (application/pdf) has no text."
