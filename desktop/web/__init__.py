"""The chat page: plain files that the daemon serves. This module only tells where they are."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
"""Where `index.html` and its styles and modules lie."""
