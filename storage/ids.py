"""Identifiers of everything stored: UUIDs of version 7, which sort by the time they were made."""

from __future__ import annotations

import uuid_utils


def new_id() -> str:
    """A new identifier; ids made in one process sort in the order they were made."""
    return str(uuid_utils.uuid7())
