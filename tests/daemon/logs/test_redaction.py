"""What the log hides, and what it leaves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from daemon.logs.redaction import Redactor

REDACTOR = Redactor({"MY_API_KEY": "correct-horse-battery", "EDITOR": "emacs-or-vim", "A_TOKEN": "short"})


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("the key is correct-horse-battery.", "the key is ***."),
        ("x sk-ant-api03-abcdefghijkl y", "x *** y"),
        ("Authorization: Bearer abcdef.123456", "Authorization: Bearer ***"),
        ("ghp_abcdefghijklmnop", "***"),
        ("GET https://user:word@host/path?q=my+words#x failed", "GET https://***@host/path?*** failed"),
        ("GET /api/chat/search?q=words: 200", "GET /api/chat/search?*** 200"),
        ("see (/a?b)(/c?d) and x?/y?z", "see (/a?***)(/c?***) and x?/y?***"),
        ("/wiki/stagent_(agent)?token=1", "/wiki/stagent_(agent)?***"),
    ],
)
def test_secrets_and_queries_are_hidden(text: str, cleaned: str) -> None:
    assert REDACTOR.clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "emacs-or-vim is short",
        "Why did /home/me/notes.txt change? Nobody knows.",
        "http://127.0.0.1:7345/conversations/0192",
        "Really? /a/b is there (is /a/b?), /a/b?",
        "task-list is a basic example, a bearer of news",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert REDACTOR.clean(text) == text


def test_what_becomes_known_later_is_hidden_from_then_on() -> None:
    redactor = Redactor({})
    assert redactor.clean("0123456789abc") == "0123456789abc"
    redactor.hide(["0123456789", "0123456789abc"])
    assert redactor.clean("0123456789abc") == "***"


def test_long_texts_of_every_kind_come_to_an_end() -> None:
    # In quadratic time, they would take the better part of an hour.
    parts = ["/", "/?", "/?)", "?)/", "://", "https://a@b?", "sk-", "bearer "]
    clean = f"""
from daemon.logs.redaction import Redactor
for part in {parts}:
    Redactor({{}}).clean(part * 200_000)
"""
    subprocess.run([sys.executable, "-c", clean], check=True, timeout=60)
