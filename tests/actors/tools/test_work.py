"""Projects and tasks as the agent sees and changes them."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from actors.tools.base import EntityRef, Workspace
from actors.tools.work import CreateTask, ListProjects, ListTasks, UpdateTask
from storage import projects, tasks
from storage.database import Database
from storage.records import Conversation, Task
from tests.actors.tools.conftest import HOUSE
from tests.actors.tools.context import RealContext

TASK = Task("t", "house", "Mend the door", "It squeaks.", "planned", "high", None, None, 1, 2)


def stored(database: Database, task_id: str = "t") -> Task:
    task = tasks.get(database, task_id)
    assert task is not None
    return task


def test_projects_are_listed_with_their_ids(context: RealContext, database: Database) -> None:
    database.write(
        projects.insert(replace(HOUSE, id="g", name="Garden", description=None, working_directory=None))
    )
    database.write(projects.insert(replace(HOUSE, id="old", name="Old", status="archived")))
    result = context.run(ListProjects())
    assert result.text.splitlines() == [
        "- House (id house): this conversation's project; /srv/house; Doors and windows.",
        "- Garden (id g)",
    ]
    assert result.entities == (EntityRef("project", "house", "House"), EntityRef("project", "g", "Garden"))
    assert "Old (id old)" in context.run(ListProjects(), archived=True).text


def test_tasks_are_those_of_the_conversations_project_unless_others_are_asked_for(
    context: RealContext, database: Database
) -> None:
    database.write(
        tasks.insert(TASK),
        tasks.insert(
            replace(TASK, id="f", title="Paint", status="failed", result="No\npaint.", updated_at=1)
        ),
        tasks.insert(replace(TASK, id="n", project_id=None, title="Other", description=None)),
    )
    result = context.run(ListTasks())
    assert result.text.splitlines() == [
        "- [planned, high] Mend the door (id t)",
        "  Description: It squeaks.",
        "- [failed, high] Paint (id f)",
        "  Description: It squeaks.",
        "  Result: No paint.",
    ]
    assert result.entities == (EntityRef("task", "t", "Mend the door"), EntityRef("task", "f", "Paint"))
    assert context.run(ListTasks(), status="failed").text.startswith("- [failed, high] Paint")
    assert "Other (id n)" in context.run(ListTasks(), project_id="all").text
    assert context.run(ListTasks(), project_id="all", limit=1).text.count("- [") == 1
    assert context.run(ListTasks(), status="running").text == "There are no such tasks."
    assert "There is no project nowhere." in context.refused(ListTasks(), project_id="nowhere")


def test_a_new_task_belongs_to_the_conversations_project(context: RealContext, database: Database) -> None:
    result = context.run(CreateTask(), title=" Oil it ", description="Twice.", priority="low")
    [entity] = result.entities
    made = stored(database, entity.entity_id)
    assert (made.title, made.description, made.priority, made.status) == (
        "Oil it",
        "Twice.",
        "low",
        "planned",
    )
    assert made.project_id == "house"
    assert f"[planned, low] Oil it (id {made.id})" in result.text
    assert context.refused(CreateTask(), title="  ") == "The title of a task must not be blank."
    assert "There is no project" in context.refused(CreateTask(), title="x", project_id="nowhere")


def test_only_what_is_given_changes(context: RealContext, database: Database) -> None:
    database.write(tasks.insert(TASK))
    result = context.run(UpdateTask(), task_id="t", status="completed", result="Oiled.")
    changed = stored(database)
    assert changed == replace(TASK, status="completed", result="Oiled.", updated_at=changed.updated_at)
    assert "[completed, high] Mend the door (id t)" in result.text
    assert result.entities == (EntityRef("task", "t", "Mend the door"),)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"task_id": "t"}, "Nothing to change"),
        ({"task_id": "nowhere", "title": "x"}, "There is no task nowhere"),
        ({"task_id": "t", "title": " "}, "must not be blank"),
        ({"task_id": "t", "status": "completed"}, "runs at this moment"),
    ],
)
def test_a_change_that_cannot_be_made_says_why(
    context: RealContext, database: Database, here: Conversation, fields: dict[str, Any], why: str
) -> None:
    database.write(tasks.insert(TASK), tasks.start_run("t", here.id, "m", 5))
    before = stored(database)
    assert why in context.refused(UpdateTask(), **fields)
    assert stored(database) == before


def test_a_person_reads_what_would_change(context: RealContext) -> None:
    workspace = Workspace(context.workspace.root)
    update = UpdateTask()
    parsed = update.parse({"task_id": "t", "status": "completed", "title": "New"})
    assert update.summary(parsed, workspace) == "t: title: New, status: completed"
    create = CreateTask()
    assert create.summary(create.parse({"title": "Oil it"}), workspace) == "Oil it"
