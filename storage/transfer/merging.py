"""Takes records into the store by their ids: what is not here is added, what is older here is renewed, the rest stays.

Taking the same file in twice changes nothing the second time. Either all of it is taken in or nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from storage.database import Database, explain
from storage.document_files import DocumentFiles, Part
from storage.errors import StorageError, TransferError
from storage.statements import Scalar
from storage.transfer.checking import check, document_parts
from storage.transfer.kinds import (
    BRANCH,
    DOCUMENT,
    LINK,
    MESSAGE,
    STEP,
    TASK,
    TURN,
    USAGE,
    Kind,
)  # fmt: skip
from storage.transfer.merged import Merged

_ELSEWHERE: Mapping[str, str] = {"project_id": "projects", "conversation_id": "conversations"}


def merge(
    database: Database,
    files: DocumentFiles,
    records: Iterable[tuple[int, Mapping[str, Any]]],
    are_blocks: Callable[[str], bool],
) -> Merged:
    """Takes records in, each with the number of its line; `are_blocks` tells whether JSON is that of a step.

    The conversations among them must be closed: an open one would not know of its new messages.

    Raises:
        TransferError: a record is not what it should be; the message names the line, and nothing was taken in.
        StorageError: the store cannot be written; nothing was taken in.
    """
    work = _Merge(database, files, are_blocks)
    database.begin()
    line = 0
    try:
        for number, record in records:
            line = number
            work.take(record)
        database.commit()
    except BaseException as error:
        database.rollback()
        work.undo_files()
        if isinstance(error, TransferError) and not str(error).startswith("Line "):
            raise TransferError(f"Line {line:,}: {error}.") from error
        if isinstance(error, UnicodeEncodeError | OverflowError):
            raise TransferError(f"Line {line:,}: it holds what cannot be stored.") from error
        if isinstance(error, sqlite3.Error):
            raise explain(error, database.path) from error
        raise
    return work.merged


class _Merge:
    """One merge under way."""

    def __init__(self, database: Database, files: DocumentFiles, are_blocks: Callable[[str], bool]) -> None:
        self._are_blocks = are_blocks
        self.merged = Merged()
        self._connection = database.connection
        self._files = files
        self._new_documents: list[str] = []

    def take(self, record: Mapping[str, Any]) -> None:
        """Takes one record in. Raises TransferError, sqlite3.Error, StorageError."""
        checked = check(record, self._are_blocks)
        if checked is None:
            self.merged.unknown += 1
            return
        kind, row = checked
        _settle(kind, row)
        if not self._has_what_it_names(kind, row):
            self.merged.unchanged += 1
        elif kind is STEP:
            self._add_step(row, record.get("number"))
        elif kind is BRANCH:
            self._add_branch(row, record.get("forkMessageId"))
        elif kind is LINK:
            self._add(kind, row)
        elif kind is TURN:
            self._add_turn(row)
        elif kind is DOCUMENT:
            self._take_document(row, record)
        else:
            self._put(kind, row)

    def undo_files(self) -> None:
        """Removes the files of documents that were not taken in after all."""
        for document_id in self._new_documents:
            self._files.remove(document_id)

    def _put(self, kind: Kind, row: dict[str, Scalar]) -> None:
        """Adds a row, or renews the one that is older here."""
        assert kind.age is not None
        found = self._one(f"SELECT {kind.age} FROM {kind.table_name} WHERE {kind.key} = ?", row[kind.key])
        if found is None:
            self._add(kind, row)
            return
        changes = {name: value for name, value in row.items() if name not in {kind.key, "conversation_id"}}
        same = "AND conversation_id = ?" if kind is MESSAGE else ""
        cursor = self._connection.execute(
            f"UPDATE {kind.table_name} SET {', '.join(f'{name} = ?' for name in changes)} "
            f"WHERE {kind.key} = ? AND {kind.age} < ? {same}",
            (*changes.values(), row[kind.key], row[kind.age], *([row["conversation_id"]] if same else [])),
        )
        if not cursor.rowcount:
            self.merged.unchanged += 1
            return
        self.merged.count(self.merged.renewed, kind.name, row)
        if kind is MESSAGE:
            self._connection.execute("DELETE FROM rendered WHERE message_id = ?", (row["id"],))

    def _add(self, kind: Kind, row: Mapping[str, Scalar]) -> None:
        cursor = self._connection.execute(
            f"INSERT OR IGNORE INTO {kind.table_name} ({', '.join(row)}) VALUES ({','.join('?' * len(row))})",
            tuple(row.values()),
        )
        if cursor.rowcount:
            self.merged.count(self.merged.added, kind.name, row)
        else:
            self.merged.unchanged += 1

    def _add_turn(self, row: dict[str, Scalar]) -> None:
        """Adds a turn, or the end of one that was still running when it came here first."""
        cursor = self._connection.execute(
            "UPDATE turns SET status = ?2, ended_at = ?3 WHERE id = ?1 AND status = 'interrupted' "
            "AND ?2 <> 'interrupted' AND ended_at < ?3",
            (row["id"], row["status"], row["ended_at"]),
        )
        if cursor.rowcount:
            self.merged.count(self.merged.renewed, TURN.name, row)
        else:
            # Events stay where they were sent: the numbers of this store's own begin behind the turn.
            self._add(TURN, {**row, "first_seq": 0, "last_seq": 0})

    def _add_step(self, row: dict[str, Scalar], number: object) -> None:
        """Adds a step where it is the next one of its turn: steps have no ids, only places."""
        known = self._one("SELECT count(*) FROM steps WHERE turn_id = ?", row["turn_id"])
        if not isinstance(number, int) or isinstance(number, bool) or number > int(known or 0):
            raise TransferError("number of the step is not its place in its turn")
        if number == int(known or 0):
            self._add(STEP, row)
        else:
            self.merged.unchanged += 1

    def _add_branch(self, row: dict[str, Scalar], fork_message_id: object) -> None:
        """Adds a branch at the place that the last message which it shares has here."""
        place = 0
        if fork_message_id is not None:
            found = self._one(
                "SELECT pk FROM messages WHERE id = ? AND conversation_id = ?",
                str(fork_message_id),
                row["conversation_id"],
            )
            if found is None:
                raise TransferError("forkMessageId of the branch is no message of its conversation")
            place = int(found)
        self._add(BRANCH, {**row, "fork_pk": place})

    def _take_document(self, row: dict[str, Scalar], record: Mapping[str, Any]) -> None:
        document_id = str(row["id"])
        if self._one("SELECT 1 FROM documents WHERE id = ?", document_id) is not None:
            self._put(DOCUMENT, row)
            return
        parts = document_parts(record, str(row["sha256"]))
        if parts is None:
            self.merged.without_content += 1
            return
        self._keep_files(document_id, parts)
        self._add(DOCUMENT, row)
        self._connection.execute(
            "INSERT OR IGNORE INTO document_texts (document_id, name, text) VALUES (?,?,?)",
            (document_id, row["name"], record.get("text")),
        )
        self._connection.execute("DELETE FROM removed_documents WHERE id = ?", (document_id,))

    def _keep_files(self, document_id: str, parts: Mapping[Part, bytes]) -> None:
        self._files.remove(document_id)  # left by a removal that was not finished
        folder = self._files.begin(document_id)
        self._new_documents.append(document_id)
        try:
            for part, raw in parts.items():
                (folder / part).write_bytes(raw)
        except OSError as error:
            raise StorageError(f"The document cannot be stored: {error.strerror or error}.") from error
        self._files.keep(document_id)

    def _has_what_it_names(self, kind: Kind, row: dict[str, Scalar]) -> bool:
        """Whether the row can stand here. What it names and may do without is taken out of it."""
        if kind is USAGE:
            return True  # it stays when its conversation and project are gone
        if kind is LINK and self._one("SELECT 1 FROM documents WHERE id = ?", row["document_id"]) is None:
            return False
        for column, table in _ELSEWHERE.items():
            if row.get(column) is None or self._one(f"SELECT 1 FROM {table} WHERE id = ?", row[column]):
                continue
            if not kind.columns[column].null:
                raise TransferError(
                    f"the {kind.name} belongs to a conversation that is neither here nor in the file"
                )
            row[column] = None
        return True

    def _one(self, sql: str, *params: Scalar) -> Any:
        found = self._connection.execute(sql, params).fetchone()
        return found[0] if found else None


def _settle(kind: Kind, row: dict[str, Scalar]) -> None:
    """Ends what was under way when the file was made: nobody works on it here."""
    if kind is MESSAGE and row["status"] in {"streaming", "pending"}:
        row["status"] = "error" if row["role"] == "system" else "interrupted"
    elif kind is TURN and row["status"] == "running":
        row["status"] = "interrupted"
    elif kind is TASK and row["status"] in {"queued", "running"}:
        row.update(status="planned", run_message_id=None)
    if kind is TURN and row["ended_at"] is None:
        row["ended_at"] = row["started_at"]
