"""Exports and imports: complete, by id, twice is once, and never over what is newer here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.transcript import are_blocks
from storage import conversations, messages, turns
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.errors import TransferError
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir
from storage.records import Message, Turn
from storage.statements import Statement
from storage.transfer import lines
from storage.transfer.exporting import Export, Selection
from storage.transfer.merged import Merged
from storage.transfer.merging import merge
from tests.storage.conftest import a_conversation
from tests.storage.filled import files

SHA = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # of `hello`
COMPARED = (
    "projects", "conversations", "messages", "turns", "steps", "documents", "document_texts",
    "conversation_documents", "tasks", "usage", "branches",
)  # fmt: skip
PLACES = {"pk", "fork_pk", "first_seq", "last_seq"}


class Store:
    """A store with nothing in it."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        self.data_dir = DataDir(root)
        self.database = Database(self.data_dir.database)
        migrate(self.database, self.data_dir.backups)
        self.files = DocumentFiles(self.data_dir.documents)

    def sql(self, sql: str, *params: Any) -> None:
        self.database.write(Statement(sql, params))

    def export(self, path: Path, selection: Selection | None = None, *, documents: bool = True) -> Path:
        exporting = Export(
            self.data_dir.database, selection or Selection(), self.files if documents else None
        )
        path.write_bytes(b"".join(exporting.lines()))
        exporting.close()
        return path

    def take(self, path: Path) -> Merged:
        return merge(self.database, self.files, lines.read(path), are_blocks)

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """All rows but for their places, which each store gives itself; in order."""
        found = {}
        for table in COMPARED:
            names = [row[1] for row in self.database.rows(f"PRAGMA table_info({table})")]
            rows = [
                dict(zip(names, row, strict=True)) for row in self.database.rows(f"SELECT * FROM {table}")
            ]
            kept = [{name: value for name, value in row.items() if name not in PLACES} for row in rows]
            is_ordered = table in {"messages", "steps"}
            found[table] = kept if is_ordered else sorted(kept, key=repr)
        return found


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[str], Store]]:
    made: list[Store] = []

    def start(name: str) -> Store:
        made.append(Store(tmp_path / name))
        return made[-1]

    yield start
    for store in made:
        store.database.close()


def message(conversation_id: str, role: str, content: str, **fields: Any) -> Message:
    values: dict[str, Any] = {
        "id": new_id(), "conversation_id": conversation_id, "turn_id": None, "role": role, "content": content,
        "status": "complete", "metadata": None, "created_at": 10, "updated_at": 10,
    }  # fmt: skip
    return Message(**{**values, **fields})


@pytest.fixture
def store(make: Callable[[str], Store]) -> Store:
    """A store with a bit of everything: a project, two conversations of which one has a branch, a document, a task."""
    made = make("here")
    project = new_id()
    made.sql("INSERT INTO projects VALUES (?, 'Work', NULL, '/somewhere', 'active', 1, 2)", project)
    first = a_conversation(title="First", project_id=project, updated_at=20)
    second = a_conversation(title="Zweite — ünïcode", updated_at=30)
    made.database.write(conversations.insert(first), conversations.insert(second))
    turn_id = new_id()
    asked = message(first.id, "user", "question", turn_id=turn_id)
    metadata = '{"modelId":"m","toolCalls":[{"toolCallId":"1","toolName":"Read","offset":0}]}'
    told = message(first.id, "assistant", "answer", turn_id=turn_id, parent_id=asked.id, metadata=metadata)
    branch = new_id()
    other = message(first.id, "user", "another way", branch_id=branch, parent_id=asked.id)
    made.database.write(messages.insert(asked), messages.insert(told), messages.insert(other))
    made.database.write(messages.insert(message(second.id, "user", "elsewhere")))
    made.sql(
        "INSERT INTO branches (id, conversation_id, parent_id, fork_pk, created_at) "
        "SELECT ?, ?, 'main', pk, 5 FROM messages WHERE id = ?",
        branch, first.id, asked.id,
    )  # fmt: skip
    made.database.write(
        turns.insert(
            Turn(turn_id, first.id, asked.id, told.id, None, "complete", "offline", None, 3, 9, 10, 12)
        ),
        turns.append_step(first.id, turn_id, "assistant", '[{"type":"text","text":"ans"}]'),
        turns.append_step(first.id, turn_id, "assistant", '[{"type":"text","text":"wer"}]'),
    )
    document = new_id()
    made.sql(
        "INSERT INTO documents (id, name, media_type, size_bytes, sha256, origin, state, created_at, updated_at) "
        "VALUES (?, 'a.txt', 'text/plain', 5, ?, 'upload', 'ready', 1, 1)",
        document, SHA,
    )  # fmt: skip
    made.sql("INSERT INTO document_texts (document_id, name, text) VALUES (?, 'a.txt', 'hello')", document)
    made.sql("INSERT INTO conversation_documents VALUES (?, ?, ?)", first.id, document, asked.id)
    (made.files.begin(document) / "file").write_bytes(b"hello")
    made.files.keep(document)
    made.sql(
        "INSERT INTO tasks (id, project_id, title, status, priority, conversation_id, created_at, updated_at) "
        "VALUES (?, ?, 'Do it', 'completed', 'low', ?, 1, 1)",
        new_id(), project, first.id,
    )  # fmt: skip
    made.sql(
        "INSERT INTO usage VALUES (?, 12, ?, ?, 'offline', NULL, 1, 2, 3, 4, 0.5)", turn_id, first.id, project
    )
    return made


