"""The attachments of a message, from the request to what is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence

from daemon.errors import invalid
from daemon.services import Services
from storage import documents


def encoded_attachments(services: Services, given: Sequence[str]) -> str | None:
    """The attachments as they are stored, each once, once it is clear that all exist; None for none.

    Raises:
        ApiError: 400; it names the one that does not exist.
    """
    known = documents.known(services.database, given)
    for document_id in given:
        if document_id not in known:
            raise invalid(
                f"There is no document {document_id} (any more). Upload it, or take the attachment out.",
                "unknown_document",
            )
    return json.dumps(list(known)) if known else None
