"""A file that an answer names, for the person to look at."""

from __future__ import annotations

import asyncio

from actors.errors import UnknownMentionError
from actors.mentioned_files import locate, start_of
from daemon import schemas
from daemon.errors import ApiError
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.services import Services
from daemon.workspaces import workspace_of
from storage.records import Conversation

MAX_CHARACTERS = 200_000


class WorkingFileHandler(ApiHandler):
    """`/api/chat/conversations/{id}/files`."""

    @operation(
        "Read a file of the working directory",
        query=schemas.WorkingFileQuery,
        answers={200: schemas.WorkingFile},
        errors=(400, 404),
    )
    async def get(self, conversation_id: str, query: schemas.WorkingFileQuery) -> None:
        """The start of a text file. What may not be mentioned is not shown either."""
        found = self.conversation(conversation_id)
        self.answer(await asyncio.to_thread(_read, self.services, found, query.path))


def _read(services: Services, conversation: Conversation, name: str) -> schemas.WorkingFile:
    root = workspace_of(services, conversation.project_id, conversation).root
    try:
        path = locate(root, name)
    except UnknownMentionError as error:
        raise ApiError(404, "file_not_found", str(error)) from error
    start = start_of(path, name, MAX_CHARACTERS)
    shown = path.relative_to(root).as_posix()
    if isinstance(start, str):
        return schemas.WorkingFile(path=shown, directory=str(root), is_whole=False, problem=start)
    return schemas.WorkingFile(
        path=shown, directory=str(root), size=start.size, text=start.text, is_whole=start.is_whole
    )
