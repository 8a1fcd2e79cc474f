"""Text that could not be rendered, as it is."""

from __future__ import annotations

from html import escape


def plain(text: str) -> str:
    """The text as HTML, with its lines and spaces."""
    return f'<pre class="plain">{escape(text, quote=False)}</pre>\n'
