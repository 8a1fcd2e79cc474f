"""Every benchmark runs, in a small size. What it measures then means nothing, so only its form is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks
from benchmarks.__main__ import PROMISES, promise


@pytest.mark.parametrize("name", PROMISES)
def test_script(name: str) -> None:
    results = promise(name)(True)
    assert results
    for result in results:
        assert result.figure >= 0
        assert result.baseline is None or result.baseline > 0
        assert result.what in result.line()


def test_no_script_is_forgotten() -> None:
    (folder,) = benchmarks.__path__
    scripts = {path.stem for path in Path(folder).glob("[!_]*.py")}
    assert scripts == set(PROMISES)
