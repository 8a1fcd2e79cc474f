"""Entities: the projects, tasks, documents and conversations that a person can name. Triggers keep their index.

Every read here may take longer than an event loop should wait, but for `exists`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from storage.database import Database, Row
from storage.name_ranking import NameQuery
from storage.records import EntityType
from storage.statements import Scalar

STORED_TYPES: tuple[EntityType, ...] = ("project", "task", "document", "conversation")
"""Files are entities too, but lie on the disk."""

COLUMNS = "pk, entity_type, entity_id, label, status, description, updated_at"
SEARCHED_MATCHES = 1_000
"""So many of the newest matches are ranked."""

SEARCHED_NEWEST = 5_000
"""A query too short for the index is compared with so many of the newest entities of each kind."""

NOT_ASCII = "length(label) < length(CAST(label AS BLOB))"
"""Labels that SQLite, which knows the letter cases of ASCII alone, cannot leave out. GLOB tells the same, in twice the time."""

TRIGRAM = 3
LAST_CHARACTER = "\U0010ffff"

Look = Callable[[Database, NameQuery, Sequence[EntityType], int], Iterable[Row]]


class Entity(msgspec.Struct, frozen=True):
    """Something that a person can name.

    Attributes:
        description: at most 200 characters; of a document its media type.
    """

    entity_type: EntityType
    entity_id: str
    label: str
    status: str | None
    description: str | None
    updated_at: int


def search(database: Database, query: NameQuery, types: Sequence[EntityType], limit: int) -> list[Entity]:
    """The entities whose label fits, best first, then newest first; without a query, the newest.

    Args:
        database: where to read.
        query: what the person has typed so far.
        types: only these kinds.
        limit: how many at the most.
    """
    kinds = [kind for kind in STORED_TYPES if kind in types]
    if not query.text:
        return [_entity(row) for row in _newest(database, kinds, limit)]
    found: dict[int, tuple[int, Row]] = {}
    # Nothing fits better than what begins with the query, so enough of that ends the search. Nothing finds letters in
    # order but a look at each name; it is worth that only where little else fits.
    # The index of labels knows the letter cases of ASCII alone: of other queries it may have missed the newest.
    stages: tuple[tuple[Look, ...], ...] = ((_beginning,), (_holding,), (_with_letters,))
    if not query.raw.isascii():
        stages = ((_beginning, _holding), (_with_letters,))
    for looks in stages:
        if len(found) < limit:
            for row in itertools.chain.from_iterable(look(database, query, kinds, limit) for look in looks):
                rank = query.rank(row[3])
                if rank is not None:
                    found[row[0]] = rank, row
    best = sorted(found.values(), key=lambda one: (one[0], -one[1][6], -one[1][0]))
    return [_entity(row) for _, row in best[:limit]]


def exists(database: Database, entity_type: EntityType, entity_id: str) -> bool:
    """Whether there is such a project, task, document or conversation."""
    if entity_type not in STORED_TYPES:
        return False
    return database.row(f"SELECT 1 FROM {entity_type}s WHERE id = ?", (entity_id,)) is not None


def by_id(database: Database, ids: Iterable[str]) -> list[Entity]:
    """The entities with these ids, whatever their kind."""
    rows = database.rows(
        f"SELECT {COLUMNS} FROM entities WHERE entity_type IN (SELECT value FROM json_each(?)) "
        "AND entity_id IN (SELECT value FROM json_each(?)) ORDER BY pk",
        (json.dumps(STORED_TYPES), json.dumps(list(ids))),
    )
    return [_entity(row) for row in rows]


def by_label(database: Database, label: str, limit: int) -> list[Entity]:
    """The entities with exactly this label, but for the case of ASCII letters; the newest first."""
    rows = database.rows(
        f"SELECT {COLUMNS} FROM entities WHERE label = ? COLLATE NOCASE ORDER BY updated_at DESC, pk DESC LIMIT ?",
        (label, limit),
    )
    return [_entity(row) for row in rows]


def beginnings(database: Database, texts: Iterable[str]) -> set[str]:
    """Which of these texts some label begins with, but for the case of ASCII letters."""
    rows = database.rows(
        "SELECT value FROM json_each(?1) WHERE EXISTS (SELECT 1 FROM entities WHERE "
        "label >= value COLLATE NOCASE AND label < value || ?2 COLLATE NOCASE)",
        (json.dumps(list(texts)), LAST_CHARACTER),
    )
    return {str(row[0]) for row in rows}


def label_up_to(database: Database, text: str) -> str | None:
    """The last label, in the order of the index, that does not come after the text; None where none does."""
    row = database.row(
        "SELECT label FROM entities WHERE label <= ? COLLATE NOCASE ORDER BY label COLLATE NOCASE DESC LIMIT 1",
        (text,),
    )
    return str(row[0]) if row else None


def _beginning(
    database: Database, query: NameQuery, kinds: Sequence[EntityType], limit: int
) -> Iterator[Row]:
    """The newest whose label is the query, and the newest whose label begins with it."""
    yield from _labelled(database, "label = ?", (query.raw,), kinds, limit)
    beginning = (query.raw, query.raw + LAST_CHARACTER)
    yield from _labelled(database, "label >= ? COLLATE NOCASE AND label < ?", beginning, kinds, limit)


def _holding(database: Database, query: NameQuery, kinds: Sequence[EntityType], _limit: int) -> Iterable[Row]:
    """The newest that hold the words of the query."""
    words = [word for word in query.raw.split() if len(word) >= TRIGRAM]
    if not words:
        return _newest_like(database, [f"%{_literal(word)}%" for word in query.raw.split()], kinds)
    expression = " AND ".join('"' + word.replace('"', '""') + '"' for word in words)
    columns = COLUMNS.replace("label", "entities.label")
    return database.rows(
        f"SELECT {columns} FROM entities_fts CROSS JOIN entities ON pk = entities_fts.rowid "
        f"WHERE entities_fts MATCH ? {_of_types(kinds)} ORDER BY entities_fts.rowid DESC LIMIT ?",
        (expression, SEARCHED_MATCHES),
    )


def _with_letters(
    database: Database, query: NameQuery, kinds: Sequence[EntityType], _limit: int
) -> Iterable[Row]:
    """The newest that hold the letters of the query in their order."""
    return _newest_like(database, [f"%{'%'.join(query.raw)}%"], kinds) if query.has_letters else ()


def _labelled(
    database: Database, condition: str, params: tuple[Scalar, ...], kinds: Sequence[EntityType], limit: int
) -> list[Row]:
    return database.rows(
        f"SELECT {COLUMNS} FROM entities WHERE {condition} COLLATE NOCASE {_of_types(kinds)} "
        "ORDER BY updated_at DESC, pk DESC LIMIT ?",
        (*params, limit),
    )


def _of_types(kinds: Sequence[EntityType]) -> str:
    """A condition where not all kinds are wanted. The plus keeps the planner from reading all rows of these kinds."""
    if len(kinds) == len(STORED_TYPES):
        return ""
    names = ", ".join(f"'{kind}'" for kind in kinds)
    return f"AND +entity_type IN ({names})"


def _newest_like(database: Database, patterns: Sequence[str], kinds: Sequence[EntityType]) -> list[Row]:
    """Of the newest those that may fit: SQLite leaves out what cannot, where it knows the letters' cases."""
    may_fit = "1"
    params: tuple[str, ...] = ()
    if all(pattern.isascii() for pattern in patterns):
        likes = " AND ".join(["label LIKE ? ESCAPE '\\'"] * len(patterns))
        may_fit, params = f"({likes}) OR {NOT_ASCII}", tuple(patterns)
    return [
        row
        for kind in kinds
        for row in database.rows(
            # Rows of a subquery with a limit would be copied before they are compared.
            "WITH newest AS (SELECT pk AS one FROM entities WHERE entity_type = ? "
            "ORDER BY updated_at DESC, pk DESC LIMIT ?) "
            f"SELECT {COLUMNS} FROM newest CROSS JOIN entities ON pk = one WHERE {may_fit}",
            (kind, SEARCHED_NEWEST, *params),
        )
    ]


def _literal(word: str) -> str:
    """A word in a pattern of LIKE."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _newest(database: Database, kinds: Sequence[EntityType], limit: int) -> list[Row]:
    """The newest of all kinds: those of each kind, merged, since the index has the kind first."""
    rows = [
        row
        for kind in kinds
        for row in database.rows(
            f"SELECT {COLUMNS} FROM entities WHERE entity_type = ? ORDER BY updated_at DESC, pk DESC LIMIT ?",
            (kind, limit),
        )
    ]
    return sorted(rows, key=lambda row: (-row[6], -row[0]))[:limit]


def _entity(row: Row) -> Entity:
    return Entity(*row[1:])
