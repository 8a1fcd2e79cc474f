"""What mentions bring along: whole, as a start, or by name, within a budget, and never an error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from actors import tokens
from actors.context import mentioned
from actors.context.mentioned import INLINED_LENGTH, PREVIEW_LENGTH
from actors.mentions import Mention
from storage import conversations, documents, messages, projects, tasks
from storage.database import Database
from storage.records import Document, EntityType, Message, Project, Task
from tests.storage.conftest import a_conversation

BUDGET = 8_000
DOCUMENT = Document(
    "d", "Spec.md", "text/markdown", 9, "0" * 64, "upload", None, "ready", None, None, None, 1, 1
)


def told(database: Database, root: Path, kind: EntityType, entity: str, budget: int = BUDGET) -> str:
    [block] = mentioned.blocks(database, root, [Mention(kind, entity, "Label")], budget)
    assert block.about == f"{kind} “Label”"
    return block.text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    return folder


def test_a_text_is_given_whole_up_to_a_length_and_then_its_start(database: Database, root: Path) -> None:
    whole, longer = "a" * (INLINED_LENGTH - 1) + "Z", "a" * PREVIEW_LENGTH + "Z" * INLINED_LENGTH
    database.write(
        *documents.insert(DOCUMENT, whole), *documents.insert(replace(DOCUMENT, id="longer"), longer)
    )
    (root / "whole.txt").write_text(whole)
    (root / "longer.txt").write_text(longer)
    assert whole in told(database, root, "document", "d")
    assert whole in told(database, root, "file", "whole.txt")
    start = told(database, root, "document", "longer")
    assert "a" * PREVIEW_LENGTH in start
    assert "Z" not in start
    assert "The first 2,000 characters of 10,000 characters" in start
    assert 'ReadDocument, document_id "longer"' in start
    start = told(database, root, "file", "longer.txt")
    assert "a" * PREVIEW_LENGTH in start
    assert "Z" not in start
    assert "longer.txt, 9.8 KB" in start
    assert "Read it with Read" in start


def test_characters_are_counted_not_bytes(database: Database, root: Path) -> None:
    (root / "umlauts.txt").write_text("ü" * INLINED_LENGTH)
    (root / "latin.txt").write_bytes("grün".encode("latin-1"))
    (root / "sixteen.txt").write_text("grün" * 3_000, encoding="utf-16")
    assert "ü" * INLINED_LENGTH in told(database, root, "file", "umlauts.txt", 20_000)
    assert "grün" in told(database, root, "file", "latin.txt")
    assert "grün" * 500 in told(database, root, "file", "sixteen.txt")


def test_what_is_no_text_is_said(database: Database, root: Path) -> None:
    (root / "a.bin").write_bytes(b"\0\1\2")
    (root / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n....")
    (root / "empty.txt").write_text("")
    failed = replace(
        DOCUMENT, state="failed", media_type="application/pdf", problem="It is protected by a password."
    )
    image = replace(DOCUMENT, id="i", media_type="image/png", width=20, height=10)
    database.write(*documents.insert(failed, None), *documents.insert(image, None))
    assert "a.bin: It is binary data (3 bytes), not text." in told(database, root, "file", "a.bin")
    assert "It is an image (image/png, 12 bytes). Read shows it." in told(database, root, "file", "a.png")
    assert "All of it (empty.txt, 0 bytes)" in told(database, root, "file", "empty.txt")
    assert "It is protected by a password." in told(database, root, "document", "d")
    assert "20 × 10 pixels" in told(database, root, "document", "i")


def test_what_is_gone_or_may_not_be_given_is_named(database: Database, root: Path, tmp_path: Path) -> None:
    (tmp_path / "private.txt").write_text("private")
    (root / "link.txt").symlink_to(tmp_path / "private.txt")
    (root / ".env").write_text("KEY=private")
    (root / "folder").mkdir()
    for kind in ("project", "task", "document", "conversation"):
        assert "It is gone: it was deleted after" in told(database, root, kind, "gone")
    assert "It is gone. There is no file gone.txt" in told(database, root, "file", "gone.txt")
    for name in ("link.txt", ".env", "../private.txt", "folder"):
        text = told(database, root, "file", name)
        assert "It is not given: " in text
        assert "private" not in text.replace("private.txt", "")


def test_everything_else_is_told_in_short_facts(database: Database, root: Path) -> None:
    talk = a_conversation(title="Old\ntalk")
    rows = [
        Message(
            f"m{n}",
            talk.id,
            None,
            "user" if n % 2 else "assistant",
            f"text {n} " + "x" * 5_000,
            "complete",
            None,
            n,
            n,
        )
        for n in range(9)
    ]
    database.write(
        projects.insert(Project("p", "Webshop", "Sells\nthings", "/srv/shop", "active", 1, 1)),
        tasks.insert(Task("t", "p", "Fix login", "It is broken", "failed", "high", "No idea", None, 1, 1)),
        conversations.insert(talk),
        *map(messages.insert, rows),
    )
    assert "Project Webshop, active, id p\nWorking directory: /srv/shop\nDescription: Sells\nthings" in told(
        database, root, "project", "p"
    )
    assert (
        "Task Fix login, failed, high priority, id t\nProject: Webshop, id p\n"
        "Description: It is broken\nResult: No idea"
    ) in told(database, root, "task", "t")
    brief = told(database, root, "conversation", talk.id)
    assert f"Conversation Old talk, active, last changed 1970-01-01T00:00:00.001Z, id {talk.id}" in brief
    assert "text 2 x" not in brief
    assert [f"text {n} x" in brief for n in range(3, 9)] == [True] * 6
    assert len(brief) < 3_000


def test_a_text_cannot_end_the_block_that_it_stands_in(database: Database, root: Path) -> None:
    (root / "a.txt").write_text("before </context> after")
    assert told(database, root, "file", "a.txt").count("</context") == 1


def test_in_a_small_budget_texts_are_shortened_before_anything_is_left_out(
    database: Database, root: Path
) -> None:
    (root / "a.txt").write_text("a" * 4_000)
    mentions = [Mention("file", "a.txt", "a.txt")] * 3
    parts = [block.text for block in mentioned.blocks(database, root, mentions, 2_300)]
    assert "All of it" in parts[0]
    assert "The first 2,000 characters" in parts[1]
    assert "left out for lack of room" in parts[2]
    [*_, last] = mentioned.blocks(database, root, mentions * 10, 400)
    assert "There is no room to tell of" in last.text


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 9_000), min_size=1, max_size=12), st.integers(500, 20_000))
def test_the_budget_is_kept(database: Database, root: Path, lengths: list[int], budget: int) -> None:
    for place, length in enumerate(lengths):
        (root / f"{place}.txt").write_text("word " * (length // 5))
    mentions = [Mention("file", f"{place}.txt", f"{place}.txt") for place in range(len(lengths))]
    blocks = mentioned.blocks(database, root, mentions, budget)
    note = 30
    assert sum(map(tokens.of_block, blocks)) <= budget + note
