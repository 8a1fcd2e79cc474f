"""Permission rules."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from daemon.schemas.base import Id, Schema, Timestamp
from storage.records import RuleBehavior


class Rule(Schema, frozen=True, kw_only=True):
    """A permission rule."""

    id: str
    pattern: str
    behavior: RuleBehavior
    project_id: str | None
    created_at: Timestamp
    expires_at: Timestamp | None
    uses: int


class NewRule(Schema, frozen=True, kw_only=True):
    """A rule to save."""

    pattern: Annotated[str, Meta(min_length=1, max_length=1000)]
    behavior: RuleBehavior = "allow"
    project_id: Id | None = None
    expires_at: Timestamp | None = None


class RuleTest(Schema, frozen=True, kw_only=True):
    """A tool call to try the rules on."""

    tool_name: Annotated[str, Meta(min_length=1, max_length=200)]
    tool_input: dict[str, Any]
    project_id: Id | None = None


class RuleVerdict(Schema, frozen=True, kw_only=True):
    """What the rules say about a tool call."""

    behavior: RuleBehavior
    rule: Rule | None
    why: str
