"""Documents: what the store knows of files that people uploaded and tools returned. See `document_files` for the files.

A document without a project, and every document of a tool, goes with the last conversation that uses it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from storage.database import Database, Row
from storage.records import Document
from storage.search import match_expression
from storage.statements import Scalar, Statement

COLUMNS = (
    "id, name, media_type, size_bytes, sha256, origin, project_id, state, problem, width, height, "
    "created_at, updated_at"
)
SEARCHED_DOCUMENTS = 10_000
"""A search looks at so many of the newest matching documents."""


class TextPart(msgspec.Struct, frozen=True):
    """A part of a document's text. Places and lengths are in characters (Unicode code points).

    Attributes:
        text: the part; empty behind the end.
        offset: where it begins.
        total: the length of the whole text.
    """

    text: str
    offset: int
    total: int

    @property
    def next_offset(self) -> int | None:
        """Where to read on; None at the end."""
        end = self.offset + len(self.text)
        return end if end < self.total else None


def insert(document: Document, text: str | None) -> tuple[Statement, ...]:
    """Adds a document with the text that was read from it."""
    row = Statement(
        f"INSERT INTO documents ({COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        (
            document.id,
            document.name,
            document.media_type,
            document.size_bytes,
            document.sha256,
            document.origin,
            document.project_id,
            document.state,
            document.problem,
            document.width,
            document.height,
            document.created_at,
            document.updated_at,
        ),
    )
    return row, Statement(
        "INSERT INTO document_texts (document_id, name, text) VALUES (?,?,?)",
        (document.id, document.name, text),
    )


def link(conversation_id: str, document_ids: str, message_id: str) -> Statement:
    """Notes that a message uses documents; nothing happens where one of them is gone.

    Args:
        conversation_id: the message's conversation.
        document_ids: JSON text of a list.
        message_id: the message.
    """
    return Statement(
        "INSERT OR IGNORE INTO conversation_documents (conversation_id, document_id, message_id) "
        "SELECT c.id, d.id, ? FROM conversations c, documents d WHERE c.id = ? "
        "AND d.id IN (SELECT value FROM json_each(?))",
        (message_id, conversation_id, document_ids),
    )


def drop_unused(document_id: str) -> Statement:
    """Removes a document of a tool that no conversation uses."""
    return Statement(
        "DELETE FROM documents WHERE id = ? AND origin = 'tool' "
        "AND NOT EXISTS (SELECT 1 FROM conversation_documents WHERE document_id = documents.id)",
        (document_id,),
    )


def delete(document_id: str) -> Statement:
    """Removes a document; messages that mention it stay. Its files are noted for removal."""
    return Statement("DELETE FROM documents WHERE id = ?", (document_id,))


def removed(database: Database) -> list[str]:
    """The documents that are gone while their files may still be there."""
    return [str(row[0]) for row in database.rows("SELECT id FROM removed_documents")]


def forget_removed(document_id: str) -> Statement:
    """Notes that the files of a removed document are gone too."""
    return Statement("DELETE FROM removed_documents WHERE id = ?", (document_id,))


def get(database: Database, document_id: str) -> Document | None:
    """A document, or None."""
    row = database.row(f"SELECT {COLUMNS} FROM documents WHERE id = ?", (document_id,))
    return Document(*row) if row else None


def known(database: Database, document_ids: Sequence[str]) -> dict[str, Document]:
    """Those of the documents that exist, by id."""
    found = (get(database, document_id) for document_id in dict.fromkeys(document_ids))
    return {document.id: document for document in found if document is not None}


def of_tool(database: Database, sha256: str) -> Document | None:
    """The document that tools returned with this content, or None."""
    row = database.row(
        f"SELECT {COLUMNS} FROM documents WHERE sha256 = ? AND origin = 'tool' ORDER BY pk LIMIT 1", (sha256,)
    )
    return Document(*row) if row else None


def ids(database: Database) -> set[str]:
    """The ids of all documents."""
    return {str(row[0]) for row in database.rows("SELECT id FROM documents")}


def text(database: Database, document_id: str, *, offset: int = 0, limit: int) -> TextPart | None:
    """A part of a document's text; None where there is no such document or it has no text.

    Can take longer than an event loop should wait.

    Args:
        database: where to read.
        document_id: whose text.
        offset: how many characters to leave out.
        limit: how many characters at the most.
    """
    row = database.row(
        "SELECT substr(text, ?, ?), length(text) FROM document_texts "
        "WHERE document_id = ? AND text IS NOT NULL",
        (offset + 1, limit, document_id),
    )
    return TextPart(row[0], offset, row[1]) if row else None


def page(
    database: Database,
    *,
    limit: int,
    project_id: str | None = None,
    query: str | None = None,
    before: tuple[int, str] | None = None,
) -> list[Document]:
    """The newest documents, or those after the one with this `(updated_at, id)`.

    Args:
        database: where to read.
        limit: how many at the most.
        project_id: only those of this project.
        query: only those with these words in their name or text. Such a search can take longer than an
            event loop should wait.
        before: the last row of the page before.
    """
    conditions: list[str] = []
    params: list[Scalar] = []
    if project_id is not None:
        conditions.append("project_id = ?")
        params.append(project_id)
    if before is not None:
        conditions.append("(updated_at, id) < (?, ?)")
        params.extend(before)
    if query is not None:
        expression = match_expression(query)
        if expression is None:
            return []
        conditions.append(
            "id IN (SELECT document_id FROM document_texts WHERE pk IN "
            "(SELECT rowid FROM documents_fts WHERE documents_fts MATCH ? ORDER BY rowid DESC LIMIT ?))"
        )
        params.extend((expression, SEARCHED_DOCUMENTS))
    where = f"WHERE {' AND '.join(conditions)} " if conditions else ""
    rows = database.rows(
        f"SELECT {COLUMNS} FROM documents {where}ORDER BY updated_at DESC, id DESC LIMIT ?", (*params, limit)
    )
    return [_record(row) for row in rows]


def _record(row: Row) -> Document:
    fields: tuple[Any, ...] = row
    return Document(*fields)
