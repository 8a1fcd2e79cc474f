"""The one gate. Whatever comes in passes here first, and is refused unless it shows that it may."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import msgspec
from tornado.httputil import HTTPServerRequest

from daemon.credential import Gatekeeper
from daemon.errors import ApiError
from daemon.peer import is_another_users

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
COOKIE = "stagent_session"


class Gate(msgspec.Struct, frozen=True):
    """Decides whether a request may pass.

    Attributes:
        gatekeeper: knows the valid credentials.
        port: our port; names and origins with another one are somebody else's.
    """

    gatekeeper: Gatekeeper
    port: int

    def check(
        self, request: HTTPServerRequest, cookie: str | None, *, body_types: tuple[str, ...], is_public: bool
    ) -> None:
        """Lets a request pass, or not.

        Args:
            request: the request; its body has not been read yet.
            cookie: the session cookie.
            body_types: content types that the endpoint takes.
            is_public: whether it passes without a credential.

        Raises:
            ApiError: 403, 415 or 401.
        """
        is_local_socket = _is_unix_socket(request)
        self._check_host(request, is_local_socket=is_local_socket)
        self._check_origin(request)
        _check_content_type(request, body_types)
        if not is_public and not is_local_socket:
            self._check_credential(request, cookie)

    def check_user(self, request: HTTPServerRequest) -> None:
        """Refuses other users of this machine, who may have seen a link or a cookie. Raises ApiError 403."""
        if is_another_users(request, self.port):
            raise ApiError(
                403,
                "other_user",
                "Another user of this machine runs the daemon; only their browser can open the page.",
            )

    def _check_host(self, request: HTTPServerRequest, *, is_local_socket: bool) -> None:
        """A page of another site that resolves its own name to this machine must not get in (DNS rebinding)."""
        host = request.headers.get("Host", "")
        name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "")
        is_ours = port == str(self.port) or (not port and (is_local_socket or self.port == 80))
        if name.lower() not in LOOPBACK_NAMES or not is_ours:
            raise ApiError(
                403,
                "wrong_host",
                f"The daemon answers only to 127.0.0.1:{self.port} and localhost:{self.port}.",
            )

    def _check_origin(self, request: HTTPServerRequest) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and not self._is_our_origin(origin):
            raise ApiError(403, "wrong_origin", "Pages of other origins may not use the daemon.")
        # A request without Origin, such as a picture or a link, still tells where it comes from.
        site = request.headers.get("Sec-Fetch-Site")
        is_navigation = request.headers.get("Sec-Fetch-Mode") == "navigate" and request.method == "GET"
        if origin is None and site in {"cross-site", "same-site"} and not is_navigation:
            raise ApiError(403, "wrong_origin", "Pages of other origins may not use the daemon.")

    def _is_our_origin(self, origin: str) -> bool:
        try:
            parts = urlsplit(origin)
            port = parts.port or 80
        except ValueError:
            return False
        host = (parts.hostname or "").lower()
        host = f"[{host}]" if ":" in host else host
        # An origin is nothing but these three; with a user, a path or a query it comes from no browser.
        is_bare = origin.lower() in {f"http://{host}:{port}", f"http://{host}"}
        return is_bare and host in LOOPBACK_NAMES and port == self.port

    def _check_credential(self, request: HTTPServerRequest, cookie: str | None) -> None:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer" and self.gatekeeper.accepts_token(given.strip()):
            return
        if cookie is not None and self.gatekeeper.accepts_session(cookie):
            self.check_user(request)
            return
        raise ApiError(
            401,
            "no_credential",
            "A valid credential is needed: send the token (`stagent token`) as a bearer token, "
            "or open the page with `stagent open`.",
            headers={"WWW-Authenticate": 'Bearer realm="stagent"'},
        )


def _is_unix_socket(request: HTTPServerRequest) -> bool:
    """Whether it came over the Unix socket, which only its owner can open."""
    family = getattr(getattr(request.connection, "context", None), "address_family", None)
    return family is not None and family == getattr(socket, "AF_UNIX", None)


def _check_content_type(request: HTTPServerRequest, body_types: tuple[str, ...]) -> None:
    """A form of another site can send a body without being asked, but not one of these types."""
    has_body = request.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in request.headers
    if not has_body:
        return
    given = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if given not in body_types:
        raise ApiError(
            415,
            "unsupported_media_type",
            f"The body must be {' or '.join(body_types)}, not {given or 'untyped'}.",
        )
