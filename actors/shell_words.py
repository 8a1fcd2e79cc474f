"""Words of a bash command line: what quoting comes to, and where one can't know.

A reader of its own beside the grammar in `shell_commands`: both must agree before a command counts as
understood. It knows literal text only, and stops where an expansion makes the rest a guess.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

__all__ = ["LEADING_WILDCARD", "RESERVED_WORDS", "Token", "Word", "lex", "read_word"]

RESERVED_WORDS = frozenset(
    {"!", "[[", "]]", "{", "}", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for"}
    | {"function", "if", "in", "select", "then", "until", "while"}
)
"""Words that are syntax where a command's name is expected; `time` counts as a wrapper instead."""

LEADING_WILDCARD = "a word that starts with a wildcard"

_BLANK = " \t"
_METACHARACTERS = frozenset(" \t\n|&;()<>")
_WILDCARDS = frozenset("*?[")
_OPERATOR = re.compile(
    r"\d*(?:<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)|&>>|&>|&&|&|\|\||\|&|\||;;&|;;|;&|;|\(|\)|\n",
)
_COMMENT = re.compile(r"#[^\n]*")
_LITERAL = re.compile(r"[^\s|&;()<>'\"\\$`*?\[{~]+", re.ASCII)
_QUOTED_LITERAL = re.compile(r'[^"\\$`]+')
_BRACE_EXPANSION = re.compile(r",|\.\.")
# Where an assignment may stand, bash reads on to the matching bracket, over blanks and operators.
_SUBSCRIPT = re.compile(r"[A-Za-z_]\w*\[", re.ASCII)
_PLAIN_SUBSCRIPT = re.compile(r"\w+\[[^][\s'\"\\$`|&;()<>]*\]", re.ASCII)
_EXPANSIONS = ("`…`", "$((…))", "$[…]", "$(…)", "${…}", "$'…'", '$"…"')
_ESCAPABLE_IN_QUOTES = frozenset('$`"\\')


