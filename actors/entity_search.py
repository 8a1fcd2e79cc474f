"""What a person may mean by what they type: entities of the store and files of the folder, ranked together."""

from __future__ import annotations

from collections.abc import Sequence

from actors.file_names import FileNames, FoundFile
from storage import entities
from storage.database import Database
from storage.entities import Entity
from storage.name_ranking import NameQuery
from storage.records import EntityType

ALL_TYPES: tuple[EntityType, ...] = (*entities.STORED_TYPES, "file")


def find(
    database: Database, text: str, types: Sequence[EntityType], files: FileNames | None, limit: int
) -> list[Entity]:
    """The best matches: by rank, then by when they changed. May take longer than an event loop should wait.

    Args:
        database: where to read.
        text: what was typed; blank for what changed last.
        types: only these kinds.
        files: the files to look among; None for none.
        limit: how many at the most.
    """
    query = NameQuery(text)
    ranked = [(query.rank(one.label) or 0, one) for one in entities.search(database, query, types, limit)]
    if files is not None and "file" in types:
        ranked += [(file.rank, _entity(file)) for file in files.search(query, limit)]
    ranked.sort(key=lambda one: (one[0], -one[1].updated_at))
    return [entity for _, entity in ranked[:limit]]


def _entity(file: FoundFile) -> Entity:
    return Entity("file", file.path, file.path, None, None, file.changed_at)
