"""Every benchmark runs, in a small size. What it measures then means nothing, so only its form is looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import benchmarks
from benchmarks.__main__ import PROMISES, promise
from benchmarks.harness.report import UnavailableError


@pytest.mark.parametrize("name", PROMISES)
def test_script(name: str) -> None:
    try:
        results = promise(name)(True)
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    assert results
    for result in results:
        assert result.figure >= 0
        assert result.baseline is None or result.baseline > 0
        assert result.what in result.line()


def test_no_script_is_forgotten() -> None:
    (folder,) = benchmarks.__path__
    scripts = {path.stem for path in Path(folder).glob("[!_]*.py")}
    assert scripts == set(PROMISES)
