"""The `.mcp.json` files that a person has allowed, by their content. Cold, so peewee builds the SQL."""

from __future__ import annotations

from storage.database import Database
from storage.records import McpApproval
from storage.statements import Statement, built
from storage.tables import McpApprovalTable as Table

COLUMNS = (Table.path, Table.sha256, Table.approved_at)

PUT = """
INSERT INTO mcp_approvals (path, sha256, approved_at) VALUES (?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, approved_at = excluded.approved_at
"""


def put(approval: McpApproval) -> Statement:
    """Allows a file with this content, in place of what was allowed before."""
    return Statement(PUT, (approval.path, approval.sha256, approval.approved_at))


def delete(path: str) -> Statement:
    """Allows a file no longer."""
    return built(Table.delete().where(Table.path == path))


def get(database: Database, path: str) -> McpApproval | None:
    """What was allowed at a path, or None."""
    found = database.select(Table.select(*COLUMNS).where(Table.path == path))
    return McpApproval(*found[0]) if found else None


def every(database: Database) -> list[McpApproval]:
    """All that is allowed, by path."""
    return [McpApproval(*row) for row in database.select(Table.select(*COLUMNS).order_by(Table.path))]
