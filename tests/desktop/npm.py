"""What the tests of the page take from npm; `make test` installs it beside this file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node_modules"


def npm_package(name: str) -> Path:
    """The folder of an installed package; without it the test is skipped, in CI it fails."""
    found = FOLDER / name
    if not found.is_dir():
        message = f"the npm package {name} is missing; install npm (`make system-deps`), then run `make test`"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found
