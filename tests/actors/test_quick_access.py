"""Quick access: what an answer names or its tools touched, each once, the best eight."""

from __future__ import annotations

from pathlib import Path

import pytest

from actors import quick_access
from actors.quick_access import MAX_LINKS
from actors.tools.base import EntityRef
from storage import conversations, projects, tasks
from storage.database import Database
from storage.ids import new_id
from storage.records import Project, Task
from storage.statements import Statement
from tests.storage.conftest import a_conversation

NOWHERE = Path("/nowhere/at/all")


def add_task(database: Database, title: str, task_id: str | None = None, at: int = 1) -> str:
    one = task_id or new_id()
    database.write(tasks.insert(Task(one, None, title, None, "planned", "low", None, None, at, at)))
    return one


def labels(database: Database, answer: str, *touched: EntityRef) -> list[str]:
    return [link.label for link in quick_access.find(database, "here", NOWHERE, answer, touched)]


@pytest.mark.parametrize(
    ("title", "answer", "is_named"),
    [
        ("Fix login", "I will fix login first.", True),
        ("Fix login", "**Fix   login**: done", True),
        ("Fix login", "over\nfix\nlogin", True),
        ("Fix login", "prefix login", False),
        ("Fix login", "fix logins", False),
        ("Fix login (v2)", "See Fix login (v2), please.", True),
        ("#12: Überblick", "It is #12: Überblick.", True),
        ("100%_safe", "Is it 100%_safe?", True),
        ("100%_safe", "Is it 100x safe?", False),
        ("C++", "Written in C++.", True),
        ("ab", "ab", False),
        ("Ende", "Das Ende", True),
    ],
)
def test_a_label_counts_where_it_stands_as_whole_words(
    database: Database, title: str, answer: str, is_named: bool
) -> None:
    add_task(database, title)
    assert labels(database, answer) == ([title] if is_named else [])


def test_a_longer_label_takes_the_place_of_those_within_it(database: Database) -> None:
    for title in ("login", "Fix login", "Fix login page", "page layout"):
        add_task(database, title)
    assert labels(database, "We fix login page layout.") == ["Fix login page"]
    assert labels(database, "fix login page, then the page layout, then login") == [
        "Fix login page",
        "page layout",
        "login",
    ]


def test_among_many_similar_labels_the_right_one_is_found(database: Database) -> None:
    for title in ("Fix", "Fix l", "Fix log", "Fix login now", "Fix login or else", "Fix lozenge", "fix a"):
        add_task(database, title)
    assert labels(database, "fix login then") == ["Fix"]
    assert labels(database, "fix log then") == ["Fix log"]


def test_an_id_counts_too(database: Database) -> None:
    one = add_task(database, "Something")
    two = add_task(database, "Another thing", "task-9d4e-a1b2")
    found = quick_access.find(database, "here", NOWHERE, f"Done: {one}, and `{two}`.", ())
    assert {link.entity_id for link in found} == {one, two}
    assert labels(database, f"x{one} {two}-y") == []


def test_what_tools_touched_is_linked_while_it_is_there(database: Database) -> None:
    one, two = add_task(database, "First"), add_task(database, "Second")
    touched = (
        EntityRef("task", one, "First"),
        EntityRef("file", "src/a b.py", "src/a b.py"),
        EntityRef("task", two, "Second"),
        EntityRef("task", one, "First"),
        EntityRef("task", "gone", "Gone"),
    )
    assert labels(database, "", *touched) == ["First", "Second", "src/a b.py"]


def test_there_are_at_most_eight_and_what_is_named_comes_first(database: Database) -> None:
    touched = [EntityRef("file", f"f{n}", f"f{n}") for n in range(20)]
    add_task(database, "Fix login")
    one = add_task(database, "Tidy up")
    touched.append(EntityRef("task", one, "Tidy up"))
    found = labels(database, "Fix login, then tidy up.", *touched)
    assert found == ["Tidy up", "Fix login", "f19", "f18", "f17", "f16", "f15", "f14"]
    assert len(found) == MAX_LINKS


