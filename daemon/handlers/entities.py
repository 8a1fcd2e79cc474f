"""What can be mentioned, found while a person types."""

from __future__ import annotations

from pathlib import Path

from actors.entity_search import ALL_TYPES, find
from actors.file_names import FileNames
from daemon import presenters, schemas
from daemon.errors import invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.workspaces import workspace_of
from storage import conversations, projects
from storage.records import EntityType


class EntitySearchHandler(ApiHandler):
    """`/api/chat/entities/search`."""

    @operation(
        "Search for what can be mentioned",
        query=schemas.EntityQuery,
        answers={200: schemas.FoundEntities},
        errors=(400,),
    )
    async def get(self, query: schemas.EntityQuery) -> None:
        """Projects, tasks, documents, conversations and files, best first."""
        types = read_types(query.types)
        root = await self.in_searcher(self._root, query)
        files: FileNames | None = None
        if root is not None and "file" in types:
            actors = self.services.actors
            files = await actors.on_agents(actors.agents.files.names(root))
        found = await self.in_searcher(find, self.services.database, query.q, types, files, query.limit)
        self.answer(schemas.FoundEntities(results=[presenters.entity(one) for one in found]))

    def _root(self, query: schemas.EntityQuery) -> Path | None:
        """The folder whose files are searched; None for none. Raises ApiError 400."""
        database = self.services.database
        if query.project_id is not None:
            project = projects.get(database, query.project_id)
            if project is None:
                raise invalid("There is no such project.", "unknown_project")
            return Path(project.working_directory).resolve() if project.working_directory else None
        if query.conversation_id is None:
            return None
        conversation = conversations.get(database, query.conversation_id)
        if conversation is None:
            raise invalid("There is no such conversation.", "unknown_conversation")
        return workspace_of(self.services, conversation.project_id, conversation).root


def read_types(given: str | None) -> tuple[EntityType, ...]:
    """The kinds that a request names; all of them where it names none. Raises ApiError 400."""
    if given is None:
        return ALL_TYPES
    names = {name.strip() for name in given.split(",")}
    if unknown := names - set(ALL_TYPES):
        raise invalid(f"There is no type {min(unknown)!r}. The types are: {', '.join(ALL_TYPES)}.")
    return tuple(kind for kind in ALL_TYPES if kind in names)
