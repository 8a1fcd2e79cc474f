"""Whether the daemon answers: one request over a bare socket, since http.client takes half of the command's time to import."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from daemon.discovery import Discovery

TIMEOUT_S = 5.0
"""A loop that is only busy answers within milliseconds; one that does not hangs."""

LONGEST_ANSWER = 65_536


def answers(found: Discovery) -> bool:
    """Whether the daemon answers `/healthz` with 200. It needs no credential."""
    address = urlsplit(found.url)
    request = f"GET /healthz HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n"
    try:
        with _connected(found) as connection:
            connection.sendall(request.encode())
            answer = b""
            while len(answer) < LONGEST_ANSWER and (more := connection.recv(LONGEST_ANSWER)):
                answer += more
    except OSError:
        return False
    return answer.split(b" ", 2)[1:2] == [b"200"]


def _connected(found: Discovery) -> socket.socket:
    if found.socket is None or not hasattr(socket, "AF_UNIX"):
        address = urlsplit(found.url)
        return socket.create_connection((address.hostname or "", address.port or 0), TIMEOUT_S)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(TIMEOUT_S)
        connection.connect(found.socket)
    except OSError:
        connection.close()
        raise
    return connection
