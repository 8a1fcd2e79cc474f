"""Tasks: what is written comes back, lists have pages, and a run is held together by its message."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from storage import messages, projects, queue, tasks
from storage.database import Database
from storage.errors import ConflictError
from storage.records import Conversation, Message, Project, QueuedMessage, Task

TASK = Task("t", None, "Mend the door", "It squeaks.", "planned", "high", None, None, 1, 2)


def found(database: Database, task_id: str = "t") -> Task:
    task = tasks.get(database, task_id)
    assert task is not None
    return task


@pytest.fixture
def running(database: Database, conversation: Conversation) -> Conversation:
    """A conversation in which the task runs, begun with message `m`."""
    database.write(tasks.insert(TASK), tasks.start_run("t", conversation.id, "m", 5))
    return conversation


def answer(conversation: Conversation, text: str) -> Message:
    return Message("a", conversation.id, None, "assistant", text, "complete", None, 1, 1)


def test_a_task_changes_and_goes(database: Database) -> None:
    database.write(tasks.insert(TASK))
    assert found(database) == TASK
    database.write(tasks.update("t", {"title": "Oil it", "status": "completed", "result": "Done"}, 9))
    assert found(database) == replace(TASK, title="Oil it", status="completed", result="Done", updated_at=9)
    database.write(tasks.delete("t"))
    assert tasks.get(database, "t") is None


def test_lists_have_pages_and_filters(database: Database) -> None:
    database.write(projects.insert(Project("p", "P", None, None, "active", 1, 1)))
    rows = [
        replace(TASK, id=f"t{n}", updated_at=n // 2, project_id="p" if n % 3 == 0 else None) for n in range(9)
    ]
    database.write(*map(tasks.insert, rows), tasks.update("t1", {"status": "failed"}, 0))
    first = tasks.page(database, limit=4)
    second = tasks.page(database, limit=9, before=(first[-1].updated_at, first[-1].id))
    assert [one.id for one in first + second] == [f"t{n}" for n in range(8, -1, -1)]
    assert [one.id for one in tasks.page(database, limit=9, project_id="p")] == ["t6", "t3", "t0"]
    assert [one.id for one in tasks.page(database, limit=9, status="failed")] == ["t1"]
    assert sorted(tasks.of_project(database, "p")) == ["t0", "t3", "t6"]
    database.write(projects.delete("p"))
    assert found(database, "t3").project_id is None


def test_a_task_that_runs_cannot_be_started_changed_or_removed(
    database: Database, running: Conversation
) -> None:
    assert tasks.running_in(database, running.id) == {"m": "t"}
    for refused in (
        tasks.start_run("t", running.id, "other", 6),
        tasks.update("t", {"status": "planned"}, 6),
        tasks.delete("t"),
    ):
        with pytest.raises(ConflictError):
            database.write(tasks.update("t", {"title": "not kept"}, 6), refused)
    assert found(database) == replace(
        TASK, status="queued", conversation_id=running.id, run_message_id="m", updated_at=5
    )
    database.write(tasks.update("t", {"title": "kept"}, 7))
    assert found(database).title == "kept"


def test_the_end_of_a_run_keeps_the_end_of_the_answer(database: Database, running: Conversation) -> None:
    text = "x" * tasks.MAX_RESULT_LENGTH + "the end\n"
    database.write(tasks.run_started("m", 6))
    assert found(database).status == "running"
    database.write(messages.insert(answer(running, text)), tasks.end_run("m", "completed", 7, answer_id="a"))
    ended = found(database)
    assert (ended.status, ended.run_message_id, ended.updated_at) == ("completed", None, 7)
    assert ended.result is not None
    assert len(ended.result) == tasks.MAX_RESULT_LENGTH
    assert ended.result.endswith("xthe end")
    database.write(tasks.end_run("m", "failed", 8, result="too late"))
    assert found(database) == ended


def test_an_empty_answer_is_no_result(database: Database, running: Conversation) -> None:
    database.write(messages.insert(answer(running, " \n")), tasks.end_run("m", "cancelled", 7, answer_id="a"))
    assert (found(database).status, found(database).result) == ("cancelled", None)


def test_a_crash_fails_what_ran_and_leaves_what_waits(database: Database, running: Conversation) -> None:
    database.write(
        tasks.insert(replace(TASK, id="waits")),
        queue.insert(QueuedMessage("w", running.id, "text", None, 1, 1)),
        tasks.start_run("waits", running.id, "w", 5),
        tasks.insert(replace(TASK, id="by hand", status="running")),
        tasks.end_lost_runs(9),
    )
    assert (found(database).status, found(database).result) == ("failed", tasks.CUT_OFF)
    assert found(database, "waits").status == "queued"
    assert found(database, "by hand").status == "running"
