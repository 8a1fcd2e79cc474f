"""The title of a conversation that nobody has named: the first line of its first message."""

from __future__ import annotations

MAX_LENGTH = 60


def title_of(content: str) -> str:
    """The first line with text, at most 60 characters, cut at a word."""
    line = next((" ".join(line.split()) for line in content.splitlines() if line.strip()), "")
    if len(line) <= MAX_LENGTH:
        return line
    cut = line[:MAX_LENGTH]  # one less for the ellipsis, unless the cut falls between words
    at_word = (
        cut[: MAX_LENGTH - 1].rsplit(" ", 1)[0] if " " in cut[: MAX_LENGTH - 1] else cut[: MAX_LENGTH - 1]
    )
    return at_word.rstrip(" ,;:.-–—") + "…"
