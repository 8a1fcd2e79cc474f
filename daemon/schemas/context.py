"""What the model is given to know, part by part."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from actors.context.parts import PartName
from daemon.schemas.base import Schema


class ContextPart(Schema, frozen=True, kw_only=True):
    """A part of the context."""

    name: PartName
    tokens: int
    budget_tokens: Annotated[
        int | None, Meta(description="What it may take in one turn; null where it shares the rest.")
    ]


class Context(Schema, frozen=True, kw_only=True):
    """What the next turn would be given, without the message that starts it. Sizes are in tokens, guessed."""

    window_tokens: Annotated[int, Meta(description="All that the model can take, its answer included.")]
    answer_tokens: Annotated[int, Meta(description="What of it is kept free for the answer.")]
    compact_at_tokens: Annotated[int, Meta(description="From this size on the history is made smaller.")]
    used_tokens: int
    reported_tokens: Annotated[
        int | None, Meta(description="The newest request, as the provider has counted it.")
    ]
    parts: list[ContextPart]
    problems: Annotated[list[str], Meta(description="What was skipped, cut or cannot be used.")]
