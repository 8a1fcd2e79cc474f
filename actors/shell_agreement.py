"""Whether the grammar and the reader of words see the same command line.

The bash grammar is lenient: it skips what it cannot place, and may take the start of a command for an
argument. Here each word and operator that the one found must be found by the other, in a role that fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from actors.shell_words import RESERVED_WORDS, Token

__all__ = ["Role", "TreeTokens", "do_agree"]

Role = Literal["first", "argument", "keyword", "target", "other"]
"""What a word is: the first of a simple command (name or assignment), another word of it, a reserved
word, the target of a redirection, or a word of a `for` or `case` header."""

Span = tuple[int, int]

_NOT_BEFORE_A_COMMAND = frozenset({"fi", "done", "esac", "}", "for", "case", "in"})


class TreeTokens(msgspec.Struct):
    """What the grammar found, by offsets in bytes."""

    words: dict[Span, Role] = msgspec.field(default_factory=dict)
    operators: set[Span] = msgspec.field(default_factory=set)
    comments: set[Span] = msgspec.field(default_factory=set)


def do_agree(tokens: tuple[Token, ...], tree: TreeTokens) -> bool:
    """Whether the tokens are those of the tree, and commands start where bash starts them.

    Where the last token is open, only the part of the line before it is compared.
    """
    is_part = bool(tokens) and tokens[-1].is_open
    known = tokens[:-1] if is_part else tokens
    end = tokens[-1].start if is_part else None
    for kind, found in (
        ("word", tree.words.keys()),
        ("operator", tree.operators),
        ("comment", tree.comments),
    ):
        spans = {(token.start, token.end) for token in known if token.kind == kind and token.text != "\n"}
        if spans != {span for span in found if end is None or span[0] < end}:
            return False
    return _do_commands_start_alike(known, tree.words)


def _do_commands_start_alike(tokens: tuple[Token, ...], roles: Mapping[Span, Role]) -> bool:
    expects_command = True
    for token in tokens:
        if token.kind == "operator":
            is_redirection = token.text.lstrip("0123456789&")[:1] in ("<", ">")
            expects_command = expects_command or not is_redirection
        if token.kind != "word":
            continue
        role = roles[token.start, token.end]
        if role == "first":
            if not expects_command or token.text in RESERVED_WORDS:
                return False
            expects_command = False
        elif role == "argument":
            if expects_command:
                return False
        elif role == "keyword":
            expects_command = token.text not in _NOT_BEFORE_A_COMMAND
    return True
