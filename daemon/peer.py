"""Whose program is at the other end of a connection: every user of a machine can connect to its loopback address.

A link in the list of processes, and a cookie, which browsers send to every port of an address, may get to other users.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
from typing import Any

from tornado.httputil import HTTPServerRequest

_SOCKET_DIAGNOSTICS = 4
_BY_FAMILY = 20
_IS_REQUEST = 1
_ALL_STATES = 0xFFFFFFFF
_HEADER = struct.Struct("=IHHII")
_SOCKET = struct.Struct("!HH4s12x4s12x")
"""Ports and addresses as the network orders them."""

_ASKED = struct.Struct("=BBBBI")
_REST = struct.Struct("=IQ")
"""Any device, and no cookie: the kernel need not have told us of the socket before."""

_ANSWERED = struct.Struct("=BBBB48sIIIII")


def is_another_users(request: HTTPServerRequest, port: int) -> bool:
    """Whether the client is known to belong to another user than the daemon and the system's administrator.

    Only Linux tells. What comes from elsewhere, such as through a container's proxy, belongs to nobody known.

    Args:
        request: a request over TCP on IPv4; others have no other users.
        port: ours.
    """
    connection: Any = getattr(request.connection, "context", None)  # Tornado keeps one for each connection
    address = getattr(connection, "address", None)
    if sys.platform != "linux" or not isinstance(address, tuple) or len(address) != 2:
        return False
    if not hasattr(connection, "is_another_users"):
        connection.is_another_users = _is_another_users(_user_of(address, ("127.0.0.1", port)))
    return bool(connection.is_another_users)


def _is_another_users(user: int | None) -> bool:
    return user is not None and user not in {os.geteuid(), 0}


def _user_of(client: tuple[str, int], server: tuple[str, int]) -> int | None:
    """The user whose socket is connected so; None where the kernel does not tell, -1 where it was closed."""
    asked = _ASKED.pack(socket.AF_INET, socket.IPPROTO_TCP, 0, 0, _ALL_STATES) + _SOCKET.pack(
        client[1], server[1], socket.inet_aton(client[0]), socket.inet_aton(server[0])
    )
    asked += _REST.pack(0, 2**64 - 1)
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _SOCKET_DIAGNOSTICS) as netlink:
            # The kernel answers before `send` returns.
            netlink.setblocking(False)
            netlink.send(_HEADER.pack(_HEADER.size + len(asked), _BY_FAMILY, _IS_REQUEST, 1, 0) + asked)
            answer = netlink.recv(4096)
    except OSError:  # a sandbox may forbid to ask
        return None
    if _HEADER.unpack_from(answer)[1] != _BY_FAMILY:
        return None
    *_, user, inode = _ANSWERED.unpack_from(answer, _HEADER.size)
    # Of a socket without a file, nobody knows whose it was.
    return int(user) if inode else -1