def test_all_of_it_comes_over_and_twice_is_once(
    store: Store, make: Callable[[str], Store], tmp_path: Path
) -> None:
    path = store.export(tmp_path / "all.jsonl")
    there = make("there")
    merged = there.take(path)
    assert all(store.tables().values())
    assert there.tables() == store.tables()
    assert files(there.data_dir.documents) == files(store.data_dir.documents)
    assert merged.added["message"] == 4
    fork = "SELECT m.content FROM branches b JOIN messages m ON m.pk = b.fork_pk"
    assert there.database.rows(fork) == [("question",)]
    assert there.database.rows("SELECT rowid FROM messages_fts WHERE messages_fts MATCH 'elsewhere'")
    again = there.take(path)
    assert (again.added, again.renewed) == ({}, {})
    assert there.tables() == store.tables()
    assert (
        store.export(tmp_path / "back.jsonl").read_bytes().splitlines()[1:]
        == path.read_bytes().splitlines()[1:]
    )


def test_what_is_newer_here_stays_and_what_is_older_is_renewed(
    store: Store, make: Callable[[str], Store], tmp_path: Path
) -> None:
    there = make("there")
    there.take(store.export(tmp_path / "first.jsonl"))
    store.sql("UPDATE conversations SET title = 'theirs', updated_at = 100")
    store.sql("UPDATE messages SET content = 'changed', updated_at = 50 WHERE content = 'answer'")
    there.sql("UPDATE conversations SET title = 'mine', updated_at = 200 WHERE title = 'First'")
    there.sql("INSERT INTO rendered SELECT id, 1, 'old' FROM messages WHERE content = 'answer'")
    merged = there.take(store.export(tmp_path / "second.jsonl"))
    assert merged.renewed == {"conversation": 1, "message": 1}
    assert {row[0] for row in there.database.rows("SELECT title FROM conversations")} == {"mine", "theirs"}
    assert there.database.rows("SELECT content FROM messages WHERE updated_at = 50") == [("changed",)]
    assert there.database.rows("SELECT * FROM rendered") == []


def test_a_selection_has_what_belongs_to_it(
    store: Store, make: Callable[[str], Store], tmp_path: Path
) -> None:
    [(first, project)] = store.database.rows("SELECT id, project_id FROM conversations WHERE title = 'First'")
    for number, selection in enumerate((Selection(conversation_id=first), Selection(project_id=project))):
        there = make(f"there-{number}")
        there.take(store.export(tmp_path / "some.jsonl", selection))
        assert there.database.rows("SELECT title FROM conversations") == [("First",)]
        counts = {table: len(rows) for table, rows in there.tables().items()}
        assert counts == {**dict.fromkeys(COMPARED, 1), "messages": 3, "steps": 2}


