"""The baseline of the daemon as a server: a Tornado process that does nothing but answer.

`/healthz` answers as the daemon's; `/file` with the bytes of the file that is named on the command line.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler


class Fixed(RequestHandler):
    """Answers with the same bytes always."""

    def initialize(self, body: bytes) -> None:
        """Tornado calls this with what the URL table holds."""
        self.body = body

    def get(self) -> None:
        """The bytes."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(self.body)


async def main(body: bytes) -> None:
    """Serves until it is killed; says where on standard output."""
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(
        Application([("/healthz", Fixed, {"body": b'{"ok":true}'}), ("/file", Fixed, {"body": body})])
    )
    server.add_sockets(sockets)
    print(f"ready at http://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else b""))
