"""Projects, rules and queues: what peewee writes is what comes back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from storage import projects, queue, rules
from storage.database import Database
from storage.errors import StorageError
from storage.records import Conversation, PermissionRule, Project, QueuedMessage

PROJECT = Project("p", "Name", None, "/srv/x", "active", 1, 2)
RULE = PermissionRule("r", "Bash(git *)", "allow", None, 1, None, 0)


def test_a_project_changes_and_goes(database: Database) -> None:
    database.write(projects.insert(PROJECT))
    assert projects.get(database, "p") == PROJECT
    database.write(projects.update("p", {"name": "Other", "working_directory": None}, 9))
    assert projects.get(database, "p") == replace(PROJECT, name="Other", working_directory=None, updated_at=9)
    database.write(projects.delete("p"))
    assert projects.get(database, "p") is None


def test_projects_have_pages(database: Database) -> None:
    rows = [replace(PROJECT, id=f"p{n}", updated_at=n // 2) for n in range(9)]
    database.write(*map(projects.insert, rows))
    first = projects.page(database, limit=4)
    second = projects.page(database, limit=9, before=(first[-1].updated_at, first[-1].id))
    assert [one.id for one in first + second] == [f"p{n}" for n in range(8, -1, -1)]
    assert projects.page(database, limit=9, status="archived") == []


def test_a_rule_is_counted_and_there_is_one_of_a_kind(database: Database) -> None:
    database.write(rules.insert(RULE), rules.count_use("r"), rules.extend("r", 77))
    assert rules.every(database) == [replace(RULE, uses=1, expires_at=77)]
    with pytest.raises(StorageError):
        database.write(rules.insert(replace(RULE, id="other")))
    database.write(rules.insert(replace(RULE, id="deny", behavior="deny")))
    database.write(rules.delete("r"))
    assert [rule.id for rule in rules.every(database)] == ["deny"]


def test_the_rules_of_a_project_go_with_it(database: Database) -> None:
    database.write(
        projects.insert(PROJECT),
        rules.insert(replace(RULE, project_id="p")),
        rules.insert(replace(RULE, id="g")),
    )
    database.write(projects.delete("p"))
    assert [rule.id for rule in rules.every(database)] == ["g"]


def test_a_queue_keeps_its_order(database: Database, conversation: Conversation) -> None:
    waiting = [QueuedMessage(f"q{n}", conversation.id, f"text {n}", None, n, n) for n in range(3)]
    database.write(*map(queue.insert, waiting))
    assert queue.waiting(database, conversation.id) == waiting
    assert queue.conversations(database) == [conversation.id]
    database.write(queue.insert(replace(waiting[0], id="q9", client_message_id="mine")))
    assert queue.has(database, conversation.id, "mine")
    assert not queue.has(database, conversation.id, "yours")
    database.write(queue.delete("q9"))
    changed = replace(waiting[1], content="changed", mentions="[]", updated_at=9)
    database.write(queue.update(changed), queue.delete("q0"))
    assert queue.waiting(database, conversation.id) == [changed, waiting[2]]
