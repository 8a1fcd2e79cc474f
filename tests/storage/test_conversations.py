"""Conversations: keyset pages, filters, sums, and a plan that uses an index for each of them."""

from __future__ import annotations

import itertools

import pytest

from storage import conversations, projects
from storage.database import Database
from storage.records import Conversation, Project
from tests.storage.conftest import a_conversation


def fill(database: Database, count: int) -> list[Conversation]:
    database.write(projects.insert(Project("p", "p", None, None, "active", 1, 1)))
    rows = [
        a_conversation(
            updated_at=1 + n // 3,
            status="archived" if n % 4 == 0 else "active",
            project_id="p" if n % 2 else None,
            runtime_id="ollama" if n % 5 == 0 else "offline",
        )
        for n in range(count)
    ]
    database.write(*map(conversations.insert, rows))
    return rows


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_follow_time_then_id(database: Database, limit: int) -> None:
    rows = fill(database, 40)
    expected = sorted(rows, key=lambda one: (one.updated_at, one.id), reverse=True)
    seen: list[Conversation] = []
    before = None
    while page := conversations.records(conversations.page(database, limit=limit, before=before)):
        seen += page
        before = page[-1].updated_at, page[-1].id
    assert seen == expected


def test_filters_go_together(database: Database) -> None:
    rows = fill(database, 40)
    for status, project, runtime in itertools.product(
        (None, "active", "archived"), (None, "p"), (None, "ollama")
    ):
        page = conversations.page(
            database,
            limit=100,
            status=status,  # type: ignore[arg-type]
            project_id=project,
            runtime_id=runtime,
        )
        expected = {
            one.id
            for one in rows
            if status in {None, one.status}
            and project in {None, one.project_id}
            and runtime in {None, one.runtime_id}
        }
        assert {one.id for one in conversations.records(page)} == expected
    assert conversations.records(conversations.page(database, limit=9, ids=[rows[3].id])) == [rows[3]]


@pytest.mark.parametrize(
    "where",
    [
        "",
        "status = 'active'",
        "project_id = 'p'",
        "project_id = 'p' AND status = 'active'",
        "runtime_id = 'x'",
    ],
)
def test_every_list_is_read_from_an_index(database: Database, where: str) -> None:
    for page in ("", "(updated_at, id) < (5, 'x')"):
        conditions = " AND ".join(part for part in (where, page) if part)
        sql = f"SELECT * FROM conversations {'WHERE ' + conditions if conditions else ''} ORDER BY updated_at DESC, id DESC"
        plan = " ".join(str(row) for row in database.rows(f"EXPLAIN QUERY PLAN {sql} LIMIT 9"))
        assert "USING INDEX" in plan
        assert "TEMP B-TREE" not in plan


def test_usage_adds_up_and_an_unknown_price_stays_unknown(
    database: Database, conversation: Conversation
) -> None:
    database.write(
        conversations.add_usage(conversation.id, 10, 5, 0.25),
        conversations.add_usage(conversation.id, 1, 2, None),
    )
    found = conversations.get(database, conversation.id)
    assert found is not None
    assert (found.input_tokens, found.output_tokens, found.cost_usd, found.unpriced_turns) == (11, 7, 0.25, 1)


def test_only_known_columns_change(database: Database, conversation: Conversation) -> None:
    with pytest.raises(ValueError, match="not changeable"):
        conversations.update(conversation.id, {"id": "x"}, 1)
    database.write(conversations.update(conversation.id, {"title": "x"}, 0))
    found = conversations.get(database, conversation.id)
    assert found is not None
    assert (found.title, found.updated_at) == ("x", 1)


def test_a_deleted_project_leaves_its_conversations(database: Database) -> None:
    rows = fill(database, 4)
    database.write(projects.delete("p"))
    left = conversations.records(conversations.page(database, limit=9))
    assert all(one.project_id is None for one in left)
    assert len(left) == len(rows)


@pytest.mark.parametrize(
    ("content", "preview"),
    [("a\n\n b\tc", "a b c"), ("", ""), ("x" * 500, "x" * 199 + "…"), ("  ", "")],
)
def test_a_preview_is_one_short_line(content: str, preview: str) -> None:
    assert conversations.preview_of(content) == preview
