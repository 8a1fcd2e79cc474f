"""The parts of a conversation's context, by name and size. On their own, since the API names them too."""

from __future__ import annotations

from typing import Literal

import msgspec

PartName = Literal["system", "project", "tools", "mentions", "summary", "history"]


class Part(msgspec.Struct, frozen=True):
    """A part.

    Attributes:
        tokens: about how many it has.
        budget: how many it may have in one turn; None where it shares the rest of the window.
    """

    name: PartName
    tokens: int
    budget: int | None = None
