"""Full-text search over messages. What a person types is words to find, never FTS5 syntax."""

from __future__ import annotations

from storage.database import Database
from storage.records import SearchHit

RANKED_MATCHES = 1000
"""Fewer matches are ranked. Of more, the newest come: a word that so many messages hold tells nothing about one of
them, and bm25 would read all of them."""

MAX_WORDS = 20
SPELLED_WORDS = 100
"""A beginning of so many words at the most is spelled out."""

WORDS_TABLE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.message_words USING fts5vocab (main, messages_fts, instance)"
)
WORDS_BEGINNING = """
WITH RECURSIVE words (word) AS (
    SELECT ?1
    UNION ALL
    SELECT (SELECT term FROM temp.message_words WHERE term >= words.word || char(1) AND term < ?1 || char(0x10ffff))
    FROM words WHERE word IS NOT NULL
)
SELECT word FROM words WHERE word IS NOT NULL LIMIT ?2
"""
"""A beginning, and the words of the index that go on after it. Each step looks for the next word, not for all places of one."""

HITS = """
SELECT m.conversation_id, m.id, c.title, snippet(messages_fts, 0, ?3, ?4, '…', ?5), m.created_at
FROM messages_fts JOIN messages m ON m.pk = messages_fts.rowid JOIN conversations c ON c.id = m.conversation_id
WHERE messages_fts MATCH ?1
"""
IF_COMMON = f"""AND EXISTS (
    SELECT 1 FROM messages_fts WHERE messages_fts MATCH ?1 ORDER BY rowid DESC LIMIT 1 OFFSET {RANKED_MATCHES - 1}
)
"""

OPEN_MARK, CLOSE_MARK = "\ue000", "\ue001"
"""Stand-ins for the marks from the private use area, so that a message's own `<mark>` is told apart."""


def match_expression(query: str) -> str | None:
    """The FTS5 expression that finds all words of a query, the last one also as a beginning of a word.

    None where the query holds no word.
    """
    words = _words(query)
    return " ".join(f'"{word}"' for word in words) + "*" if words else None


def message_expression(database: Database, query: str) -> str | None:
    """An expression that finds the same in messages, the newest of them at once where that can be had.

    FTS5 merges all messages of a beginning before it gives the first; of words that are spelled out it gives one after
    the other.
    """
    *others, last = _words(query) or [""]
    # How the index folds other letters is known to its tokenizer alone.
    if not (last.isascii() and last.isalnum()):
        return match_expression(query)
    database.rows(WORDS_TABLE)
    spelled = database.rows(WORDS_BEGINNING, (last.lower(), SPELLED_WORDS + 1))
    if len(spelled) > SPELLED_WORDS:
        return match_expression(query)
    ways = " OR ".join(f'"{word}"' for (word,) in spelled)
    return " AND ".join([*(f'"{word}"' for word in others), f"({ways})"])


def messages(database: Database, query: str, limit: int, *, words: int = 16) -> list[SearchHit]:
    """The messages that hold all words of the query: the best first where few do, else the newest.

    `words`, at most 64, is the length of a snippet.
    """
    ranked, by_time = match_expression(query), message_expression(database, query)
    if ranked is None or by_time is None:
        return []
    marks = (OPEN_MARK, CLOSE_MARK, words)
    rows = database.rows(
        f"{HITS} {IF_COMMON} ORDER BY messages_fts.rowid DESC LIMIT ?2", (by_time, limit, *marks)
    ) or database.rows(f"{HITS} ORDER BY rank LIMIT ?2", (ranked, limit, *marks))
    return [SearchHit(row[0], row[1], row[2], _marked(row[3]), row[4]) for row in rows]


def _words(query: str) -> list[str]:
    """The words, cut where the tokenizer of the index cuts them, but for `_`."""
    words = "".join(char if char.isalnum() or char == "_" else " " for char in query).split()
    return [word for word in words if word.strip("_")][:MAX_WORDS]


def _marked(snippet: str) -> str:
    """The snippet as HTML text: everything escaped but the marks."""
    escaped = snippet.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace(OPEN_MARK, "<mark>").replace(CLOSE_MARK, "</mark>")
