"""SearchConversations, ReadDocument: what was said before, and what the person has put here to be read."""

from __future__ import annotations

import html
import re
from typing import Annotated, ClassVar

from msgspec import Meta

from actors.tools.base import EntityRef, Text, ToolContext, ToolError, ToolInput, ToolResult, Workspace
from actors.tools.store_tool import StoreReader, answer, shortened
from actors.tools.summaries import one_line
from storage import documents, search
from storage.records import Document, SearchHit
from storage.times import to_iso

SNIPPET_WORDS = 60
MAX_TITLE = 100
LISTED_DOCUMENTS = 20
MAX_PART = 20_000

_MARK = re.compile(r"</?mark>")


class SearchConversationsInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to look for."""

    query: Annotated[
        str, Meta(min_length=1, max_length=500, description="Words that must all be in one message.")
    ]
    limit: Annotated[int, Meta(ge=1, le=50, description="How many messages at the most.")] = 10


class SearchConversations(StoreReader[SearchConversationsInput]):
    """Finds messages in all conversations."""

    name: ClassVar[str] = "SearchConversations"
    description: ClassVar[str] = (
        "Finds messages of all conversations with the person, earlier ones too, by their words. Each hit says"
        " from which conversation and from when it is, with the words around the match."
    )
    input_type = SearchConversationsInput

    def summary(self, tool_input: SearchConversationsInput, workspace: Workspace) -> str:  # noqa: ARG002
        """The words."""
        return one_line(tool_input.query)

    async def run(self, tool_input: SearchConversationsInput, context: ToolContext) -> ToolResult:
        """A paragraph for each hit."""
        hits = await context.store.read(
            search.messages, tool_input.query, tool_input.limit, words=SNIPPET_WORDS
        )
        refs = {
            hit.conversation_id: EntityRef("conversation", hit.conversation_id, _title(hit)) for hit in hits
        }
        lines = [
            _hit_lines(hit, is_here=hit.conversation_id == context.store.conversation_id) for hit in hits
        ]
        return answer(lines, list(refs.values()), "No message holds all of these words.")


class ReadDocumentInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of which document."""

    document_id: Annotated[str, Meta(min_length=1, max_length=200, description="The document's id.")]
    offset: Annotated[int, Meta(ge=0, le=2**53, description="How many characters to leave out.")] = 0
    limit: Annotated[int, Meta(ge=1, le=MAX_PART, description="How many characters to read.")] = 8_000


class ReadDocument(StoreReader[ReadDocumentInput]):
    """Reads the text of a document."""

    name: ClassVar[str] = "ReadDocument"
    description: ClassVar[str] = (
        "Reads the text of a document that the person has uploaded or mentioned, in parts. Files in the working"
        " directory are no documents: use Read for them."
    )
    input_type = ReadDocumentInput

    def summary(self, tool_input: ReadDocumentInput, workspace: Workspace) -> str:  # noqa: ARG002
        """Which one."""
        place = f" from {tool_input.offset:,}" if tool_input.offset else ""
        return one_line(f"{tool_input.document_id}{place}")

    async def run(self, tool_input: ReadDocumentInput, context: ToolContext) -> ToolResult:
        """The part, and where it goes on."""
        document = await context.store.read(documents.get, tool_input.document_id)
        if document is None:
            newest = await context.store.read(documents.page, limit=LISTED_DOCUMENTS)
            raise ToolError(_unknown(tool_input.document_id, newest))
        part = await context.store.read(
            documents.text, document.id, offset=tool_input.offset, limit=tool_input.limit
        )
        if part is None:
            raise ToolError(
                f"{document.name} ({document.media_type}) has no text. {document.problem or ''}".rstrip()
            )
        end = part.offset + len(part.text)
        head = f"{document.name} ({document.media_type}), characters {part.offset:,} to {end:,} of {part.total:,}"
        more = f"\n\nRead on with offset {part.next_offset}." if part.next_offset is not None else ""
        text = f"{head}:\n\n{part.text}{more}"
        return ToolResult((Text(text),), entities=(EntityRef("document", document.id, document.name),))


def _title(hit: SearchHit) -> str:
    return shortened(hit.title, MAX_TITLE) or "Untitled"


def _hit_lines(hit: SearchHit, *, is_here: bool) -> str:
    where = "this conversation" if is_here else f"conversation {hit.conversation_id}"
    words = " ".join(html.unescape(_MARK.sub("", hit.snippet)).split())
    return f"- {_title(hit)} ({where}, {to_iso(hit.created_at)}):\n  {words}"


def _unknown(document_id: str, newest: list[Document]) -> str:
    names = ", ".join(f"{one.name} (id {one.id})" for one in newest)
    return f"There is no document {document_id}. " + (
        f"The newest are: {names}." if names else "There are none."
    )
