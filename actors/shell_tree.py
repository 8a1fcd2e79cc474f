"""The simple commands of a syntax tree, and what in the tree is not known.

A list of what is known, not of what is dangerous: a kind of node that is not listed here makes the command
line unknown, and so does a word that `shell_words` can't read.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from actors.shell_agreement import TreeTokens
from actors.shell_words import LEADING_WILDCARD, RESERVED_WORDS, Word, read_word

if TYPE_CHECKING:
    from tree_sitter import Node

__all__ = ["HARMLESS_ASSIGNMENT", "SimpleCommand", "TreeReader"]

_STATEMENTS = frozenset(
    {"program", "list", "pipeline", "subshell", "compound_statement", "negated_command", "if_statement"}
    | {"elif_clause", "else_clause", "while_statement", "do_group", "case_statement", "case_item"}
    | {"for_statement"}
)
_WITH_HEADER = frozenset({"for_statement", "case_statement", "case_item"})
_OPERATORS = frozenset({";", ";;", ";&", ";;&", "&", "&&", "||", "|", "|&", "(", ")"})
_KEYWORDS = RESERVED_WORDS - {"[[", "]]", "coproc", "function", "select"}
_WORDS = frozenset({"word", "number", "raw_string", "string", "concatenation", "extglob_pattern"})
_EXPANSIONS = frozenset(
    {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion", "process_substitution"}
    | {"ansi_c_string", "translated_string", "brace_expression"}
)
_NAMES = {
    "$": '$"…"',
    "((": "((…))",
    "c_style_for_statement": "a loop with arithmetic",
    "declaration_command": "a declaration of variables",
    "file_redirect": "a redirection to or from a file",
    "function_definition": "a function definition",
    "heredoc_redirect": "a here-document",
    "herestring_redirect": "a here-string",
    "select": "`select`",
    "test_command": "a test in brackets",
    "unset_command": "`unset`",
    "variable_assignment": "an assignment of variables",
    "variable_assignments": "an assignment of variables",
}
_HARMLESS_REDIRECTION = re.compile(r"(?:\d*>>?|&>>?|\d*<)[ \t]*/dev/null|\d*>&[ \t]*\d")
HARMLESS_ASSIGNMENT = re.compile(
    r"(?:LANG|LC_[A-Z]+|NO_COLOR|FORCE_COLOR|CI|TERM|COLUMNS|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE)"
    r"=[\w.@:+-]*|TZ=\w[\w+-]*(?:/\w[\w+-]*)*",
    re.ASCII,
)
_HARMLESS_LOOP_VARIABLE = re.compile(r"[a-z][a-z0-9]*")


class SimpleCommand(msgspec.Struct, frozen=True):
    """A command with its arguments, as bash would run it.

    Attributes:
        parts: name and arguments after quote removal, without assignments and redirections.
        trouble: what keeps the words from being known, in words that follow "The command uses".
        source: the words as they were written.
        assignments: the assignments before the name, as they were written.
        is_doubtful: it may be no command at all, but text.
    """

    parts: tuple[Word, ...]
    trouble: str | None
    source: str
    assignments: tuple[str, ...] = ()
    is_doubtful: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The values of all parts; where a part is open, only what is literal in it."""
        return tuple(part.value for part in self.parts)

    @property
    def is_literal(self) -> bool:
        """Whether all words are known; wildcards inside of words are not in the way."""
        return self.trouble is None

    def after(self, count: int) -> SimpleCommand:
        """The command without its first words: what a wrapper in front of it runs."""
        return replace(self, parts=self.parts[count:], assignments=())


