"""What a person may mean, found as they type, among 10,000 entities and 50,000 files; against one indexed query."""

from __future__ import annotations

import functools
import random
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from actors.entity_search import ALL_TYPES, find
from actors.file_names import FileNames
from benchmarks.harness.figures import percentile, seconds
from benchmarks.harness.growth import growth
from benchmarks.harness.report import Result, main
from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate

ENTITIES, FILES = 10_000, 50_000
LIMIT = 20
TYPED = ("d", "da", "dae", "daemon", "daemon l", "loa", "module12", "src/mod", "xylo", "no such thing")
"""What a person has typed so far, from one letter on."""

INDEXED = "SELECT entity_type, entity_id, label FROM entities WHERE label >= ? COLLATE NOCASE ORDER BY label COLLATE NOCASE LIMIT 20"
WORDS = (
    "daemon",
    "loader",
    "scanner",
    "archive",
    "window",
    "reader",
    "sidebar",
    "xylophone",
    "history",
    "queue",
)


def measure(small: bool) -> Sequence[Result]:
    """The mean over everything typed; both sides in this process, without HTTP."""
    runs = 2 if small else 31
    figure, baseline = typing_ms(0.01 if small else 1.0, runs)
    results = [Result("entity search as typed, 10,000 entities, 50,000 files", figure, "ms", 5.0, baseline)]
    if not small:
        results += growth("entities and files", lambda size: typing_ms(size, runs)[0], "ms", 5.0)
    return results


def typing_ms(size: float, runs: int) -> tuple[float, float]:
    """The mean of the search and of one indexed query, each the median of some runs."""
    files = FileNames(Path("/project"), file_names(int(FILES * size)))
    with tempfile.TemporaryDirectory() as name, closing(Database(Path(name) / "stagent.db")) as database:
        migrate(database, Path(name) / "backups")
        fill(database, int(ENTITIES * size))
        ours: list[float] = []
        indexed: list[float] = []
        for text in TYPED:
            search = functools.partial(find, database, text, ALL_TYPES, files, LIMIT)
            plain = functools.partial(database.rows, INDEXED, (text,))
            pairs = [(seconds(search), seconds(plain)) for _ in range(runs)]
            ours.append(percentile([one for one, _ in pairs], 0.5))
            indexed.append(percentile([one for _, one in pairs], 0.5))
    return sum(ours) / len(TYPED) * 1000, sum(indexed) / len(TYPED) * 1000


def fill(database: Database, count: int) -> None:
    """Tasks and conversations with names of a few words."""
    vary = random.Random(1)
    names = [" ".join(vary.choices(WORDS, k=3)) + f" {number}" for number in range(count)]
    connection = database.connection
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO tasks (id, title, status, priority, created_at, updated_at) VALUES (?, ?, 'planned', 'medium', 0, ?)",
        [(new_id(), name, number) for number, name in enumerate(names[::2])],
    )
    connection.executemany(
        "INSERT INTO conversations (id, title, title_is_given, runtime_id, status, input_tokens, output_tokens, "
        "cost_usd, unpriced_turns, created_at, updated_at) VALUES (?, ?, 0, 'offline', 'active', 0, 0, 0, 0, 0, ?)",
        [(new_id(), name, number) for number, name in enumerate(names[1::2])],
    )
    connection.execute("COMMIT")


def file_names(count: int) -> list[tuple[str, int]]:
    """Paths of a project, and when they changed."""
    vary = random.Random(2)
    return [
        (f"src/module{number // 100}/{vary.choice(WORDS)}_{vary.choice(WORDS)}{number}.py", number)
        for number in range(count)
    ]


if __name__ == "__main__":
    main(measure)