def test_the_newest_of_each_kind_stands_for_a_label(database: Database) -> None:
    add_task(database, "Fix login", at=1)
    newest = add_task(database, "Fix login", at=2)
    talk = a_conversation(title="Fix login")
    word = a_conversation(title="login")
    database.write(conversations.insert(talk), conversations.insert(word))
    found = quick_access.find(database, "here", NOWHERE, "Fix login. A login.", ())
    assert {(link.entity_type, link.entity_id) for link in found} == {
        ("task", newest),
        ("conversation", talk.id),
    }
    assert quick_access.find(database, talk.id, NOWHERE, "Fix login", ())[0].entity_id == newest
    assert len(quick_access.find(database, talk.id, NOWHERE, "Fix login", ())) == 1


def test_links_lead_to_pages(database: Database) -> None:
    database.write(projects.insert(Project("p/1", "Webshop", None, None, "active", 1, 1)))
    [project] = quick_access.find(database, "c", NOWHERE, "the Webshop", ())
    assert (project.entity_type, project.href) == ("project", "/projects/p%2F1")
    [file] = quick_access.find(
        database, "c/d", NOWHERE, "", (EntityRef("file", "src/a b#.py", "src/a b#.py"),)
    )
    assert file.href == "/conversations/c%2Fd/files/src/a%20b%23.py"


def test_a_lone_surrogate_in_an_answer_does_no_harm(database: Database) -> None:
    add_task(database, "Fix login")
    assert labels(database, "\ud800 fix login") == ["Fix login"]


def test_many_entities_do_not_slow_it(database: Database) -> None:
    words = ["fix", "login", "debug", "flow", "notes", "import", "script", "test", "cache", "window", "token"]
    answer = " ".join(words[n * 7 % 11] for n in range(1_000)) + " release the hounds, x-1"
    add_task(database, "Release the hounds")
    rows = ((f"x{n}", f"{words[n % 11]} {words[n // 11 % 11]} number {n}") for n in range(20_000))
    statement = "INSERT INTO entities (entity_type, entity_id, label, updated_at) VALUES ('task', ?, ?, 1)"
    database.write(*(Statement(statement, row) for row in rows))
    asked: list[str] = []
    database.connection.set_trace_callback(asked.append)
    assert labels(database, answer) == ["Release the hounds"]
    database.connection.set_trace_callback(None)
    assert len(asked) < 6 * 1_004
    plans = {row[3] for sql in asked for row in database.rows(f"EXPLAIN QUERY PLAN {sql}")}
    assert not any(plan.startswith("SCAN") and "json_each" not in plan for plan in plans), plans


def test_words_that_begin_no_label_are_asked_for_together(database: Database) -> None:
    add_task(database, "Release the hounds")
    asked: list[str] = []
    database.connection.set_trace_callback(asked.append)
    assert labels(database, "now " * 500 + "release the hounds, and no others " * 20) == [
        "Release the hounds"
    ]
    database.connection.set_trace_callback(None)
    assert len(asked) < 3 * 20 + 5


def test_files_are_named_by_their_path(database: Database, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "src").mkdir(parents=True)
    for name in ("src/login.ts", "README.md", "Makefile", ".env", "src/a-b@2.x.py"):
        (root / name).write_text("")
    (tmp_path / "outside.txt").write_text("")
    (root / "link.txt").symlink_to(tmp_path / "outside.txt")

    def files(answer: str) -> list[str]:
        return [link.entity_id for link in quick_access.find(database, "c", root, answer, ())]

    assert files("I changed `src/login.ts`, see README.md.") == ["src/login.ts", "README.md"]
    assert files("(src/login.ts:12) and **README.md**, README.md") == ["src/login.ts", "README.md"]
    assert files("./src/login.ts") == ["src/login.ts"]
    assert files("src/a-b@2.x.py") == ["src/a-b@2.x.py"]
    assert files("Makefile, .env, link.txt, ../outside.txt, src, src/, missing.md, 1.5, e.g. x") == []
    assert files("xsrc/login.ts other/README.md") == []
