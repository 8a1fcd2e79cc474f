"""Links and images of a parsed text: what may not be followed becomes text, foreign images become links."""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from daemon.rendering.addresses import is_image, is_link, is_web


def checked_links(parser: MarkdownIt) -> None:
    """A plugin of the parser."""
    parser.core.ruler.push("checked_links", _check)


def _check(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.children:
            token.children = _checked(token.children)


def _checked(tokens: Sequence[Token]) -> list[Token]:
    found: list[Token] = []
    shown: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            shown.append(is_link(str(token.attrs.get("href", ""))))
            if shown[-1]:
                found.append(token)
        elif token.type == "link_close":
            if shown.pop():
                found.append(token)
        elif token.type == "image" and not is_image(str(token.attrs.get("src", ""))):
            found += _instead(token, is_in_link=any(shown))
        else:
            found.append(token)
    return found


def _instead(image: Token, *, is_in_link: bool) -> list[Token]:
    """What is shown instead of an image from elsewhere."""
    address = str(image.attrs.get("src", ""))
    text = Token("text", "", 0, content=image.content.strip() or address)
    if is_in_link or not is_web(address):
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": address}), text, Token("link_close", "a", -1)]
