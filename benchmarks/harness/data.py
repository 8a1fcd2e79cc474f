"""Databases with much in them. Each size is made once for a run, by all scripts that use it together."""

from __future__ import annotations

import functools
import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir

SIZES = (0.01, 0.1, 1.0)
"""How the cost grows is looked at over these."""

CONVERSATIONS, MESSAGES, LONG, PROJECTS = 100_000, 1_000_000, 20_000, 10
COMMON, RARE = "daemon", "xylophone"
"""A word of every message, and one of as many messages as one page of results has, whatever the size."""

RARE_MESSAGES = 20
WORDS = tuple(f"w{number}" for number in range(20_000))
START_MS = 1_750_000_000_000
GROUP = 10_000


@dataclass(frozen=True, slots=True)
class Data:
    """A data folder with a database in it.

    Attributes:
        folder: the data folder.
        conversations: how many there are.
        messages: how many there are, over all conversations.
        projects: their ids; every tenth conversation belongs to one.
        long_id: a conversation with a fiftieth of all messages.
    """

    folder: DataDir
    conversations: int
    messages: int
    projects: tuple[str, ...]
    long_id: str

    def open(self) -> Database:
        """The database; whoever opens it closes it."""
        return Database(self.folder.database)


@functools.cache
def data(size: float) -> Data:
    """A database in which `size` of everything is."""
    kept = _kept(size)
    folder = DataDir(Path(kept.name) / "data")
    folder.prepare()
    database = Database(folder.database)
    try:
        migrate(database, folder.backups)
        conversations, messages = int(CONVERSATIONS * size), int(MESSAGES * size)
        connection = database.connection
        projects = tuple(new_id() for _ in range(PROJECTS))
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO projects (id, name, status, created_at, updated_at) VALUES (?, ?, 'active', 0, 0)",
            [(one, f"project {number}") for number, one in enumerate(projects)],
        )
        ids = [new_id() for _ in range(conversations)]
        connection.executemany(
            "INSERT INTO conversations (id, project_id, title, title_is_given, runtime_id, status, preview, "
            "input_tokens, output_tokens, cost_usd, unpriced_turns, created_at, updated_at, branch_id) "
            "VALUES (?, ?, ?, 0, 'claude-code', ?, 'the start of the last message', 1200, 340, 0.01, 0, ?, ?, 'main')",
            _conversations(ids, projects),
        )
        for first in range(0, messages, GROUP):
            connection.executemany(
                "INSERT INTO messages (id, conversation_id, turn_id, role, content, status, metadata, created_at, "
                "updated_at, branch_id, parent_id, is_pinned) VALUES (?, ?, NULL, ?, ?, 'complete', ?, ?, ?, 'main', NULL, 0)",
                _messages(ids, range(first, min(messages, first + GROUP)), messages),
            )
        connection.execute("COMMIT")
    finally:
        database.close()
    return Data(folder, conversations, messages, projects, ids[0])


@functools.cache
def _kept(size: float) -> tempfile.TemporaryDirectory[str]:
    """The folder of a size; it goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix=f"benchmark-{size}-")


def _conversations(ids: list[str], projects: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    for number, one in enumerate(ids):
        project = projects[number // 10 % PROJECTS] if number % 10 == 0 else None
        status = "archived" if number % 4 == 0 else "active"
        yield one, project, f"about topic {number}", status, START_MS, START_MS + number // 3


def _messages(ids: list[str], numbers: range, total: int) -> Iterator[tuple[object, ...]]:
    """The first fiftieth goes to one conversation, the others in turn to the rest."""
    vary = random.Random(numbers.start)
    metadata = json.dumps(
        {"modelId": "claude-sonnet-5", "inputTokens": 1200, "outputTokens": 340, "toolCalls": []}
    )
    for number in numbers:
        conversation = ids[0] if number < total * LONG // MESSAGES else ids[number % len(ids)]
        words = " ".join(vary.choices(WORDS, k=8))
        rare = f" {RARE}" if number % (total // RARE_MESSAGES) == 7 else ""
        content = f"What the {COMMON} does with {words} and why{rare}, number {number}."
        is_answer = number % 2
        yield (
            new_id(),
            conversation,
            "assistant" if is_answer else "user",
            content,
            metadata if is_answer else None,
            START_MS + number,
            START_MS + number,
        )
