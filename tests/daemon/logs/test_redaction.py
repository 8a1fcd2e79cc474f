"""What the log hides, and what it leaves."""

from __future__ import annotations

import time

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


@pytest.mark.parametrize("text", ["/" * 200_000, "://" * 60_000, "sk-" * 60_000, "bearer " * 30_000])
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    REDACTOR.clean(text)
    assert time.process_time() - start < 5
