"""What the garbage collector does not look at again. In a process of its own: it holds for all of a process."""

from __future__ import annotations

import subprocess
import sys

from tests.daemon_process import REPOSITORY

IMPORTS = """
import gc
from actors.lasting import lasting_import

was_looked_at = len(gc.get_objects())
with lasting_import():
    assert not gc.isenabled()
    import asyncio
assert gc.isenabled()
assert gc.get_freeze_count() > was_looked_at, "the modules of before stay too"
assert len(gc.get_objects()) < was_looked_at / 10
try:
    with lasting_import():
        import no_such_module
except ImportError:
    pass
assert gc.isenabled()
gc.disable()
with lasting_import():
    pass
assert not gc.isenabled(), "somebody else had said so"
"""


def test_nothing_is_collected_during_an_import_and_nothing_of_it_is_looked_at_again() -> None:
    subprocess.run([sys.executable, "-c", IMPORTS], check=True, cwd=REPOSITORY, timeout=60)
