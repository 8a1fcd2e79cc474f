"""The files of the chat page, in memory, under an address that changes with their content.

All of them share one version, a hash of everything, which is a part of their address: a browser may keep them for
ever, relative imports between modules stay within one version, and a changed file is seen at the next visit.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from daemon.page_icons import sprite

CONTENT_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
PLACEHOLDER = re.compile(rb"\{\{(\w+)\}\}")
SPRITE = "icons.svg"
ICON_NAMES = "icons.txt"


class PageFile(msgspec.Struct, frozen=True):
    """One file.

    Attributes:
        etag: its strong validator, in quotes.
    """

    body: bytes
    content_type: str
    etag: str


class Page(msgspec.Struct, frozen=True):
    """All files of one version, by their path relative to the folder."""

    version: str
    files: Mapping[str, PageFile]


class PageFiles:
    """Reads the folder, and reads it again when something in it has changed.

    Args:
        folder: where `index.html` lies.
        home: the person's, from which the page names folders.
    """

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder = folder
        self._home = html.escape(str(home)).encode("utf-8", "replace")
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._page: Page | None = None

    def current(self) -> Page:
        """The files as they are now. Blocks: call it in a thread. Raises OSError."""
        seen = self._state()
        if self._page is None or seen != self._seen:
            self._page = self._read([name for name, _, _ in seen])
            self._seen = seen
        return self._page

    def known(self, version: str) -> Page | None:
        """The files of a version that was read last; without a look at the folder, so it never blocks."""
        page = self._page
        return page if page is not None and page.version == version else None

    def _state(self) -> tuple[tuple[str, int, int], ...]:
        """Name, time and size of each file."""
        found = []
        for path in sorted(self._folder.rglob("*")):
            if path.suffix in CONTENT_TYPES and path.is_file():
                status = path.stat()
                name = path.relative_to(self._folder).as_posix()
                found.append((name, status.st_mtime_ns, status.st_size))
        return tuple(found)

    def _read(self, names: list[str]) -> Page:
        bodies = {name: (self._folder / name).read_bytes() for name in names}
        bodies[SPRITE] = sprite(bodies[ICON_NAMES].decode().split())
        whole = hashlib.sha256()
        for name in sorted(bodies):
            whole.update(name.encode() + b"\0" + hashlib.sha256(bodies[name]).digest())
        version = whole.hexdigest()[:16]
        preloads = "\n".join(
            f'<link rel="modulepreload" href="/web/{version}/{name}">'
            for name in sorted(bodies)
            if name.startswith("js/")
        )
        given = {b"web": f"/web/{version}".encode(), b"preloads": preloads.encode(), b"home": self._home}
        documents = {
            name: PLACEHOLDER.sub(lambda found: given[found[1]], body)
            for name, body in bodies.items()
            if name.endswith(".html")
        }
        return Page(version, {name: _file(name, body) for name, body in {**bodies, **documents}.items()})


def _file(name: str, body: bytes) -> PageFile:
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return PageFile(body, CONTENT_TYPES[Path(name).suffix], etag)
