"""The patterns of permission rules: `Tool`, or `Tool(argument pattern)`."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from actors.errors import InvalidPattern
from actors.host_patterns import normal_host
from actors.path_patterns import why_invalid_glob
from actors.word_patterns import WordPattern, fits, parse_word_pattern

__all__ = ["MAX_LENGTH", "PATH_TOOLS", "Pattern"]

MAX_LENGTH = 1_000
PATH_TOOLS = frozenset({"Read", "Write", "Edit", "Glob", "Grep"})

_FORM = re.compile(r"([^()]*)(?:\((.*)\))?", re.DOTALL)
_TOOL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/*-]*")
_DOMAIN = "domain:"


class Pattern(msgspec.Struct, frozen=True):
    """A parsed pattern. Make it with `Pattern.parse`.

    Attributes:
        text: the pattern as it was written.
        tool: the name of the tool; a `*` in it stands for any characters.
        argument: what stands in the parentheses; None for a bare tool name.
        line: for `Bash(…)` without wildcards, the one command line that it means as a whole.
        words: for `Bash(…)`, the pattern over the words of each command; None for text that is no plain
            command.
        glob: for tools on files, a gitignore glob relative to the working directory.
        host: for `WebFetch(domain:…)`, the host in ASCII and lower case.
    """

    text: str
    tool: str
    argument: str | None = None
    line: str | None = None
    words: WordPattern | None = None
    glob: str | None = None
    host: str | None = None

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """The pattern that a text stands for.

        Raises:
            InvalidPattern: the text means nothing; the message says why.
        """
        text = text.strip(" ")
        _check_characters(text)
        form = _FORM.fullmatch(text)
        if form is None:
            raise InvalidPattern(f"The parentheses in `{text}` don't match; write `Tool(argument)`.")
        tool, argument = form[1], form[2]
        if not _TOOL_NAME.fullmatch(tool):
            raise InvalidPattern(f"`{text}` does not start with the name of a tool.")
        if argument is None:
            return cls(text, tool)
        if not argument.strip():
            raise InvalidPattern(
                f"Nothing stands in the parentheses; for every use of the tool write `{tool}`."
            )
        if tool == "Bash":
            return _bash_pattern(text, argument)
        if tool in PATH_TOOLS:
            return _path_pattern(text, tool, argument)
        if tool == "WebFetch":
            return _host_pattern(text, argument)
        raise InvalidPattern(f"`{tool}` knows no pattern for its arguments; write `{tool}` alone.")

    def covers_tool(self, name: str) -> bool:
        """Whether the pattern is about this tool."""
        return fits(tuple(self.tool.split("*")), name)


def _check_characters(text: str) -> None:
    if not text or len(text) > MAX_LENGTH:
        raise InvalidPattern(f"A pattern has 1 to {MAX_LENGTH:,} characters.")
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise InvalidPattern(f"A pattern can't hold the invisible character U+{ord(character):04X}.")


def _bash_pattern(text: str, argument: str) -> Pattern:
    argument = argument.strip(" ")
    if not _is_balanced(argument, quotes="'\""):
        raise InvalidPattern(f"A parenthesis or quote in `{text}` has no partner.")
    words = parse_word_pattern(argument)
    if "*" not in argument.replace("\\*", ""):
        return Pattern(text, "Bash", argument, line=argument.replace("\\*", "*"), words=words)
    if words is None:
        raise InvalidPattern(
            f"`{argument}` is more than one plain command, so `*` has no meaning in it; for a star write `\\*`."
        )
    return Pattern(text, "Bash", argument, words=words)


def _path_pattern(text: str, tool: str, argument: str) -> Pattern:
    if not _is_balanced(argument, quotes=""):
        raise InvalidPattern(f"A parenthesis in `{text}` has no partner; write `\\(` for one in a file name.")
    reason = why_invalid_glob(argument)
    if reason:
        raise InvalidPattern(f"{reason} The pattern was `{text}`.")
    return Pattern(text, tool, argument, glob=argument)


def _host_pattern(text: str, argument: str) -> Pattern:
    host = normal_host(argument.removeprefix(_DOMAIN))
    if not argument.startswith(_DOMAIN) or host is None:
        raise InvalidPattern(
            f"`{text}` names no host; write `WebFetch(domain:example.com)`, which covers its sub-domains too."
        )
    return Pattern(text, "WebFetch", argument, host=host)


def _is_balanced(text: str, quotes: str) -> bool:
    """Whether parentheses outside of quotes, and the quotes, come in pairs; a backslash takes one out."""
    depth, quote, is_escaped = 0, "", False
    for character in text:
        if is_escaped:
            is_escaped = False
        elif character == "\\" and quote != "'":
            is_escaped = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in quotes:
            quote = character
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0 and not quote
