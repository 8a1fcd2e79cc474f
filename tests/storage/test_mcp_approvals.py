"""What a person has allowed: one content for each path."""

from __future__ import annotations

from storage import mcp_approvals
from storage.database import Database
from storage.records import McpApproval


def test_the_newest_content_of_a_path_is_allowed(database: Database) -> None:
    first = McpApproval("/a/.mcp.json", "1" * 64, 1)
    second = McpApproval("/a/.mcp.json", "2" * 64, 2)
    other = McpApproval("/b/.mcp.json", "3" * 64, 3)
    database.write(*map(mcp_approvals.put, (first, other, second)))
    assert mcp_approvals.get(database, "/a/.mcp.json") == second
    assert mcp_approvals.every(database) == [second, other]
    database.write(mcp_approvals.delete("/a/.mcp.json"))
    assert mcp_approvals.get(database, "/a/.mcp.json") is None
