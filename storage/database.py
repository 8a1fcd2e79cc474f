"""The SQLite file: how it is opened, read and written, and what its errors mean."""

from __future__ import annotations

import errno
import logging
import sqlite3
import threading
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace
from peewee import PeeweeException, SqliteDatabase

from storage.errors import (
    ConflictError,
    DatabaseUnreadableError,
    RejectedError,
    StorageError,
    StorageFullError,
    StorageReadOnlyError,
)
from storage.statements import Query, Scalar, Statement

PRAGMAS = {
    "auto_vacuum": 2,  # incremental; before anything else, since it holds only for a file without pages
    "journal_mode": "wal",
    "synchronous": "normal",
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "cache_size": -4000,  # KiB per connection: the working set of a sidebar and a conversation
    "temp_store": "memory",
}

CLOSE_TIMEOUT_S = 2.0

Row = tuple[Any, ...]

logger = logging.getLogger(__name__)


class _Handle(msgspec.Struct, frozen=True):
    """A thread's connection. Its lock is held while it reads: SQLite crashes when it is closed meanwhile."""

    connection: sqlite3.Connection
    lock: threading.Lock = msgspec.field(default_factory=threading.Lock)


class Database:
    """One SQLite file, with a connection for each thread that uses it.

    Args:
        path: the file; it is created if it does not exist.

    Raises:
        StorageError: it cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._peewee = SqliteDatabase(str(path), pragmas=PRAGMAS, check_same_thread=False)
        self._handles: list[_Handle] = []
        self._lock = threading.Lock()
        self._local = threading.local()
        try:
            self.rows("SELECT count(*) FROM sqlite_master")
        except (sqlite3.Error, PeeweeException) as error:
            self.close()
            raise explain(_sqlite_error(error), path) from error

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection of the current thread, in autocommit mode."""
        return self._handle.connection

    @property
    def _handle(self) -> _Handle:
        found: _Handle | None = getattr(self._local, "handle", None)
        if found is None:
            self._peewee.connect(reuse_if_open=True)
            found = _Handle(self._peewee.connection())  # type: ignore[no-untyped-call]
            self._local.handle = found
            with self._lock:
                self._handles.append(found)
        return found

    def rows(self, sql: str, params: Sequence[Scalar] = ()) -> list[Row]:
        """All rows of a query, as tuples."""
        handle = self._handle
        with handle.lock:
            return handle.connection.execute(sql, params).fetchall()

    def row(self, sql: str, params: Sequence[Scalar] = ()) -> Row | None:
        """The first row of a query, or None."""
        handle = self._handle
        with handle.lock:
            found: Row | None = handle.connection.execute(sql, params).fetchone()
        return found

    def select(self, query: Query) -> list[Row]:
        """All rows of a peewee query, as tuples. For reads that are not hot."""
        sql, params = query.sql()
        return self.rows(sql, params)

    def begin(self) -> None:
        """Starts a write transaction, if none is open. Raises StorageError."""
        try:
            if not self.connection.in_transaction:
                self.connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise explain(error, self.path) from error

    def commit(self) -> None:
        """Ends the write transaction. Raises StorageError; nothing of it is kept then."""
        try:
            self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            self.rollback()
            raise explain(error, self.path) from error

    def rollback(self) -> None:
        """Takes the open write transaction back, if there is one."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    def execute(self, statements: Sequence[Statement]) -> None:
        """Executes statements within the open transaction: all of them, or none when one fails.

        Half a surrogate pair in a text, which SQLite cannot hold, is replaced.

        Raises:
            ConflictError: a statement that must change something did not.
            RejectedError: a statement cannot be executed, whenever it is tried.
            StorageError: a statement failed; the transaction goes on without any of them.
        """
        connection = self.connection
        try:
            connection.execute("SAVEPOINT unit")
            try:
                _execute(connection, statements)
            except UnicodeEncodeError:
                connection.execute("ROLLBACK TO unit")
                _execute(connection, [_writable(statement) for statement in statements])
            connection.execute("RELEASE unit")
        # Not only errors of SQLite: an integer that it cannot hold is another one, and the savepoint must go anyway.
        except Exception as error:
            # A full disk makes SQLite give up the whole transaction: then there is no savepoint left.
            if connection.in_transaction:
                connection.execute("ROLLBACK TO unit")
                connection.execute("RELEASE unit")
            if isinstance(error, ConflictError):
                raise
            if not isinstance(error, sqlite3.Error):
                raise RejectedError(f"The database cannot hold it: {error}") from error
            raise explain(error, self.path) from error

    def execute_each(self, statements: Sequence[Statement]) -> list[StorageError]:
        """Executes statements within the open transaction, each by itself; the errors of those that are rejected.

        Raises:
            StorageError: the store cannot be written; the transaction goes on without any of them.
        """
        rejected: list[StorageError] = []
        self.connection.execute("SAVEPOINT units")
        for statement in statements:
            try:
                self.execute((statement,))
            except StorageError as error:
                if not error.may_pass:
                    rejected.append(error)
                    continue
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK TO units")
                    self.connection.execute("RELEASE units")
                raise
        self.connection.execute("RELEASE units")
        return rejected

    def write(self, *statements: Statement) -> None:
        """Executes statements in a transaction of their own. For start-up and tests.

        Raises:
            StorageError: nothing was written.
        """
        self.begin()
        try:
            self.execute(statements)
        except StorageError:
            self.rollback()
            raise
        self.commit()

    def close(self) -> None:
        """Closes the connections of all threads. A read that is under way ends with an error; none may write."""
        with self._lock:
            handles, self._handles = self._handles, []
        for handle in handles:
            if not handle.lock.acquire(blocking=False):
                handle.connection.interrupt()
                if not handle.lock.acquire(timeout=CLOSE_TIMEOUT_S):
                    logger.error("a connection to %s is still in use; it is left open", self.path)
                    continue
            handle.connection.close()
            handle.lock.release()

    def __repr__(self) -> str:
        return f"Database({str(self.path)!r}, {len(self._handles)} connections)"


def _execute(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    for (sql, must_change), group in groupby(statements, key=_kind):
        rows = [statement.params for statement in group]
        cursor = connection.execute(sql, rows[0]) if len(rows) == 1 else connection.executemany(sql, rows)
        if cursor.description is not None:  # a pragma works on only as far as its rows are read
            cursor.fetchall()
        if must_change and cursor.rowcount < len(rows):
            raise ConflictError("Something else has changed it in the meantime. Look again.")


def _writable(statement: Statement) -> Statement:
    """The statement with the lone surrogates of its texts replaced."""
    params = [
        param.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if isinstance(param, str)
        else param
        for param in statement.params
    ]
    return replace(statement, params=tuple(params))


def _kind(statement: Statement) -> tuple[str, bool]:
    return statement.sql, statement.must_change


REJECTIONS = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT,
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_MISMATCH,
        sqlite3.SQLITE_MISUSE,
        sqlite3.SQLITE_RANGE,
        sqlite3.SQLITE_TOOBIG,
    }
)
"""What SQLite says of a statement, not of the disk or of other programs. Python's own checks have no code at all."""


def _sqlite_error(error: Exception) -> sqlite3.Error:
    """The error of SQLite itself: peewee wraps those of its own connecting."""
    inner = error.__cause__ or error.__context__
    return next((one for one in (error, inner) if isinstance(one, sqlite3.Error)), sqlite3.Error(str(error)))


def explain(error: Exception, path: Path) -> StorageError:
    """The storage error that an error stands for, in words for people."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = None if code is None else code & 0xFF
    if primary == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == errno.ENOSPC:
        return StorageFullError(f"The disk of {path.parent} is full. Free some space and try again.")
    if primary in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return StorageReadOnlyError(f"{path} cannot be written to. Mend the rights of the data folder.")
    if primary == sqlite3.SQLITE_IOERR:
        return StorageError(f"{path} could not be read or written: the disk reports an error.")
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return DatabaseUnreadableError(f"{path} is damaged or no SQLite database.")
    if primary == sqlite3.SQLITE_BUSY:
        return StorageError(f"{path} is locked by another program.")
    if primary in REJECTIONS or (primary is None and isinstance(error, sqlite3.Error)):
        return RejectedError(f"The database refuses it: {error}")
    return StorageError(f"The database reports an error: {error}")
