"""What a message's attachments bring along: images as pictures, other documents as the texts that were read from them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from actors.context import mentioned
from actors.context.given import context_block
from actors.mentions import Mention
from actors.tools.text_format import image_type
from actors.transcript import AnyBlock, ImageBlock
from storage import documents
from storage.database import Database
from storage.document_files import DocumentFiles
from storage.errors import StorageError
from storage.records import Document


def blocks(
    database: Database, files: DocumentFiles, root: Path, document_ids: Iterable[str], budget: int
) -> tuple[AnyBlock, ...]:
    """The blocks to give along with a message. Reads the disk: run it in a thread.

    Args:
        database: where to read.
        files: where the files of documents lie.
        root: the working directory, resolved.
        document_ids: what is attached; a document may have been deleted since.
        budget: how many tokens the texts may take together.
    """
    found: list[AnyBlock] = []
    texts: list[Mention] = []
    for document_id in document_ids:
        document = documents.get(database, document_id)
        if document is not None and document.width is not None and document.state == "ready":
            found.extend(_picture(files, document))
        else:
            texts.append(Mention("document", document_id, document.name if document is not None else ""))
    return (*found, *mentioned.blocks(database, root, texts, budget, verb="attaches"))


def of_metadata(metadata: str | None) -> list[str]:
    """The ids of the documents that are attached to a user message, from its row's metadata."""
    return json.loads(metadata).get("attachments", []) if metadata else []


def _picture(files: DocumentFiles, document: Document) -> Iterator[AnyBlock]:
    about = f"image “{document.name}”"
    size = f"{document.width} × {document.height} pixels, id {document.id}"
    try:
        data = files.view(document.id)
    except StorageError as error:
        yield context_block(f"The person attaches the {about} ({size}). It cannot be shown. {error}", about)
        return
    yield context_block(f"The person attaches the {about} ({size}):", about)
    yield ImageBlock(media_type=image_type(data) or document.media_type, data=base64.b64encode(data).decode())
