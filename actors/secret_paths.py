"""Which files are likely to hold secrets, judged by their names alone."""

from __future__ import annotations

import re
from pathlib import PurePath

from actors.path_patterns import folded, spec_of

__all__ = ["SECRET_GLOBS", "looks_secret"]

_PRIVATE_KEYS = ("id_rsa*", "id_ed25519*", "id_ecdsa*", "id_dsa*")
_OTHERS = (
    ".env",
    ".env.*",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.kdbx",
    "credentials",
    "credentials.*",
    "secrets.*",
    ".netrc",
    "_netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".htpasswd",
    ".ssh/",
    ".gnupg/",
    ".aws/",
    ".kube/",
    "**/.docker/config.json",
)
SECRET_GLOBS = _PRIVATE_KEYS + _OTHERS
"""Gitignore globs, at any depth, in lower case: compare without regard to case.

Of the keys they name the public halves too, which `looks_secret` does not mind.
"""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def looks_secret(path: PurePath, root: PurePath) -> bool:
    """Whether a path is likely to hold secrets.

    Args:
        path: absolute and resolved.
        root: the working directory; what it is called itself does not count.
    """
    if path == root:
        return False
    base = root if path.is_relative_to(root) else path.anchor
    # A line break in a name would end the match early.
    relative = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", folded(path.relative_to(base).as_posix()))
    is_public_key = relative.endswith(".pub")
    spec = spec_of(_OTHERS if is_public_key else SECRET_GLOBS)
    # With the slash for a search in a folder such as `.ssh`.
    return spec.match_file(relative) or spec.match_file(relative + "/")
