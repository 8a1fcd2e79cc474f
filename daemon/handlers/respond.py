"""Answers to permission requests and questions."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from actors import messages as told
from actors.errors import ToolError
from actors.events import Answerer
from actors.patterns import Pattern
from actors.permissions import suggest_pattern
from actors.tools.base import Workspace
from actors.tools.subjects import subject_of
from daemon import schemas
from daemon.errors import ApiError, invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.workspaces import workspace_of
from storage import messages
from storage.ids import new_id
from storage.records import Conversation, Message, PermissionRule
from storage.times import now_ms

PRODUCT = re.compile(r"[A-Za-z][\w.-]{0,39}(?=/|$)", re.ASCII)
"""The first name in a User-Agent, such as `curl`."""


class RespondHandler(ApiHandler):
    """`/api/chat/conversations/{id}/respond`."""

    @operation(
        "Answer a permission request or a question",
        body=schemas.Response,
        answers={200: schemas.Responded},
        errors=(400, 404, 413),
    )
    async def post(self, conversation_id: str, body: schemas.Response) -> None:
        """Resolves what the agent waits for, and saves a rule where that is wanted."""
        conversation = self.conversation(conversation_id)
        request = self._request(conversation, body)
        rule = await self._rule(conversation, body, request) if body.always_allow else None
        command = told.AnswerRequest(
            body.request_id,
            body.behavior,
            body.message,
            body.updated_input,
            _answerer(body.client, self.request.headers.get("User-Agent", "")),
        )
        is_stale = await self.services.actors.ask_conversation(conversation_id, command)
        if rule is not None:
            await self.services.actors.ask(told.SaveRule(rule))
        self.answer(schemas.Responded(ok=True, stale=is_stale))

    def _request(self, conversation: Conversation, body: schemas.Response) -> Message | None:
        """The row of the request, or None where there is none (any more)."""
        for row_id in (body.request_id, body.message_id):
            row = messages.get(self.services.database, row_id) if row_id is not None else None
            if row is not None and row.conversation_id != conversation.id:
                raise ApiError(404, "request_not_found", "This request belongs to another conversation.")
        found = messages.get(self.services.database, body.request_id)
        return found if found is not None and found.role == "system" else None

    async def _rule(
        self, conversation: Conversation, body: schemas.Response, request: Message | None
    ) -> PermissionRule | None:
        """The rule to save: the given pattern, else the narrowest for the given or the stored tool call."""
        if body.behavior != "allow":
            raise invalid("alwaysAllow goes with behavior allow.")
        if body.permission_scope == "project" and conversation.project_id is None:
            raise invalid("The conversation belongs to no project; use permissionScope “everywhere”.")
        pattern = body.permission_pattern
        if pattern is None:
            pattern = await self._suggested(conversation, body, request)
        if pattern is None:
            return None
        Pattern.parse(pattern)
        return PermissionRule(
            id=new_id(),
            pattern=pattern,
            behavior="allow",
            project_id=None if body.permission_scope == "everywhere" else conversation.project_id,
            created_at=now_ms(),
            expires_at=None,
            uses=0,
        )

    async def _suggested(
        self, conversation: Conversation, body: schemas.Response, request: Message | None
    ) -> str | None:
        stored: dict[str, Any] = json.loads(request.metadata or "{}") if request is not None else {}
        tool_name = body.tool_name or stored.get("toolName")
        tool_input = body.tool_input if body.tool_input is not None else stored.get("toolInput")
        if tool_name is None:
            return None
        workspace = workspace_of(self.services, conversation.project_id, conversation)
        try:
            return await asyncio.to_thread(_narrowest, tool_name, tool_input or {}, workspace)
        except ToolError:
            return None  # the call makes no sense, so there is no pattern for it


def _answerer(client: schemas.RespondingClient | None, user_agent: str) -> Answerer | None:
    """The client that answers, or the program that asked; None for a browser, which could be any."""
    if client is not None:
        return Answerer(client.id, client.name)
    found = PRODUCT.match(user_agent)
    return None if found is None or found[0] == "Mozilla" else Answerer(None, found[0])


def _narrowest(tool_name: str, tool_input: Any, workspace: Workspace) -> str | None:
    return suggest_pattern(subject_of(tool_name, tool_input, workspace))
