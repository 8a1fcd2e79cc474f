"""A server at an address that sends its client elsewhere: headers are secrets, and go to no other address."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from actors.errors import ServerFailedError
from actors.mcp.config import ServerEntry, resolve
from actors.mcp.session import Session

DEADLINE_S = 30.0
SECRET = "Bearer a-secret"


@contextmanager
def server(status: int, location: str | None = None) -> Iterator[tuple[str, list[str | None]]]:
    """An address that answers all the same; which credential came with each request."""
    seen: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def _answer(self) -> None:
            seen.append(self.headers.get("Authorization"))
            self.send_response(status)
            if location is not None:
                self.send_header("Location", location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_address[1]}/mcp", seen
        finally:
            http.shutdown()
            thread.join(DEADLINE_S)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(tmp_path: Path, status: int) -> None:
    async def reach(url: str) -> None:
        entry = ServerEntry(type="http", url=url, headers={"Authorization": SECRET})
        config = resolve("one", entry, root=tmp_path, environment={})
        async with asyncio.timeout(DEADLINE_S), Session(config, lambda: None, lambda _: None).open({}):
            pytest.fail("it cannot be reached")

    with (
        server(200) as (elsewhere, seen_there),
        server(status, elsewhere) as (url, seen),
        pytest.raises(ServerFailedError),
    ):
        asyncio.run(reach(url))
    assert SECRET in seen
    assert seen_there == []
