"""What must not stand in a log, nor in what `doctor` prints: keys, tokens, and what addresses ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

HIDDEN = "***"
SHORTEST = 8
"""A shorter value says little, and would be found in ordinary words."""

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
_LOOKS_SECRET = re.compile(
    r"\b(?:sk|pk|rk|ghp|gho|ghs|ghu|xox[abprs]|glpat|AKIA)[-_A-Z0-9][A-Za-z0-9_-]{8,}"
    r"|(?<=bearer )[\w.~+/=-]{8,}|(?<=basic )[\w.~+/=-]{8,}"
    r"|github_pat_\w{8,}",
    re.IGNORECASE,
)
_USER_IN_URL = re.compile(r"(?<=://)[^/\s@'\"]{1,500}@")
_QUERY = re.compile(r"(/[^\s?'\"<>]{0,2000})\?[^\s'\"<>)]+")


class Redactor:
    """Takes secrets out of texts.

    Args:
        environment: variables whose names sound like secrets have values that are hidden.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._known: tuple[str, ...] = ()
        self.hide(value for name, value in environment.items() if _SECRET_NAME.search(name))

    def hide(self, secrets: Iterable[str]) -> None:
        """Hides these values from now on."""
        known = {*self._known, *(value for value in secrets if len(value) >= SHORTEST)}
        # The longest first: one value may be a part of another.
        self._known = tuple(sorted(known, key=len, reverse=True))

    def clean(self, text: str) -> str:
        """The text without secrets, and its addresses without user names and queries."""
        for value in self._known:
            text = text.replace(value, HIDDEN)
        text = _LOOKS_SECRET.sub(HIDDEN, text)
        if "/" in text:
            text = _QUERY.sub(rf"\1?{HIDDEN}", _USER_IN_URL.sub(f"{HIDDEN}@", text))
        return text
