"""Permission rules in the store. Few and seldom written, so peewee builds the SQL."""

from __future__ import annotations

from storage.database import Database
from storage.records import PermissionRule
from storage.statements import Statement, built
from storage.tables import PermissionRuleTable as Table

COLUMNS = (
    Table.id,
    Table.pattern,
    Table.behavior,
    Table.project_id,
    Table.created_at,
    Table.expires_at,
    Table.uses,
)


def insert(rule: PermissionRule) -> Statement:
    """Adds a rule."""
    values = (
        rule.id,
        rule.pattern,
        rule.behavior,
        rule.project_id,
        rule.created_at,
        rule.expires_at,
        rule.uses,
    )
    return built(Table.insert(dict(zip(COLUMNS, values, strict=True))))


def count_use(rule_id: str) -> Statement:
    """Notes that a rule decided something."""
    return Statement("UPDATE permission_rules SET uses = uses + 1 WHERE id = ?", (rule_id,))


def extend(rule_id: str, expires_at: int | None) -> Statement:
    """Changes when a rule ends; None for never."""
    return built(Table.update(expires_at=expires_at).where(Table.id == rule_id))


def delete(rule_id: str) -> Statement:
    """Removes a rule."""
    return built(Table.delete().where(Table.id == rule_id))


def every(database: Database) -> list[PermissionRule]:
    """All rules, oldest first."""
    rows = database.select(Table.select(*COLUMNS).order_by(Table.created_at, Table.id))
    return [PermissionRule(*row) for row in rows]
