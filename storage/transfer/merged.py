"""What became of records that were taken in. On its own, since whoever only asks for it needs nothing of the work."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from storage.statements import Scalar

SHOWN = ("conversation", "task")
"""Kinds that people see in lists."""


class Merged(msgspec.Struct):
    """What became of the records, by kind.

    Attributes:
        without_content: documents that are not here and whose content the file does not have; they are left out.
        changed: the conversations and tasks that look different now, each with its kind.
    """

    added: dict[str, int] = msgspec.field(default_factory=dict)
    renewed: dict[str, int] = msgspec.field(default_factory=dict)
    unchanged: int = 0
    unknown: int = 0
    without_content: int = 0
    changed: list[tuple[str, str]] = msgspec.field(default_factory=list)

    def add(self, other: Merged) -> None:
        """Counts what became of other records too."""
        for into, found in ((self.added, other.added), (self.renewed, other.renewed)):
            for name, count in found.items():
                into[name] = into.get(name, 0) + count
        self.unchanged += other.unchanged
        self.unknown += other.unknown
        self.without_content += other.without_content
        self.changed.extend(other.changed)

    def count(self, into: dict[str, int], name: str, row: Mapping[str, Scalar]) -> None:
        """Counts a record, of the kind of this name."""
        into[name] = into.get(name, 0) + 1
        if name in SHOWN:
            self.changed.append((name, str(row["id"])))
