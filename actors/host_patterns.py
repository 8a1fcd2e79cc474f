"""Hosts of web addresses, compared as the network sees them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

__all__ = ["host_of", "is_within", "normal_host"]

_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_ODD_ADDRESS = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
# Clients differ in what they make of these, so no rule may rely on any reading.
_AMBIGUOUS = re.compile(r"[\s\\\x00-\x20\x7f]")


def host_of(url: str) -> str | None:
    """The host of an http(s) address; None if it has none, or if clients may read it in different ways."""
    if _AMBIGUOUS.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    return normal_host(host)


def normal_host(host: str) -> str | None:
    """The host in lower case and ASCII (IDNA), without a final dot; None if it is no host."""
    address = _address(host)
    if address is not None:
        return str(address)
    plain = host.removesuffix(".").lower()
    try:
        name = plain.encode("idna").decode("ascii")
        # Where the standards for international names differ, the way back does not lead to the same name.
        is_clear = name.encode("ascii").decode("idna") == plain or name == plain
    except UnicodeError:
        return None
    return name if is_clear and _HOST_NAME.fullmatch(name) and not _ODD_ADDRESS.fullmatch(name) else None


def is_within(host: str, domain: str) -> bool:
    """Whether a host is the domain or below it; both as `normal_host` gives them."""
    return host == domain or (_address(host) is None and host.endswith("." + domain))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None
