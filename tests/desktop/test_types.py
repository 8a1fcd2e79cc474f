"""The page's modules say their types in comments; the TypeScript compiler holds them to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.conftest import needs_program
from tests.desktop.npm import npm_package

HERE = Path(__file__).parent


def test_the_types_of_the_page_fit() -> None:
    node = needs_program("node", "nodejs")
    compiler = npm_package("typescript") / "lib" / "tsc.js"
    done = subprocess.run(
        [node, str(compiler), "-p", str(HERE)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
