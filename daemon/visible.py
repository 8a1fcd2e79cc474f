"""Text of others in a terminal, which would obey what it holds."""

from __future__ import annotations


def visible_line(text: str) -> str:
    """Text on one line, with control and invisible characters shown instead of obeyed."""
    return "".join(
        char if char.isprintable() else f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"
        for char in text
    )
