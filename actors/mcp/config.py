"""What is said about a server, in the settings or in a project's `.mcp.json`, and what it comes to. Reads nothing.

The form is the one of `.mcp.json` in other programs: `command`, `args`, `env` and `cwd`, or `url` and `headers`. In all
of them `${NAME}` stands for an environment variable, `${NAME:-text}` for one that may be missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from actors.errors import InvalidServerError

MAX_SERVERS = 50
MAX_NAME_LENGTH = 64
MAX_TEXT_LENGTH = 32_768

Source = Literal["settings", "project"]
Text = Annotated[str, Meta(max_length=MAX_TEXT_LENGTH)]
ServerName = Annotated[
    str, Meta(min_length=1, max_length=MAX_NAME_LENGTH, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._@/-]*$")
]

_HTTP_TYPES = frozenset({"http", "streamable-http", "streamableHttp"})
_STDIO = "stdio"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class ServerEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A server as it is written down: a program to start, or an address."""

    type: Annotated[str | None, Meta(description="stdio or http; null where `command` or `url` says so.")] = (
        None
    )
    command: Annotated[Text | None, Meta(description="The program to start.")] = None
    args: Annotated[list[Text], Meta(max_length=1_000)] = []
    env: Annotated[dict[str, Text], Meta(description="Environment variables, over the daemon's own.")] = {}
    cwd: Annotated[Text | None, Meta(description="Its folder; null for the working directory.")] = None
    url: Annotated[Text | None, Meta(description="Address of a streamable HTTP server.")] = None
    headers: dict[str, Text] = {}
    enabled: bool = True

    def __post_init__(self) -> None:
        """Raises ValueError, which becomes the validation error of whatever holds the entry."""
        if (self.command is None) == (self.url is None):
            raise ValueError("A server has either a `command` or a `url`")
        if self.type == "sse":
            raise ValueError("The transport `sse` is no longer part of the protocol; use `http`")
        expected = {_STDIO} if self.url is None else _HTTP_TYPES
        if self.type is not None and self.type not in expected:
            raise ValueError(
                f"The type {self.type[:50]!r} does not fit; leave it out or write `{min(expected)}`"
            )
        for name in self.env:
            if not name or "=" in name:
                raise ValueError(f"{name!r} cannot be the name of an environment variable")
        for name in self.headers:
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name!r} cannot be the name of a header")


class Program(msgspec.Struct, frozen=True):
    """How a server on standard input and output is started.

    Attributes:
        folder: its working directory, absolute.
        variables: environment variables that it gets besides those of all processes of agents.
    """

    command: str
    arguments: tuple[str, ...]
    folder: Path
    variables: tuple[tuple[str, str], ...]


class Address(msgspec.Struct, frozen=True):
    """Where a streamable HTTP server is."""

    url: str
    headers: tuple[tuple[str, str], ...]


class ServerConfig(msgspec.Struct, frozen=True):
    """A server that can be started.

    Attributes:
        root: the working directory that it is for: it is told so, and each has a server of its own.
        path: the `.mcp.json` that names it; None where the settings do.
    """

    name: str
    source: Source
    root: Path
    target: Program | Address
    path: Path | None = None


def parse_entries(raw: Any) -> dict[str, ServerEntry | str]:
    """The servers of a decoded `.mcp.json` by name; in place of an entry that makes no sense, what is wrong with it.

    Raises:
        InvalidServerError: it does not have the form of such a file.
    """
    servers = raw.get("mcpServers") if isinstance(raw, dict) else None
    if not isinstance(servers, dict):
        raise InvalidServerError("It is no JSON object with an object `mcpServers`.")
    if len(servers) > MAX_SERVERS:
        raise InvalidServerError(f"It names {len(servers)} servers; {MAX_SERVERS} are the most.")
    return {name[:MAX_NAME_LENGTH]: _entry(name, entry) for name, entry in servers.items()}


def _entry(name: str, raw: Any) -> ServerEntry | str:
    try:
        msgspec.convert(name, ServerName)
        return msgspec.convert(raw, ServerEntry)
    except msgspec.ValidationError as error:
        return f"{error}."


def resolve(
    name: str,
    entry: ServerEntry,
    *,
    root: Path,
    environment: Mapping[str, str],
    path: Path | None = None,
) -> ServerConfig:
    """What an entry comes to in a working directory.

    Args:
        name: of the server.
        entry: as it is written down.
        root: the working directory.
        environment: what variables stand for. Keys of model providers are not in it.
        path: the `.mcp.json` that holds the entry.

    Raises:
        InvalidServerError: a variable is missing, or what comes out is no address or path.
    """
    if entry.url is not None:
        url = _expanded(entry.url, environment)
        _check_url(url)
        headers = tuple(
            (key, _line(key, _expanded(text, environment))) for key, text in entry.headers.items()
        )
        return ServerConfig(name, _source(path), root, Address(url, headers), path)
    assert entry.command is not None
    texts = [_expanded(text, environment) for text in (entry.command, *entry.args)]
    variables = tuple((key, _expanded(text, environment)) for key, text in entry.env.items())
    for text in (*texts, *(part for pair in variables for part in pair)):
        if "\0" in text:
            raise InvalidServerError("It holds a NUL character.")
    if not texts[0].strip():
        raise InvalidServerError("Its `command` is empty.")
    try:
        folder = (root / Path(_expanded(entry.cwd or ".", environment)).expanduser()).resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise InvalidServerError(f"Its `cwd` cannot be resolved: {error}.") from error
    return ServerConfig(
        name, _source(path), root, Program(texts[0], tuple(texts[1:]), folder, variables), path
    )


def _source(path: Path | None) -> Source:
    return "settings" if path is None else "project"


def _expanded(text: str, environment: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        name, otherwise = match[1], match[2]
        found = environment.get(name)
        if otherwise is not None:
            return found or otherwise
        if found is None:
            raise InvalidServerError(
                f"The environment variable {name} is not set where the daemon runs, or is withheld; "
                f"set it, or write ${{{name}:-text}}."
            )
        return found

    return _VARIABLE.sub(value, text)


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine or not url.isprintable() or " " in url:
        raise InvalidServerError("Its `url` is no address that starts with http:// or https://.")


def _line(name: str, text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise InvalidServerError(f"The header {name} holds a character that headers cannot hold.")
    return text
