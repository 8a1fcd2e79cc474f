"""How much of a model's window each part of the context may take. All sizes are in tokens."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from actors.models import CATALOGUE, real_model_id
from actors.options import Options

DEFAULT_WINDOWS: Mapping[str, int] = {
    "claude-code": 200_000,
    "openai-codex-app-server": 128_000,
    "ollama": 32_768,
    "offline": 1_000_000,
}
"""Windows of models that nobody has told anything about, on the safe side."""

LOCAL_LIMIT = 32_768
"""A local server runs a model with less than it could take, unless told otherwise, and drops the beginning without
a word. So what such a model could take counts only up to here; the setting `contextWindows` says more."""

NEAR = 0.9
"""The part of the room behind which the history is said to near the window."""


class Budget(msgspec.Struct, frozen=True):
    """The sizes.

    Attributes:
        window: all that the model can take, its answer included.
        answer: what is kept free for the answer.
        system: for identity and rules.
        project: for the project, its environment and the instruction files.
        mentions: for what a message mentions.
    """

    window: int
    answer: int
    system: int
    project: int
    mentions: int

    @property
    def room(self) -> int:
        """What a request may hold."""
        return self.window - self.answer

    @property
    def limit(self) -> int:
        """The size behind which a request is made smaller."""
        return int(self.room * NEAR)


def budget_of(window: int, options: Options) -> Budget:
    """The sizes for a window. In a small one no part crowds out the conversation."""
    answer = min(options.max_output_tokens, window // 4)
    room = window - answer
    return Budget(
        window=window,
        answer=answer,
        system=min(options.system_tokens, room // 4),
        project=min(options.project_tokens, room // 4),
        mentions=min(options.mention_tokens, room // 3),
    )


def window_of(runtime_id: str, model_id: str | None, options: Options, found: Mapping[str, int]) -> int:
    """A model's window: from the settings, else as its provider lists it, else from the table, else a safe one.

    Args:
        runtime_id: the conversation's runtime.
        model_id: the conversation's model, or None for the runtime's default.
        options: the settings in force.
        found: windows that providers have listed, by their model ids.
    """
    real = real_model_id(runtime_id, model_id, options)
    for name in (model_id, real):
        if name is not None and name in options.context_windows:
            return options.context_windows[name]
    if real is not None and real in found:
        return min(found[real], LOCAL_LIMIT) if runtime_id == "ollama" else found[real]
    known = (model.context_window for model in CATALOGUE if model.real_id == real)
    # An imported conversation may name a runtime that is not known here; its turns say so.
    unknown = min(DEFAULT_WINDOWS.values())
    return next((window for window in known if window), DEFAULT_WINDOWS.get(runtime_id, unknown))
