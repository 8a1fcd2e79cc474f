"""How a database of an earlier version becomes one of this version: numbered steps, a backup of the database before each."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

import msgspec

from storage.database import Database, explain
from storage.errors import DatabaseTooNewError
from storage.schema_1 import FIRST
from storage.schema_2 import SECOND
from storage.schema_3 import THIRD
from storage.schema_4 import FOURTH


class Migration(msgspec.Struct, frozen=True):
    """One step. `script` runs in a transaction of its own."""

    number: int
    title: str
    script: str


MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "conversations, messages, turns, rules", FIRST),
    Migration(2, "branches, documents, tasks, environments, usage", SECOND),
    Migration(3, "documents in use, their text, their files; runs of tasks; upkeep", THIRD),
    Migration(4, "what became of the last turn, and whether it was seen", FOURTH),
)


def version(database: Database) -> int:
    """The number of the last migration that the database has gone through; 0 for an empty one."""
    found = database.row("PRAGMA user_version")
    return int(found[0]) if found else 0


def refuse_newer(path: Path) -> None:
    """Looks at a database without touching it, before anything else does.

    Raises:
        DatabaseTooNewError: a newer program has written it.
        StorageError: it is no database, or cannot be read.
    """
    if not path.exists():
        return
    connection = None
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)
        at = int(connection.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        if connection is not None:
            connection.close()
    _check(at, path, MIGRATIONS[-1].number)


def migrate(
    database: Database, backups: Path, migrations: tuple[Migration, ...] = MIGRATIONS
) -> tuple[int, ...]:
    """Brings the database to the newest version; the numbers of the migrations that ran come back.

    A database that already holds something is backed up, without documents, before each migration.

    Raises:
        DatabaseTooNewError: a newer program has written the database; nothing was changed.
        StorageError: a migration failed; the database is as it was before that one.
    """
    at = version(database)
    is_new = at == 0
    newest = migrations[-1].number
    _check(at, database.path, newest)
    done: list[int] = []
    for migration in migrations:
        if migration.number <= at:
            continue
        if not is_new:
            _back_up(database, backups, migration)
        _run(database, migration)
        at = migration.number
        done.append(at)
    return tuple(done)


def _back_up(database: Database, backups: Path, migration: Migration) -> None:
    """Keeps the database as it is before a migration. Most starts have none, so what writes backups is imported here."""
    from storage.backups import shelf  # noqa: PLC0415
    from storage.backups.writing import Source, write  # noqa: PLC0415

    write(Source(database.path), shelf.before_migration(backups, migration.number))


def _check(at: int, path: Path, newest: int) -> None:
    if at > newest:
        raise DatabaseTooNewError(
            f"{path} has version {at}, and this program knows versions up to {newest}. "
            "Install a newer stagent, or choose another folder with --data-dir."
        )


def _run(database: Database, migration: Migration) -> None:
    connection = database.connection
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in _split(migration.script):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {migration.number:d}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        database.rollback()
        raise explain(error, database.path) from error


def _split(script: str) -> list[str]:
    """The statements of a script; `executescript` would end the transaction."""
    statements: list[str] = []
    rest = ""
    for piece in script.split(";"):
        rest += piece + ";"
        if sqlite3.complete_statement(rest):
            statements.append(rest)
            rest = ""
    return [statement for statement in statements if statement.strip(" \n;")]
