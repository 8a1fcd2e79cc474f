"""Permission rules, and the requests that wait for a person."""

from __future__ import annotations

import asyncio
from datetime import datetime

from actors import messages as told
from actors.patterns import Pattern
from actors.permissions import decide
from actors.tools.subjects import subject_of
from daemon import presenters, schemas
from daemon.errors import ApiError, invalid
from daemon.handlers.base import ApiHandler
from daemon.operations import operation
from daemon.workspaces import workspace_of
from storage import messages, projects
from storage.ids import new_id
from storage.records import PermissionRule
from storage.times import now_ms


class RulesHandler(ApiHandler):
    """`/api/permissions`."""

    @operation("List the permission rules", answers={200: list[schemas.Rule]})
    async def get(self) -> None:
        """All rules, oldest first."""
        rules = await self.services.actors.ask(told.ListRules())
        self.answer([presenters.rule(rule) for rule in rules])

    @operation("Save a permission rule", body=schemas.NewRule, answers={201: schemas.Rule}, errors=(400, 413))
    async def post(self, body: schemas.NewRule) -> None:
        """Adds a rule; it holds at once, for requests that wait too."""
        Pattern.parse(body.pattern)
        if body.project_id is not None and projects.get(self.services.database, body.project_id) is None:
            raise invalid("There is no such project; leave projectId out or create it.", "unknown_project")
        record = PermissionRule(
            id=new_id(),
            pattern=body.pattern,
            behavior=body.behavior,
            project_id=body.project_id,
            created_at=now_ms(),
            expires_at=None if body.expires_at is None else _milliseconds(body.expires_at),
            uses=0,
        )
        self.answer(presenters.rule(await self.services.actors.ask(told.SaveRule(record))), status=201)


class RuleHandler(ApiHandler):
    """`/api/permissions/{id}`."""

    @operation("Remove a permission rule", answers={204: None}, errors=(404,))
    async def delete(self, rule_id: str) -> None:
        """The rule holds no longer."""
        if not await self.services.actors.ask(told.RemoveRule(rule_id)):
            raise ApiError(404, "rule_not_found", "There is no such rule.")
        self.answer_nothing()


class RuleTestHandler(ApiHandler):
    """`/api/permissions/test`."""

    @operation(
        "Try the rules on a tool call",
        body=schemas.RuleTest,
        answers={200: schemas.RuleVerdict},
        errors=(400, 413),
    )
    async def post(self, body: schemas.RuleTest) -> None:
        """What would happen; nothing is run or counted."""
        if body.project_id is not None and projects.get(self.services.database, body.project_id) is None:
            raise invalid("There is no such project; leave projectId out or create it.", "unknown_project")
        workspace = workspace_of(self.services, body.project_id, None)
        rules = await self.services.actors.ask(told.ListRules())
        # A long command line takes a while to be read.
        subject = await asyncio.to_thread(subject_of, body.tool_name, body.tool_input, workspace)
        verdict = await asyncio.to_thread(decide, rules, subject, project_id=body.project_id, now_ms=now_ms())
        rule = presenters.rule(verdict.rule) if verdict.rule is not None else None
        self.answer(schemas.RuleVerdict(behavior=verdict.behavior, rule=rule, why=verdict.why))


class PendingHandler(ApiHandler):
    """`/api/permissions/pending`."""

    @operation("List the requests that wait for a person", answers={200: list[schemas.Message]})
    async def get(self) -> None:
        """The open permission requests and questions of all conversations, oldest first."""
        rows = messages.open_requests(self.services.database)
        self.answer([presenters.message(row) for row in rows])


def _milliseconds(timestamp: str) -> int:
    try:
        at = datetime.fromisoformat(timestamp)
    except ValueError as error:
        raise invalid("expiresAt must be a time like 2026-04-03T10:00:00.000Z.") from error
    if at.tzinfo is None:
        raise invalid("expiresAt needs a time zone, for example a Z at its end.")
    return round(at.timestamp() * 1000)
