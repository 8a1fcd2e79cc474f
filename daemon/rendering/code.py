"""Code as HTML: token classes, no styles; what the page adds to a block of code goes into its caption."""

from __future__ import annotations

import re
from html import escape

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_LENGTH = 100_000
"""Longer code is shown without colours."""

MAX_LINE_LENGTH = 5_000
"""Code with a longer line too: lexers are quick on lines that people write."""

_NAME = re.compile(r"[\w+#.-]{1,40}")
_formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def figure(code: str, info: str) -> str:
    """A block of code.

    Args:
        code: the code.
        info: what stands behind the opening fence; its first word names the language.
    """
    found = _NAME.match(info.strip())
    name = found[0].lower() if found else ""
    lexer = _lexer(name)
    label = lexer.name if lexer is not None else name
    body = _highlighted(code, lexer) if lexer is not None else escape(code, quote=False)
    return (
        f'<figure class="code" data-language="{escape(name)}"><figcaption>'
        f'<span class="language">{escape(label)}</span></figcaption>'
        f"<pre><code>{body}</code></pre></figure>\n"
    )


def _lexer(name: str) -> Lexer | None:
    if not name or name in {"text", "plain", "plaintext", "txt"}:
        return None
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _highlighted(code: str, lexer: Lexer) -> str:
    if len(code) > MAX_LENGTH or any(len(line) > MAX_LINE_LENGTH for line in code.split("\n")):
        return escape(code, quote=False)
    return highlight(code, lexer, _formatter)