def test_what_was_under_way_is_over_and_renewed_later(
    store: Store, make: Callable[[str], Store], tmp_path: Path
) -> None:
    store.sql("UPDATE messages SET status = 'streaming', content = 'ans' WHERE content = 'answer'")
    store.sql("UPDATE turns SET status = 'running', ended_at = NULL")
    store.sql("UPDATE tasks SET status = 'running'")
    store.sql("DELETE FROM steps WHERE blocks LIKE '%wer%'")
    there = make("there")
    there.take(store.export(tmp_path / "running.jsonl"))
    assert there.database.rows("SELECT status FROM messages WHERE content = 'ans'") == [("interrupted",)]
    assert there.database.rows("SELECT status FROM turns") == [("interrupted",)]
    assert there.database.rows("SELECT status FROM tasks") == [("planned",)]
    store.sql(
        "UPDATE messages SET status = 'complete', content = 'answer', updated_at = 40 WHERE content = 'ans'"
    )
    store.sql("UPDATE turns SET status = 'complete', ended_at = 40")
    store.database.write(
        *(
            turns.append_step(row[0], row[1], "assistant", '[{"type":"text","text":"wer"}]')
            for row in store.database.rows("SELECT conversation_id, id FROM turns")
        )
    )
    there.take(store.export(tmp_path / "ended.jsonl"))
    assert there.database.rows("SELECT status FROM turns") == [("complete",)]
    assert there.database.rows("SELECT content FROM messages WHERE updated_at = 40") == [("answer",)]
    assert there.tables()["steps"] == store.tables()["steps"]


def test_documents_without_content_are_left_out(
    store: Store, make: Callable[[str], Store], tmp_path: Path
) -> None:
    there = make("there")
    merged = there.take(store.export(tmp_path / "bare.jsonl", documents=False))
    assert merged.without_content == 1
    assert there.tables()["documents"] == []
    assert there.tables()["conversation_documents"] == []


def set_in(kind: str, **fields: Any) -> Callable[[list[dict[str, Any]]], object]:
    def change(records: list[dict[str, Any]]) -> None:
        next(one for one in records if one["kind"] == kind).update(fields)

    return change


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (set_in("message", status="finished"), "status of the message must be one of"),
        (set_in("message", content=7), "content of the message is not what it should be"),
        (set_in("message", updatedAt=-1), "updatedAt of the message"),
        (set_in("message", createdAt=2**63 - 1), "createdAt of the message"),
        (set_in("conversation", updatedAt=253_402_300_800_000), "updatedAt of the conversation"),
        (set_in("usage", at=2**62), "at of the usage"),
        (set_in("conversation", title="x" * 2_001), "title of the conversation"),
        (set_in("document", name="x" * 2_001), "name of the document"),
        (set_in("message", metadata={"type": []}), "metadata of the message"),
        (set_in("message", conversationId="nowhere"), "neither here nor in the file"),
        (set_in("message", metadata={"toolCalls": [{}]}), "metadata of the message"),
        (set_in("message", id=""), "id of the message is no id"),
        (set_in("message", content="half \ud800"), "content of the message"),
        (set_in("message", metadata={"a": "half \ud800"}), "cannot be stored"),
        (set_in("step", blocks=[{"type": "nothing"}]), "blocks of the step"),
        (set_in("step", number=5), "number of the step"),
        (set_in("branch", forkMessageId="nowhere"), "forkMessageId"),
        (set_in("document", id="../../outside"), "id of the document is no UUID"),
        (set_in("document", content={"file": "eHl6"}), "not what its sha256 says"),
        (set_in("document", content={"file": "*"}), "not base64"),
        (lambda records: records[0].update(version=2), "version 2"),
        (lambda records: records[0].update(kind="other"), "no export of stagent"),
        (lambda records: records.pop(), "ends too early"),
        (lambda records: records.pop(-2), "records, and here are"),
        (lambda records: records.append({"kind": "project"}), "something follows"),
    ],
)
def test_an_error_names_the_line_and_nothing_is_imported(
    store: Store,
    make: Callable[[str], Store],
    tmp_path: Path,
    change: Callable[[list[dict[str, Any]]], object],
    what: str,
) -> None:
    records = [json.loads(line) for line in store.export(tmp_path / "good.jsonl").read_bytes().splitlines()]
    change(records)
    path = tmp_path / "bad.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records))
    there = make("there")
    with pytest.raises(TransferError, match=rf"Line \d+: .*{what}"):
        there.take(path)
    assert not any(there.tables().values())
    assert files(there.data_dir.root).keys() & files(tmp_path).keys() == set()
    assert not any(there.data_dir.documents.rglob("file"))


@pytest.mark.parametrize("line", ["{", "[]", '{"a": NaN}', '{"a": 1e999}', "[" * 100_000])
def test_a_line_that_is_no_json_object_is_named(
    store: Store, make: Callable[[str], Store], tmp_path: Path, line: str
) -> None:
    path = store.export(tmp_path / "good.jsonl")
    head, *rest = path.read_text().splitlines()
    path.write_text("\n".join([head, line, *rest]) + "\n")
    with pytest.raises(TransferError, match="Line 2: "):
        make("there").take(path)