class TreeReader:
    """Collects commands from a syntax tree, and the first thing in it that is not known.

    Attributes:
        commands: the commands found, with the offset where each starts.
        tokens: the words and operators found, outside of substitutions.
        unknown: what is not known, in words that follow "The command uses".
        is_complete: `tokens` holds all there is.
    """

    def __init__(self, source: bytes) -> None:
        self.source = source
        self.commands: list[tuple[int, SimpleCommand]] = []
        self.tokens = TreeTokens()
        self.unknown: str | None = None
        self.is_complete = True
        self._pending: list[Node] = []
        self._nested: list[Node] = []

    def read(self, root: Node) -> None:
        """Reads the tree of a whole line. Call it once."""
        self._drain(root)
        found = self.tokens, self.unknown, self.is_complete
        self.tokens = TreeTokens()
        # A substitution makes its word unknown, so of what is in it only the commands matter.
        while self._nested:
            self._drain(self._nested.pop())
        self.tokens, self.unknown, self.is_complete = found
        self.commands.sort(key=lambda found: found[0])

    def _drain(self, root: Node) -> None:
        # Not recursive: a line may nest thousands of levels deep.
        self._pending.append(root)
        while self._pending:
            node = self._pending.pop()
            if node.type in _STATEMENTS:
                self._statement(node)
            elif node.type == "comment":
                self.tokens.comments.add((node.start_byte, node.end_byte))
            elif node.type == "command":
                self._command(node, ())
            elif node.type == "redirected_statement":
                self._redirected(node)
            else:
                self._unlisted(node)

    def _statement(self, node: Node) -> None:
        for child in reversed(node.children):
            span = (child.start_byte, child.end_byte)
            if not child.is_named and child.type in _OPERATORS:
                self.tokens.operators.add(span)
            elif not child.is_named and child.type in _KEYWORDS:
                self.tokens.words[span] = "keyword"
            elif not child.is_named and not child.type.strip():
                continue
            elif node.type in _WITH_HEADER and child.type in _WORDS | _EXPANSIONS | {"variable_name"}:
                self._header_word(child, node)
            else:
                self._pending.append(child)

    def _header_word(self, node: Node, parent: Node) -> None:
        """A word of `for` or `case`, which is no part of a command."""
        self.tokens.words[node.start_byte, node.end_byte] = "other"
        word = read_word(self._text(node))
        if parent.type == "for_statement" and node.type == "variable_name":
            if not _HARMLESS_LOOP_VARIABLE.fullmatch(word.value):
                self._doubt(f"the loop variable {word.value}")
        elif word.trouble and not (parent.type == "case_item" and word.trouble == LEADING_WILDCARD):
            self._doubt(word.trouble)
        self._search(node)

    def _redirected(self, node: Node) -> None:
        body = node.child_by_field_name("body")
        redirections = tuple(child for child in node.children if child != body)
        if body is not None and body.type == "command":
            self._command(body, redirections)
            return
        if body is not None:
            self._pending.append(body)
        stray = [word for redirection in redirections for word in self._redirection(redirection)]
        if stray:
            self._doubt("words after a redirection")
            self._add(stray, [], "words after a redirection")

    def _redirection(self, node: Node) -> list[Node]:
        """Notes one redirection; returns the words after its target, which are arguments to bash."""
        if node.type != "file_redirect":
            self._pending.append(node)
            return []
        parts = node.children
        targets = [part for part in parts if part.is_named and part.type != "file_descriptor"]
        operator = next((part for part in parts if not part.is_named), node)
        self.tokens.operators.add((node.start_byte, operator.end_byte))
        end = targets[0].end_byte if targets else node.end_byte
        if not _HARMLESS_REDIRECTION.fullmatch(self.source[node.start_byte : end].decode(errors="replace")):
            self._doubt(_NAMES["file_redirect"])
        if targets:
            self.tokens.words[targets[0].start_byte, targets[0].end_byte] = "target"
            self._search(targets[0])
        return targets[1:]

    def _command(self, node: Node, redirections: tuple[Node, ...]) -> None:
        words: list[Node] = []
        assignments: list[Node] = []
        for child in (*node.children, *redirections):
            if child.type == "variable_assignment":
                assignments.append(child)
            elif child.type == "command_name" or child.type in _WORDS or child.type in _EXPANSIONS:
                words.append(child)
            elif child.type.endswith("_redirect"):
                words.extend(self._redirection(child))
            else:
                self._pending.append(child)
        self._add(words, assignments, None)

    def _add(self, nodes: list[Node], assignments: list[Node], trouble: str | None) -> None:
        nodes.sort(key=lambda node: node.start_byte)
        for index, node in enumerate((*assignments, *nodes)):
            self.tokens.words[node.start_byte, node.end_byte] = "argument" if index else "first"
            self._search(node)
        texts = [self._text(node) for node in nodes]
        words = [read_word(text) for text in texts]
        prefixes = tuple(self._text(node) for node in assignments)
        command = SimpleCommand(
            tuple(words),
            trouble or _why_not_literal(texts, words, prefixes),
            " ".join((*prefixes, *texts)),
            prefixes,
        )
        self.commands.append(((*assignments, *nodes)[0].start_byte if nodes or assignments else 0, command))

    def _unlisted(self, node: Node) -> None:
        self.is_complete = False
        self._doubt(_NAMES.get(node.type, "shell syntax that is not known here"))
        if node.type in {"declaration_command", "unset_command", "test_command"}:
            self._add(list(node.children), [], _NAMES[node.type])
        self._search(node)

    def _search(self, node: Node) -> None:
        """Has commands searched in the parts of a node: those in a substitution run too."""
        self._nested.extend(node.children)

    def _doubt(self, unknown: str) -> None:
        self.unknown = self.unknown or unknown

    def _text(self, node: Node) -> str:
        return self.source[node.start_byte : node.end_byte].decode(errors="replace")


def _why_not_literal(texts: list[str], words: list[Word], assignments: tuple[str, ...]) -> str | None:
    trouble = next((word.trouble for word in words if word.trouble), None)
    if not all(HARMLESS_ASSIGNMENT.fullmatch(assignment) for assignment in assignments):
        trouble = "a variable assignment before the command"
    elif not words:
        trouble = _NAMES["variable_assignment"]
    elif words[0].has_wildcard:
        trouble = "a wildcard in the name of the command"
    elif texts[0] in RESERVED_WORDS:
        trouble = f"`{texts[0]}` in an unusual place"
    elif trouble is None and shlex.split(" ".join(texts)) != [word.value for word in words]:
        trouble = "quotes that can be read in two ways"
    return trouble
