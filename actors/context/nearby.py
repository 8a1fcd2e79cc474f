"""Whether a folder has something of a name. Each turn asks for dozens, in all folders above it, so it costs little."""

from __future__ import annotations

import os
from pathlib import Path


def is_there(folder: Path, name: str) -> bool:
    """Whether something has this name, be it a link to nowhere; also where that cannot be told, for whoever reads it."""
    try:
        os.lstat(os.path.join(folder, name))  # noqa: PTH118  (a `Path` costs ten times as much as the question)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True
