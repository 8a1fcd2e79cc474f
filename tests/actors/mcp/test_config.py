"""What is written down about servers, and what it comes to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.errors import InvalidServerError
from actors.mcp.config import Address, Program, ServerEntry, parse_entries, resolve

ENVIRONMENT = {"HOME": "/home/ada", "TOKEN": "s3cret", "EMPTY": ""}


def resolved(root: Path, **fields: Any) -> Program | Address:
    entry = msgspec.convert(fields, ServerEntry)
    return resolve("one", entry, root=root, environment=ENVIRONMENT).target


def test_a_program_with_variables(tmp_path: Path) -> None:
    found = resolved(
        tmp_path,
        command="${HOME}/bin/server",
        args=["--token=${TOKEN}", "${MISSING:-default}", "${EMPTY:-filled}", "$TOKEN"],
        env={"KEY": "${TOKEN}-${HOME}"},
        cwd="inner",
    )
    assert found == Program(
        "/home/ada/bin/server",
        ("--token=s3cret", "default", "filled", "$TOKEN"),
        tmp_path / "inner",
        (("KEY", "s3cret-/home/ada"),),
    )


def test_an_address_with_headers(tmp_path: Path) -> None:
    found = resolved(
        tmp_path, url="https://x.example/${MISSING:-mcp}", headers={"Authorization": "Bearer ${TOKEN}"}
    )
    assert found == Address("https://x.example/mcp", (("Authorization", "Bearer s3cret"),))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"command": "${MISSING}"}, "MISSING is not set"),
        ({"command": "  "}, "`command` is empty"),
        ({"command": "a", "args": ["\0"]}, "NUL"),
        ({"url": "ftp://x"}, "no address"),
        ({"url": "http://"}, "no address"),
        ({"url": "http://a b"}, "no address"),
        ({"url": "http://x:99999"}, "no address"),
        ({"url": "http://x", "headers": {"A": "b\r\nC: d"}}, "The header A"),
    ],
)
def test_what_makes_no_sense_is_named(fields: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidServerError, match=words):
        resolved(tmp_path, **fields)


def test_one_bad_entry_hides_no_other() -> None:
    found = parse_entries(
        {"mcpServers": {"good": {"command": "a", "unknown": 1}, "bad": {}, "\n": {"command": "b"}}}
    )
    assert found["good"] == ServerEntry(command="a")
    assert isinstance(found["bad"], str)
    assert "either a `command` or a `url`" in found["bad"]
    assert isinstance(found["\n"], str)


@pytest.mark.parametrize("raw", [[], {}, {"mcpServers": []}, {"mcpServers": {str(n): {} for n in range(51)}}])
def test_another_form_is_refused(raw: Any) -> None:
    with pytest.raises(InvalidServerError):
        parse_entries(raw)
