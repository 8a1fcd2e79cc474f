"""Screenshots: images that a tool returns become documents that people can look at."""

from __future__ import annotations


def original_url(document_id: str) -> str:
    """Where the API gives the file of a document."""
    return f"/api/documents/{document_id}/file"


def thumbnail_url(document_id: str) -> str:
    """Where the API gives the thumbnail of an image."""
    return f"/api/documents/{document_id}/thumbnail"
