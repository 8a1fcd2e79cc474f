"""What can be told of a record by itself, before the store is asked: its kind, its fields, its content."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from storage.document_files import PARTS, Part
from storage.errors import TransferError
from storage.statements import Scalar
from storage.transfer.kinds import DOCUMENT, KINDS, STEP, Kind

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_KINDS = {kind.name: kind for kind in KINDS}


def check(
    record: Mapping[str, Any], are_blocks: Callable[[str], bool]
) -> tuple[Kind, dict[str, Scalar]] | None:
    """The kind and the row of a record; None for a kind that is not known here.

    Args:
        record: as it stands in the file.
        are_blocks: tells whether JSON is that of a step.

    Raises:
        TransferError: a field is missing or is not what it should be; the message names it.
    """
    kind = _KINDS.get(str(record.get("kind")))
    if kind is None:
        return None
    row = kind.to_row(record)
    if kind is STEP and not are_blocks(str(row["blocks"])):
        raise TransferError("blocks of the step are not what they should be")
    if kind is DOCUMENT:
        text = record.get("text")
        if not _UUID.match(str(row["id"])):  # it becomes the name of a folder
            raise TransferError("id of the document is no UUID")
        if not (text is None or isinstance(text, str)):
            raise TransferError("text of the document is not what it should be")
    return kind, row


def document_parts(record: Mapping[str, Any], sha256: str) -> dict[Part, bytes] | None:
    """The files of a document; None where the export left them out. Raises TransferError."""
    content = record.get("content")
    if content is None:
        return None
    if not isinstance(content, dict):
        raise TransferError("content of the document is not what it should be")
    parts = {part: _decoded(content[part]) for part in PARTS if part in content}
    if hashlib.sha256(parts.get("file", b"")).hexdigest() != sha256:
        raise TransferError("content of the document is not what its sha256 says")
    return parts


def _decoded(text: object) -> bytes:
    try:
        raw = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TransferError("content of the document is not base64") from error
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise TransferError("the document is larger than 50 MB")
    return raw
