"""Commands that take over a second: a bar where a person looks on, and nothing half where they are broken off."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.database import Database
from storage.migrations import migrate
from storage.paths import DataDir
from storage.statements import Statement
from tests.daemon.commands.running import stagent
from tests.daemon.commands.terminal import Terminal
from tests.daemon_process import clean_environment
from tests.storage.filled import rows

DEADLINE_S = 60.0
CONVERSATIONS = 3_000
ABORTED = 130
AT_ONCE = """
import daemon.progress
daemon.progress.QUIET_S = 0.0
from daemon.cli import main
main()
"""
"""The command line with a bar also for what takes less than a second."""


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder with much in it, an empty one, and files made of the first."""

    full: DataDir
    empty: DataDir
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment(self.folder, STAGENT_PORT="0", TERM="xterm")


@dataclass(frozen=True, slots=True)
class Long:
    """A command that takes a while.

    Attributes:
        title: of its bar.
        data_dir: whose folder it works on.
        args: its arguments.
    """

    title: str
    data_dir: Callable[[Place], DataDir]
    args: Callable[[Place], tuple[str, ...]]


COMMANDS = {
    "export": Long(
        "Exporting",
        lambda place: place.full,
        lambda place: ("export", "--documents", "-o", str(place.folder / "out.jsonl")),
    ),
    "backup": Long(
        "Saving", lambda place: place.full, lambda place: ("backup", str(place.folder / "out.tar.gz"))
    ),
    "import": Long(
        "Importing", lambda place: place.empty, lambda place: ("import", str(place.folder / "all.jsonl"))
    ),
    "restore": Long(
        "Unpacking",
        lambda place: place.empty,
        lambda place: ("restore", "--yes", str(place.folder / "all.tar.gz")),
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("long")
    place = Place(DataDir(folder / "full"), DataDir(folder / "empty"), folder)
    _fill(place.full)
    for args in (
        ("export", "--documents", "-o", str(folder / "all.jsonl")),
        ("backup", str(folder / "all.tar.gz")),
    ):
        done = stagent(place.full.root, *args)
        assert (done.returncode, done.stderr) == (0, ""), "where nobody looks on there is no bar"
    return place


@pytest.fixture
def place(made: Place, tmp_path: Path) -> Place:
    """That, with an empty folder of its own."""
    empty = DataDir(tmp_path / "empty")
    empty.root.mkdir(mode=0o700)
    database = Database(empty.database)
    migrate(database, empty.backups)
    database.close()
    return Place(made.full, empty, made.folder)


def _fill(data_dir: DataDir) -> None:
    data_dir.root.mkdir(mode=0o700)
    database = Database(data_dir.database)
    migrate(database, data_dir.backups)
    now = 1_700_000_000_000
    chance = random.Random(1)  # what can be compressed is saved in no time
    conversation = (
        "INSERT INTO conversations (id, title, title_is_given, runtime_id, status, input_tokens, output_tokens, "
        "cost_usd, unpriced_turns, created_at, updated_at) VALUES (?,'x',1,'offline','active',0,0,0,0,?,?)"
    )
    message = (
        "INSERT INTO messages (id, conversation_id, role, content, status, created_at, updated_at) "
        "VALUES (?,?,'user',?,'complete',?,?)"
    )
    database.write(
        *(Statement(conversation, (f"c-{n}", now, now)) for n in range(CONVERSATIONS)),
        *(
            Statement(message, (f"m-{n}", f"c-{n // 20}", chance.randbytes(300).hex(), now, now))
            for n in range(CONVERSATIONS * 20)
        ),
    )
    database.close()


def left(place: Place) -> set[Path]:
    """All files that there are."""
    found = (place.folder, place.empty.root)
    return {
        path
        for root in found
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in {".db-shm", ".db-wal", ".lock"}
    }


@pytest.mark.parametrize(
    "name", ["export", "backup", "import"]
)  # what unpacks in a second is too large for a test
def test_who_looks_on_sees_a_bar_and_can_break_it_off(place: Place, name: str) -> None:
    command = COMMANDS[name]
    before, content = left(place), rows(place.empty.database)
    terminal = Terminal(command.data_dir(place).root, place.environment, place.folder, *command.args(place))
    terminal.wait_for(command.title)
    terminal.wait_for("%")
    terminal.type("\x03")
    assert terminal.end() == ABORTED, terminal.screen
    assert "Traceback" not in terminal.screen
    assert left(place) == before
    assert rows(place.empty.database) == content
    again = stagent(command.data_dir(place).root, *command.args(place))
    try:
        assert (again.returncode, again.stderr) == (0, "")
    finally:
        for path in place.folder.glob("out.*"):
            path.unlink()


@pytest.mark.parametrize("name", ["backup", "restore"])
def test_its_bar_goes_on_to_the_end_and_leaves_the_screen_to_what_came_of_it(place: Place, name: str) -> None:
    command = COMMANDS[name]
    terminal = Terminal(
        command.data_dir(place).root,
        place.environment,
        place.folder,
        *command.args(place),
        program=("-c", AT_ONCE),
    )
    try:
        terminal.wait_for(command.title)
        terminal.wait_for("100%")
        terminal.wait_for("Restored." if name == "restore" else "Saved in")
        assert terminal.end() == 0, terminal.screen
    finally:
        (place.folder / "out.tar.gz").unlink(missing_ok=True)
    percents = [int(found) for found in re.findall(r"(\d+)%", terminal.screen)]
    assert percents == sorted(percents)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_leaves_nothing_half(place: Place, name: str) -> None:
    command = COMMANDS[name]
    before, content = left(place), rows(place.empty.database)
    done = subprocess.run(
        [sys.executable, "-m", "daemon", "--data-dir", command.data_dir(place).root, *command.args(place)],
        stdin=subprocess.DEVNULL,
        env=place.environment,
        cwd=place.folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert left(place) == before
    assert rows(place.empty.database) == content


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("name", ["export", "import", "restore"])
def test_a_signal_leaves_nothing_half_either(place: Place, name: str, how: signal.Signals) -> None:
    command = COMMANDS[name]
    before, content = left(place), rows(place.empty.database)
    process = subprocess.Popen(
        [sys.executable, "-m", "daemon", "--data-dir", command.data_dir(place).root, *command.args(place)],
        stdin=subprocess.DEVNULL,
        env=place.environment,
        cwd=place.folder,
    )
    deadline = time.monotonic() + DEADLINE_S
    begun = {
        "export": (place.folder, ".out.jsonl-*"),
        "import": (place.empty.root, "stagent.db-wal"),
        "restore": (place.empty.root, ".restore-*/stagent.db"),
    }
    folder, sign = begun[name]
    while not any(path.stat().st_size for path in folder.glob(sign)):
        assert time.monotonic() < deadline
    os.kill(process.pid, how)
    assert process.wait(DEADLINE_S) == 128 + how
    assert left(place) == before
    assert rows(place.empty.database) == content
