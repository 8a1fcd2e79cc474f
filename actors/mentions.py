"""Mentions: what of a person's work a message names. They are checked when it is sent, and kept with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec

from actors.errors import UnknownMentionError
from actors.mentioned_files import locate
from storage import entities
from storage.database import Database
from storage.records import EntityType


class Mention(msgspec.Struct, frozen=True):
    """Something that a message names.

    Attributes:
        entity_id: its id; of a file, its path relative to the working directory.
        label: as the person saw it.
    """

    entity_type: EntityType
    entity_id: str
    label: str


def check(database: Database, root: Path, mentions: Iterable[Mention]) -> None:
    """Looks whether all of them exist and may be given to an agent. Looks at the disk.

    Args:
        database: where to look.
        root: the working directory, resolved.
        mentions: what a message names.

    Raises:
        UnknownMentionError: there is no such thing (any more); the message names it.
        MentionRefusedError: a file that is not given to an agent; the message says why.
    """
    for mention in mentions:
        if mention.entity_type == "file":
            locate(root, mention.entity_id)
        elif not entities.exists(database, mention.entity_type, mention.entity_id):
            name = f" “{mention.label}”" if mention.label else ""
            raise UnknownMentionError(
                f"There is no {mention.entity_type}{name} with the id {mention.entity_id} (any more). "
                "Take the mention out."
            )


def encode(mentions: Iterable[Mention]) -> str | None:
    """The mentions as they are stored, each once: JSON text of a list, or None for none."""
    rows = [
        {"entityType": one.entity_type, "entityId": one.entity_id, "label": one.label}
        for one in {(one.entity_type, one.entity_id): one for one in mentions}.values()
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) if rows else None


def of_metadata(metadata: str | None) -> list[Mention]:
    """The mentions of a user message, from its row's metadata."""
    rows = json.loads(metadata).get("mentions", []) if metadata else []
    return [Mention(row["entityType"], row["entityId"], row["label"]) for row in rows]
