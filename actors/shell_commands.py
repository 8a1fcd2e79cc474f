"""Which simple commands a bash command line runs, or why that can't be told.

The base of the rules for shell tools. What this module does not know by name is unknown: a command line
counts as understood only if the grammar and a second reader agree on each word of it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from actors.shell_agreement import do_agree
from actors.shell_tree import SimpleCommand, TreeReader
from actors.shell_words import RESERVED_WORDS, Token, Word, lex

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

__all__ = ["MAX_LENGTH", "CommandLine", "SimpleCommand", "guess_commands", "parse_command_line"]

MAX_LENGTH = 20_000

_GUESS_SEPARATOR = re.compile(r"([;&|()<>{}`$\n\r]+)")
_COMMENT = re.compile(r"(^|[\s;&|()])#[^\n]*")
_UNPARSED = "text that can't be parsed"
_ASSIGNMENT = re.compile(r"\w+(?:\[[^]]*\])?\+?=")


class CommandLine(msgspec.Struct, frozen=True):
    """What a command line runs.

    Attributes:
        commands: all simple commands in the order of their start, those inside of substitutions too. Where
            `why_unknown` is set, there may be more than these, and some may be guesses.
        why_unknown: a sentence that says why the commands may not be all that runs.
    """

    commands: tuple[SimpleCommand, ...]
    why_unknown: str | None = None


@lru_cache(maxsize=32)
def parse_command_line(line: str) -> CommandLine:
    """The commands of a line, as `bash -c` would see them."""
    unreadable = _why_unreadable(line)
    if len(line) > MAX_LENGTH:
        return CommandLine(guess_commands(line), unreadable)
    source = line.encode(errors="replace")
    root = _parse(source).root_node
    tree = TreeReader(source)
    tree.read(root)
    commands = tuple(command for _, command in tree.commands)
    if unreadable is None and root.has_error:
        unreadable = "The command can't be parsed, so it can't be checked."
    tokens = lex(line) if unreadable is None else ()
    if unreadable is None and not _is_read_alike(tokens, tree):
        unreadable = "The command can be read in two ways, so it can't be checked."
    if unreadable is not None:
        return CommandLine(commands + guess_commands(line), unreadable)
    if tree.unknown is None and all(command.is_literal for command in commands):
        return CommandLine(commands)
    # The grammar takes some substitutions and here-documents for plain text.
    commands += tuple(replace(command, is_doubtful=True) for command in guess_commands(line))
    return CommandLine(commands, tree.unknown and f"The command uses {tree.unknown}, so it can't be checked.")


def _is_read_alike(tokens: tuple[Token, ...], tree: TreeReader) -> bool:
    if not tree.is_complete:
        return True
    is_open = bool(tokens) and tokens[-1].is_open
    if is_open and tree.unknown is None and all(command.is_literal for _, command in tree.commands):
        return False
    return do_agree(tokens, tree.tokens)


@cache
def _bash() -> Language:
    import tree_sitter  # noqa: PLC0415
    import tree_sitter_bash  # noqa: PLC0415

    return tree_sitter.Language(tree_sitter_bash.language())


def _parse(source: bytes) -> Tree:
    import tree_sitter  # noqa: PLC0415

    # A parser of its own for each line: they are cheap, and threads can't share one.
    return tree_sitter.Parser(_bash()).parse(source)


def _why_unreadable(line: str) -> str | None:
    if len(line) > MAX_LENGTH:
        return f"The command is longer than {MAX_LENGTH:,} characters, so it can't be checked."
    for character in set(line) - {" ", "\n", "\t"}:
        if character > "~" or character < " ":
            category = unicodedata.category(character)
            if category in {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"} or character == "\x7f":
                name = f"U+{ord(character):04X}"
                return f"The command holds the invisible character {name}, so it can't be checked."
    return None


def guess_commands(text: str) -> tuple[SimpleCommand, ...]:
    """What might be commands in a text that can't be read for certain; for rules that forbid."""
    found: dict[SimpleCommand, None] = {}
    # A backslash joins lines, but not in a comment, and what looks like a comment may be none.
    uncommented = _COMMENT.sub(r"\1", text)
    for joined in dict.fromkeys((text, text.replace("\\\n", ""), uncommented.replace("\\\n", ""))):
        plain = "".join(c for c in joined if unicodedata.category(c) != "Cf")
        separator = ""
        for index, part in enumerate(_GUESS_SEPARATOR.split(plain)):
            if index % 2:
                separator = part
                continue
            # Quotes hide nothing here, and a comma may part words in braces.
            words = re.sub(r"[\\'\"]", "", part).replace(",", " ").split()
            found[_guessed(words, part)] = None
            if not set(separator).isdisjoint("<>$"):
                # Behind the target of a redirection, or a variable that may be empty.
                found[_guessed(words[1:], part)] = None
    return tuple(command for command in found if len(command.parts) > 1)


def _guessed(words: list[str], source: str) -> SimpleCommand:
    start = 0
    while start < len(words) and (words[start] in RESERVED_WORDS or _ASSIGNMENT.match(words[start])):
        start += 1
    parts = (*map(Word.literal, words[start:]), Word.unknown(_UNPARSED))
    return SimpleCommand(parts, _UNPARSED, source.strip())
