"""Modules are imported once, in a thread, and whoever needs them waits."""

from __future__ import annotations

import asyncio
import sys
import threading
from pathlib import Path

import pytest

from actors.imported import Imported

MODULE = "import threading\nthread = threading.get_ident()\n"


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "imported_by_a_test.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, "imported_by_a_test", None)  # so that it is taken away afterwards
    del sys.modules["imported_by_a_test"]
    return "imported_by_a_test"


def test_the_loop_does_not_import_itself(name: str) -> None:
    imported = Imported(name)

    async def loaded() -> int:
        await asyncio.gather(imported.ready(), imported.ready())
        found = sys.modules.pop(name)
        await imported.ready()
        assert name not in sys.modules, "it is imported once"
        thread: int = found.thread
        return thread

    assert asyncio.run(loaded()) != threading.get_ident()


def test_what_is_not_there_is_an_error_of_whoever_waits(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        asyncio.run(Imported(name, "there_is_no_such_module").ready())
