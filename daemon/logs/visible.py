"""Control characters made visible: the log may quote a stranger's program, which must not move a terminal's cursor."""

from __future__ import annotations

# Tabs and ends of lines stay; the rest of C0 and C1 do not.
_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}


def visible(text: str) -> str:
    """The text as a terminal can show it."""
    return text.translate(_ESCAPED)
