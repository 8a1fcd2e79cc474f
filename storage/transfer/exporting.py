"""Reads records out of the store: all of it as of one moment, however long the reading takes."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from storage.backups.manifest import program_version
from storage.database import explain
from storage.document_files import PARTS, DocumentFiles
from storage.errors import StorageError
from storage.times import now_ms, to_iso
from storage.transfer.kinds import (
    BRANCH,
    CONVERSATION,
    DOCUMENT,
    END,
    HEADER,
    KINDS,
    LINK,
    MESSAGE,
    PROJECT,
    STEP,
    TASK,
    TURN,
    USAGE,
    VERSION,
    Kind,
    camel,
)  # fmt: skip

_OF_CHOSEN = "conversation_id IN (SELECT id FROM temp.chosen)"
_CONDITIONS = {
    PROJECT.name: "id = ?1 OR id IN (SELECT project_id FROM conversations WHERE id IN (SELECT id FROM temp.chosen))",
    DOCUMENT.name: f"project_id = ?1 OR id IN (SELECT document_id FROM conversation_documents WHERE {_OF_CHOSEN})",
    CONVERSATION.name: "id IN (SELECT id FROM temp.chosen)",
    **{kind.name: _OF_CHOSEN for kind in (MESSAGE, BRANCH, TURN, STEP, LINK, USAGE)},
    TASK.name: f"project_id = ?1 OR {_OF_CHOSEN}",
}


class Selection(msgspec.Struct, frozen=True):
    """What is exported; all, where nothing is named."""

    conversation_id: str | None = None
    project_id: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.conversation_id is None and self.project_id is None


class Export:
    """The records of a store. May be used from one thread after the other; close it.

    Args:
        path: the database.
        selection: what is wanted.
        files: where documents lie; None to leave their content out.

    Raises:
        StorageError: the database cannot be read.
    """

    def __init__(self, path: Path, selection: Selection, files: DocumentFiles | None = None) -> None:
        self._path = path
        self._selection = selection
        self._files = files
        try:
            self._connection = sqlite3.connect(
                f"file:{quote(str(path))}?mode=rw", uri=True, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("CREATE TEMP TABLE chosen (id TEXT PRIMARY KEY)")
            self._connection.execute("BEGIN")
            self._connection.execute(
                "INSERT INTO temp.chosen SELECT id FROM main.conversations WHERE id = ?1 OR project_id = ?2",
                (selection.conversation_id, selection.project_id),
            )
        except sqlite3.Error as error:
            raise explain(error, path) from error

    def count(self) -> int:
        """How many records there are. Raises StorageError."""
        return sum(int(self._query(kind, "count(*)").fetchone()[0]) for kind in KINDS)

    def lines(self) -> Iterator[bytes]:
        """The file, line by line, with the line that tells of its end. Raises StorageError."""
        header = {
            "kind": HEADER,
            "version": VERSION,
            "program": program_version(),
            "schema": int(self._connection.execute("PRAGMA user_version").fetchone()[0]),
            "exportedAt": to_iso(now_ms()),
        }
        yield _line(header)
        number = 0
        for record in self.records():
            number += 1
            yield _line(record)
        yield _line({"kind": END, "records": number})

    def records(self) -> Iterator[dict[str, Any]]:
        """Each record, after those that it names. Raises StorageError."""
        try:
            for kind in KINDS:
                cursor = self._query(kind, "*")
                names = [column[0] for column in cursor.description]
                for values in cursor:
                    row = dict(zip(names, values, strict=True))
                    yield self._completed(kind, row)
        except sqlite3.Error as error:
            raise explain(error, self._path) from error

    def close(self) -> None:
        """Lets the database go."""
        self._connection.close()

    def _query(self, kind: Kind, what: str) -> sqlite3.Cursor:
        condition = "1" if self._selection.is_all else _CONDITIONS[kind.name]
        order = f"{kind.age}, {kind.key}" if kind in (PROJECT, CONVERSATION) else "rowid"
        if kind is LINK:
            order = "conversation_id, document_id, message_id"
        params = (self._selection.project_id,) if "?1" in condition else ()
        return self._connection.execute(
            f"SELECT {what} FROM {kind.table_name} WHERE {condition} ORDER BY {order}", params
        )

    def _completed(self, kind: Kind, row: dict[str, Any]) -> dict[str, Any]:
        """A record with what stands elsewhere or is named otherwise in a file."""
        record = kind.to_record(row)
        if kind is BRANCH:
            record[camel("fork_message_id")] = self._text(
                "SELECT id FROM messages WHERE pk = ?", row["fork_pk"]
            )
        elif kind is STEP:
            number = self._connection.execute(
                "SELECT count(*) FROM steps WHERE turn_id = ? AND pk < ?", (row["turn_id"], row["pk"])
            )
            record["number"] = number.fetchone()[0]
        elif kind is DOCUMENT:
            record["text"] = self._text("SELECT text FROM document_texts WHERE document_id = ?", row["id"])
            record["content"] = self._content(str(row["id"]))
        return record

    def _text(self, sql: str, key: object) -> str | None:
        found = self._connection.execute(sql, (key,)).fetchone()
        return found[0] if found else None

    def _content(self, document_id: str) -> dict[str, str] | None:
        if self._files is None:
            return None
        found: dict[str, str] = {}
        for part in PARTS:
            try:
                raw = self._files.path(document_id, part).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(f"The document {document_id} cannot be read: {error.strerror}.") from error
            found[part] = base64.b64encode(raw).decode()
        return found if "file" in found else None


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
