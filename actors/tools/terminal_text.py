"""Programs write for a terminal; models and pages want the text without its control sequences."""

from __future__ import annotations

import re

_MAX_HELD = 4096
"""Characters of an unfinished sequence that are waited for."""

# No alternative can run past the next ESC, so the time stays linear in the text.
_STRING = r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\"
_CONTROL = r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
_SHORT = r"\x1b[ -/]*[0-~]"
_SEQUENCE = re.compile(f"{_STRING}|{_CONTROL}|{_SHORT}|\x1b")
_UNFINISHED = re.compile(
    r"(?:\x1b\][^\x07\x1b]*\x1b?|\x1b[PX^_][^\x1b]*\x1b?|(?:\x1b\[|\x9b)[0-?]*[ -/]*|\x1b[ -/]*)\Z"
)
_START = re.compile(r"[\x1b\x9b]")


class SequenceStripper:
    """Takes escape sequences out of a text that arrives in pieces, wherever the pieces are cut."""

    def __init__(self) -> None:
        self._held = ""

    def feed(self, piece: str, *, is_last: bool = False) -> str:
        """The text that is certain so far."""
        text = self._held + piece
        self._held = ""
        if _START.search(text) is None:
            return text
        if not is_last and (unfinished := _UNFINISHED.search(text)) and len(unfinished[0]) <= _MAX_HELD:
            self._held = unfinished[0]
            text = text[: unfinished.start()]
        return _SEQUENCE.sub("", text)
