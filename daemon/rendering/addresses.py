"""Which addresses the text of an agent may point to."""

from __future__ import annotations

import re

_EXTERNAL = re.compile(r"(?:https?://[^\s/?#\\]|mailto:[^\s@]+@)", re.IGNORECASE)
_OURS = re.compile(
    r"/(?:conversations|projects|tasks|documents|api/documents)(?:/[\w.~%-]*)*(?:[?#][^\s\\]*)?\Z"
)
_IMAGE = re.compile(r"/api/documents/[\w-]+/(?:file|thumbnail)(?:\?[\w=&-]*)?\Z")
_FOOTNOTE = re.compile(r"#fn(?:ref)?-[\w-]+\Z")
_UP = re.compile(r"(?:\.|%2e){2}", re.IGNORECASE)


def is_link(address: str) -> bool:
    """Whether a link may go there: to the web, to a mailbox, to a page of ours, or to a footnote."""
    if _EXTERNAL.match(address):
        return True
    return is_footnote(address) or (_OURS.match(address) is not None and _UP.search(address) is None)


def is_web(address: str) -> bool:
    """Whether it is an address of the web."""
    return _EXTERNAL.match(address) is not None and not address.lower().startswith("mailto:")


def is_image(address: str) -> bool:
    """Whether an image may come from there: only from the daemon itself."""
    return _IMAGE.match(address) is not None


def is_footnote(address: str) -> bool:
    """Whether it is a footnote of the same message."""
    return _FOOTNOTE.match(address) is not None
