"""What a person can name: projects, tasks, documents, conversations, files."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from daemon.schemas.base import Id, Schema
from storage.records import EntityType

MAX_MENTIONS = 50


class Mention(Schema, frozen=True, kw_only=True):
    """Something that a message names."""

    entity_type: EntityType
    entity_id: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=4096,
            description="Its id; of a file, its path relative to the working directory.",
        ),
    ]
    label: Annotated[str, Meta(max_length=500, description="As the person sees it.")]


Mentions = Annotated[list[Mention], Meta(max_length=MAX_MENTIONS, description="What the message names.")]


class EntityQuery(Schema, frozen=True, kw_only=True):
    """What was typed so far."""

    q: Annotated[str, Meta(max_length=500, description="Empty for what changed last.")] = ""
    types: Annotated[
        Annotated[str, Meta(max_length=100)] | None,
        Meta(description="Only these kinds, with commas: project, task, document, conversation, file."),
    ] = None
    limit: Annotated[int, Meta(ge=1, le=50)] = 20
    project_id: Annotated[Id | None, Meta(description="Whose files to search.")] = None
    conversation_id: Annotated[
        Id | None, Meta(description="In whose working directory to search for files.")
    ] = None


class FoundEntity(Schema, frozen=True, kw_only=True):
    """Something that can be mentioned."""

    entity_type: EntityType
    entity_id: str
    label: str
    status: str | None
    description: str | None


class FoundEntities(Schema, frozen=True, kw_only=True):
    """The best matches first."""

    results: list[FoundEntity]
