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
_WORD = re.compile(r"[^\s'\"<>]+")


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
            text = _USER_IN_URL.sub(f"{HIDDEN}@", text)
            if "?" in text:
                text = _WORD.sub(_without_queries, text)
        return text


def _without_queries(match: re.Match[str]) -> str:
    """A word whose queries, from a ``?`` behind a ``/`` to a ``)``, are hidden."""
    # One pass by hand: a regular expression that looks for the mark from each slash takes quadratic time.
    word = match[0]
    parts = []
    start = 0
    while (slash := word.find("/", start)) >= 0 and (mark := word.find("?", slash)) >= 0:
        end = word.find(")", mark)
        if end < 0:
            end = len(word)
        parts += [word[start : mark + 1], HIDDEN if end > mark + 1 else ""]
        start = end
    return "".join([*parts, word[start:]])