class Word(msgspec.Struct, frozen=True):
    """One word after quote removal.

    Attributes:
        value: the literal text; only a part of it where `trouble` is set.
        head: how the value starts for certain: up to the trouble or the first unquoted wildcard.
        trouble: what keeps the value from being known, in words that follow "The command uses".
        has_wildcard: an unquoted `*`, `?` or `[` stands in it, so it may become several file names.
    """

    value: str
    head: str
    trouble: str | None = None
    has_wildcard: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may become something else than its value."""
        return self.trouble is not None or self.has_wildcard

    @classmethod
    def literal(cls, text: str) -> Word:
        """A word that is known."""
        return cls(text, text)

    @classmethod
    def unknown(cls, trouble: str) -> Word:
        """A word of which nothing is known."""
        return cls("", "", trouble)


class Token(msgspec.Struct, frozen=True):
    """A piece of a command line.

    Attributes:
        kind: an operator includes newlines, and the number before a redirection.
        start: offset in bytes of UTF-8.
        end: offset in bytes, exclusive; of no meaning where `is_open`.
        text: the source text.
        word: the value of a word.
        is_open: nobody knows where it ends; it is the last token.
    """

    kind: Literal["word", "operator", "comment"]
    start: int
    end: int
    text: str
    word: Word | None = None
    is_open: bool = False


def read_word(text: str) -> Word:
    """The value of source text that is known to be a single word."""
    tokens = lex(text)
    if len(tokens) == 1 and tokens[0].word is not None:
        return tokens[0].word
    return Word.unknown("syntax that is not known here")


def lex(line: str) -> tuple[Token, ...]:
    """All tokens up to the end of the line, or up to the first word whose end can't be known.

    Raises:
        UnicodeEncodeError: the line holds half a surrogate pair.
    """
    # One character for each byte of UTF-8, so that offsets are those of the grammar.
    source = line.encode().decode("latin-1")
    tokens: list[Token] = []
    position = 0
    while position < len(source):
        if source[position] in _BLANK:
            position += 1
            continue
        if source.startswith("\\\n", position) and not _joins_operators(source, position):
            position += 2
            continue
        found = _COMMENT.match(source, position) or _OPERATOR.match(source, position)
        if found and not (found[0] in ("<", ">") and source.startswith("(", found.end())):
            kind: Literal["comment", "operator"] = "comment" if found[0].startswith("#") else "operator"
            tokens.append(Token(kind, position, found.end(), found[0]))
            position = found.end()
            continue
        reader = _WordReader(source, position)
        reader.read()
        tokens.append(reader.token())
        if reader.is_open:
            break
        position = reader.position
    return tuple(tokens)


def _decoded(source: str) -> str:
    return source.encode("latin-1").decode()


def _joins_operators(source: str, position: int) -> bool:
    """Whether removing the line continuation at the position would make one operator of two."""
    before = source[position - 1] if position else "\n"
    after = source[position + 2] if position + 2 < len(source) else "\n"
    return before not in " \t\n" and after in "|&;()<>\\"


class _WordReader:
    """Reads one word from a position on."""

    def __init__(self, source: str, position: int) -> None:
        self.source = source
        self.start = position
        self.position = position
        self.pieces: list[str] = []
        self.known_pieces: int | None = None
        self.trouble: str | None = None
        self.has_wildcard = False
        self.brace: tuple[int, int] | None = None
        self.is_open = False

    def token(self) -> Token:
        text = _decoded(self.source[self.start : self.position])
        value = _decoded("".join(self.pieces))
        head = _decoded("".join(self.pieces[: self.known_pieces]))
        word = Word(value, head, self.trouble, self.has_wildcard)
        return Token("word", self.start, self.position, text, word, self.is_open)

    def read(self) -> None:
        has_subscript = _SUBSCRIPT.match(self.source, self.start)
        if has_subscript and not _PLAIN_SUBSCRIPT.match(self.source, self.start):
            self._give_up("an array")
        while not self.is_open and not self._is_end(self.position):
            if self.source[self.position] == "\\" and self._is_blank_continuation():
                break
            literal = _LITERAL.match(self.source, self.position)
            if literal:
                self._take(literal[0], literal.end())
            else:
                self._special(self.source[self.position])
        if self.source[self.position : self.position + 2] in ("<(", ">("):
            self._give_up("<(…)")
        if not self.is_open:
            self._check_end()

    def _special(self, character: str) -> None:
        if character == "'":
            self._single_quotes()
        elif character == '"':
            self._double_quotes()
        elif character == "\\":
            self._backslash()
        elif character in "$`":
            self._give_up(_name_expansion(self.source, self.position))
        elif character in _WILDCARDS:
            self._wildcard(character)
        elif character == "~":
            self._tilde()
        elif character == "{":
            self.brace = self.brace or (self.position, len(self.pieces))
            self._take(character, self.position + 1)
        else:
            self._give_up("an unusual white-space character")

    def _check_end(self) -> None:
        follower = self.source[self.position : self.position + 1]
        if follower == "(":
            self._give_up("parentheses after a word")
        if self.brace is None:
            return
        brace_at, pieces_before = self.brace
        if follower in ("<", ">") and brace_at == self.start:
            self._give_up("a redirection to a named descriptor")
        elif _BRACE_EXPANSION.search(self.source, brace_at, self.position):
            self._doubt("{…}", pieces_before)

    def _is_end(self, position: int) -> bool:
        return position >= len(self.source) or self.source[position] in _METACHARACTERS

    def _is_blank_continuation(self) -> bool:
        """Whether a line continuation is here that ends the word, as white space follows."""
        after = self.source[self.position + 2 : self.position + 3]
        return self.source.startswith("\\\n", self.position) and (not after or after in " \t\n")

    def _take(self, piece: str, position: int) -> None:
        self.pieces.append(piece)
        self.position = position

    def _doubt(self, trouble: str | None, pieces: int | None = None) -> None:
        """Notes what is not known from here, or from a number of pieces on; None for a wildcard."""
        known = len(self.pieces) if pieces is None else pieces
        self.known_pieces = known if self.known_pieces is None else min(known, self.known_pieces)
        self.trouble = self.trouble or trouble

    def _give_up(self, trouble: str) -> None:
        self._doubt(trouble)
        # An open end is the graver trouble: it must not hide behind one that case patterns may have.
        self.trouble = trouble
        self.is_open = True
        self.position = len(self.source)

    def _single_quotes(self) -> None:
        close = self.source.find("'", self.position + 1)
        if close < 0:
            self._give_up("a quote that is not closed")
        else:
            self._take(self.source[self.position + 1 : close], close + 1)

    def _double_quotes(self) -> None:
        source, at = self.source, self.position + 1
        while at < len(source):
            character = source[at]
            literal = _QUOTED_LITERAL.match(source, at)
            if literal:
                self.pieces.append(literal[0])
                at = literal.end()
            elif character == '"':
                self.position = at + 1
                return
            elif character == "\\" and at + 1 < len(source) and source[at + 1] != "\n":
                escaped = source[at + 1]
                self.pieces.append(escaped if escaped in _ESCAPABLE_IN_QUOTES else "\\" + escaped)
                at += 2
            elif character == "\\":
                self._give_up("a line continuation inside a word")
                return
            else:
                self._give_up(_name_expansion(source, at))
                return
        self._give_up("a quote that is not closed")

    def _backslash(self) -> None:
        following = self.source[self.position + 1 : self.position + 2]
        if not following or following == "\n":
            self._give_up("a line continuation inside a word")
        else:
            self._take(following, self.position + 2)

    def _wildcard(self, character: str) -> None:
        known = "".join(self.pieces)
        is_test_command = character == "[" and not known and self._is_end(self.position + 1)
        if not is_test_command:
            self.has_wildcard = True
            self._doubt(LEADING_WILDCARD if not known or known.startswith("-") else None)
        self._take(character, self.position + 1)

    def _tilde(self) -> None:
        is_own_home = self._is_end(self.position + 1) or self.source[self.position + 1] == "/"
        if self.position == self.start and not is_own_home:
            self._doubt("~user")
        self._take("~", self.position + 1)


def _name_expansion(source: str, position: int) -> str:
    """What the person reads about the expansion at the position."""
    known = (name for name in _EXPANSIONS if source.startswith(name.partition("…")[0], position))
    return next(known, "$…")
