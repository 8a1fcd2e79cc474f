"""A data folder in which every table has rows and documents have files, and what can be compared of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from peewee import BlobField, FloatField, TextField

from storage.database import Database
from storage.ids import new_id
from storage.migrations import migrate
from storage.paths import DataDir
from storage.statements import Scalar, Statement
from storage.tables import TABLES

ROWS = 3
KEPT_BY_TRIGGERS = {"entities", "removed_documents"}
MEANT = {"role": "user", "status": "complete", "origin": "upload", "branch_id": "main", "kind": "backup"}


def fill(data_dir: DataDir) -> None:
    """Makes a data folder with rows in all tables, three documents and settings."""
    data_dir.root.mkdir(mode=0o700, exist_ok=True)
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    ids = {
        name: [new_id() for _ in range(ROWS)] for name in ("project", "conversation", "document", "message")
    }
    for table in TABLES:
        meta = table._meta
        if meta.table_name not in KEPT_BY_TRIGGERS:
            for number in range(ROWS):
                _insert(database, meta.table_name, meta.columns, ids, number)
    gone = new_id()
    database.write(Statement("INSERT INTO removed_documents VALUES (?)", (gone,)))
    database.close()
    for number, document_id in enumerate(ids["document"]):
        folder = data_dir.documents / document_id
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(bytes(range(256)) * (number * 5000))
        (folder / "thumbnail").write_bytes(b"small")
    data_dir.settings.write_text('{"maxSteps": 7}\n')
    data_dir.token.write_text("the token")


def _insert(database: Database, table: str, columns: dict, ids: dict[str, list[str]], number: int) -> None:
    values: dict[str, Scalar] = {}
    for name, column in columns.items():
        of = name.removesuffix("_id")
        if name == "pk":
            continue
        if name == "id" and table.removesuffix("s") in ids:
            values[name] = ids[table.removesuffix("s")][number]
        elif name in {"id", "turn_id"}:
            values[name] = f"{table if name == 'id' else 'turn'}-{number}"
        elif of in ids:
            values[name] = ids[of][number]
        elif name in MEANT:
            values[name] = MEANT[name]
        elif isinstance(column, TextField):
            values[name] = f'{{"{name}": "Grüße {number} \\u2028"}}'
        elif isinstance(column, BlobField):
            values[name] = bytes(range(256))
        elif isinstance(column, FloatField):
            values[name] = number + 0.25
        else:
            values[name] = 0 if name.startswith(("is_", "title_is")) else 1_700_000_000_000 + number
    names = ", ".join(values)
    marks = ",".join("?" * len(values))
    database.write(Statement(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(values.values())))


def rows(path: Path) -> dict[str, list[tuple]]:
    """Every row of every table, those behind the full-text search too."""
    database = Database(path)
    names = [
        row[0]
        for row in database.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
        )
    ]
    found = {name: sorted(database.rows(f"SELECT * FROM {name}"), key=repr) for name in names}
    database.close()
    return found


def files(root: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file()
    }
