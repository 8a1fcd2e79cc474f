"""Full-text search over messages. What a person types is words to find, never FTS5 syntax."""

from __future__ import annotations

from storage.database import Database
from storage.records import SearchHit

RANKED_MATCHES = 1000
"""Only so many of the newest matches are ranked: bm25 over all messages with a common word takes a second."""

MAX_WORDS = 20
OPEN_MARK, CLOSE_MARK = "\ue000", "\ue001"
"""Stand-ins for the marks from the private use area, so that a message's own `<mark>` is told apart."""


def match_expression(query: str) -> str | None:
    """The FTS5 expression that finds all words of a query, the last one also as a beginning of a word.

    None where the query holds no word.
    """
    words = ["".join(char for char in word if char.isalnum() or char == "_") for word in _tokens(query)]
    words = [word for word in words if word][:MAX_WORDS]
    if not words:
        return None
    return " ".join(f'"{word}"' for word in words) + "*"


def messages(database: Database, query: str, limit: int, *, words: int = 16) -> list[SearchHit]:
    """The messages that hold all words of the query, best first among the newest matches.

    `words`, at most 64, is the length of a snippet.
    """
    expression = match_expression(query)
    if expression is None:
        return []
    rows = database.rows(
        "WITH newest AS (SELECT rowid AS pk FROM messages_fts WHERE messages_fts MATCH ?1 "
        "ORDER BY rowid DESC LIMIT ?2) "
        "SELECT m.conversation_id, m.id, c.title, "
        "snippet(messages_fts, 0, ?4, ?5, '…', ?6), m.created_at "
        "FROM messages_fts JOIN messages m ON m.pk = messages_fts.rowid "
        "JOIN conversations c ON c.id = m.conversation_id "
        "WHERE messages_fts MATCH ?1 AND messages_fts.rowid >= (SELECT min(pk) FROM newest) "
        "ORDER BY rank LIMIT ?3",
        (expression, RANKED_MATCHES, limit, OPEN_MARK, CLOSE_MARK, words),
    )
    return [SearchHit(row[0], row[1], row[2], _marked(row[3]), row[4]) for row in rows]


def _tokens(query: str) -> list[str]:
    """The words, cut where the tokenizer of the index cuts them."""
    return "".join(char if char.isalnum() or char == "_" else " " for char in query).split()


def _marked(snippet: str) -> str:
    """The snippet as HTML text: everything escaped but the marks."""
    escaped = snippet.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace(OPEN_MARK, "<mark>").replace(CLOSE_MARK, "</mark>")
