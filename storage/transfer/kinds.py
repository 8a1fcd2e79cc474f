"""The kinds of records in an export, and what each field must be: taken from the tables themselves."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from peewee import BooleanField, Field, FloatField, IntegerField, TextField

from storage import records
from storage.document_tables import ConversationDocumentTable, DocumentTable
from storage.errors import TransferError
from storage.statements import Scalar
from storage.table_base import Table
from storage.tables import (
    BranchTable,
    ConversationTable,
    MessageTable,
    ProjectTable,
    StepTable,
    TaskTable,
    TurnTable,
    UsageTable,
)

HEADER = "stagent-export"
END = "end"
VERSION = 1
MAX_ID_LENGTH = 200
MAX_INTEGER = 2**63 - 1
LATEST_MS = 253_402_300_799_999
"""The end of the year 9999: later times have no form that people know."""

MAX_LENGTHS: Mapping[str, int] = {"title": 2_000, "name": 2_000}
"""Characters of what stands in lists and in headers; what is made here is shorter."""

AS_JSON = frozenset({"metadata", "blocks"})
"""Columns that hold JSON; in a record they are values, not texts."""

CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("project", "status"): get_args(records.ProjectStatus),
    ("conversation", "status"): get_args(records.ConversationStatus),
    ("message", "status"): get_args(records.MessageStatus),
    ("message", "role"): get_args(records.MessageRole),
    ("turn", "status"): get_args(records.TurnStatus),
    ("step", "role"): get_args(records.StepRole),
    ("task", "status"): get_args(records.TaskStatus),
    ("task", "priority"): get_args(records.TaskPriority),
    ("document", "origin"): get_args(records.DocumentOrigin),
    ("document", "state"): get_args(records.DocumentState),
}


class Kind(msgspec.Struct, frozen=True):
    """One kind of record.

    Attributes:
        key: the column that names a row.
        age: the column that tells which of two versions is newer; None where a row never changes.
        left_out: columns that mean nothing in another store.
    """

    name: str
    table: type[Table]
    key: str = "id"
    age: str | None = None
    left_out: frozenset[str] = frozenset({"pk"})

    @property
    def table_name(self) -> str:
        """The table's name in SQL."""
        return str(self.table._meta.table_name)  # noqa: SLF001  (peewee's documented way)

    @property
    def columns(self) -> dict[str, Field]:
        """The columns of a record, in order."""
        fields: dict[str, Field] = self.table._meta.columns  # noqa: SLF001  (peewee's documented way)
        return {name: field for name, field in fields.items() if name not in self.left_out}

    def to_record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The record of a row."""
        record: dict[str, Any] = {"kind": self.name}
        for name, field in self.columns.items():
            value = row[name]
            if name in AS_JSON and isinstance(value, str):
                value = json.loads(value)
            elif isinstance(field, BooleanField):
                value = bool(value)
            record[camel(name)] = value
        return record

    def to_row(self, record: Mapping[str, Any]) -> dict[str, Scalar]:
        """The row of a record. Raises TransferError; it names the field."""
        return {name: self._column(name, field, record) for name, field in self.columns.items()}

    def _column(self, name: str, field: Field, record: Mapping[str, Any]) -> Scalar:
        key = camel(name)
        if key not in record:
            raise TransferError(f"the {self.name} has no {key}")
        value = record[key]
        if value is None and field.null:
            return None
        if name in AS_JSON:
            if not _is_sound(name, value):
                raise TransferError(f"{key} of the {self.name} is not what it should be")
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if not _fits(field, value) or not _is_bounded(name, value):
            raise TransferError(f"{key} of the {self.name} is not what it should be")
        choices = CHOICES.get((self.name, name))
        if choices is not None and value not in choices:
            raise TransferError(f"{key} of the {self.name} must be one of {', '.join(choices)}")
        if (name == "id" or name.endswith("_id")) and not 0 < len(str(value)) <= MAX_ID_LENGTH:
            raise TransferError(f"{key} of the {self.name} is no id")
        result: Scalar = value
        return result


PROJECT = Kind("project", ProjectTable, age="updated_at")
DOCUMENT = Kind("document", DocumentTable, age="updated_at")
CONVERSATION = Kind(
    "conversation",
    ConversationTable,
    age="updated_at",
    left_out=frozenset({"pk", "last_outcome", "is_unread"}),
)
MESSAGE = Kind("message", MessageTable, age="updated_at")
BRANCH = Kind("branch", BranchTable, left_out=frozenset({"fork_pk"}))
TURN = Kind("turn", TurnTable, left_out=frozenset({"first_seq", "last_seq"}))
STEP = Kind("step", StepTable, key="turn_id")
LINK = Kind("link", ConversationDocumentTable, key="document_id")
TASK = Kind("task", TaskTable, age="updated_at")
USAGE = Kind("usage", UsageTable, key="turn_id", age="at")

KINDS: tuple[Kind, ...] = (
    PROJECT, DOCUMENT, CONVERSATION, MESSAGE, BRANCH, TURN, STEP, LINK, TASK, USAGE,
)  # fmt: skip
"""In the order in which records come: each after what it names."""


def camel(name: str) -> str:
    """A column's name as a field of a record."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _fits(field: Field, value: object) -> bool:
    match field:
        case BooleanField():
            return isinstance(value, bool)
        case TextField():
            return isinstance(value, str) and _is_utf8(value)
        case FloatField():
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case IntegerField():
            return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_INTEGER
    return False


def _is_bounded(name: str, value: object) -> bool:
    """Whether a time can be shown, and a title has room."""
    if isinstance(value, int):
        return value <= LATEST_MS if name == "at" or name.endswith("_at") else True
    return not isinstance(value, str) or len(value) <= MAX_LENGTHS.get(name, len(value))


def _is_sound(name: str, value: object) -> bool:
    """Whether a JSON value has the form that its readers rely on."""
    if name == "blocks":
        return isinstance(value, list)
    if not isinstance(value, dict) or not isinstance(value.get("type"), str | None):
        return False
    calls = value.get("toolCalls", [])
    return isinstance(calls, list) and all(
        isinstance(call, dict) and isinstance(call.get("offset"), int) and call["offset"] >= 0
        for call in calls
    )


def _is_utf8(text: str) -> bool:
    """Whether a text can be stored: JSON can spell halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
