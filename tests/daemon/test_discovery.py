"""Discovery: one daemon a folder, and a stale file never speaks of another process."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from daemon import discovery
from daemon.discovery import AlreadyRunningError, Discovery, process_started_at
from storage.paths import DataDir


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path)


def of(pid: int, started_at: float | None, folder: DataDir) -> Discovery:
    return Discovery(pid, "http://127.0.0.1:1", None, "1", "now", started_at, str(folder.root))


def test_a_running_daemon_is_found(data_dir: DataDir) -> None:
    mine = of(os.getpid(), process_started_at(os.getpid()), data_dir)
    discovery.write(data_dir, mine)
    assert discovery.find(data_dir) == mine
    assert stat.S_IMODE(data_dir.discovery.stat().st_mode) == 0o600


def test_a_file_of_a_dead_or_another_process_is_none(data_dir: DataDir) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    for pid, started_at in ((dead.pid, 1.0), (os.getpid(), 1.0), (os.getpid(), None), (1, None)):
        stale = of(pid, started_at, data_dir)
        discovery.write(data_dir, stale)
        assert discovery.find(data_dir) is None
    for content in (b"", b"{", b"[]", b"\xff", b'{"pid": "x"}'):
        data_dir.discovery.write_bytes(content)
        assert discovery.find(data_dir) is None
    data_dir.discovery.unlink()
    assert discovery.find(data_dir) is None


def test_what_is_missing_or_of_another_type_makes_the_file_none(data_dir: DataDir) -> None:
    discovery.write(data_dir, of(os.getpid(), process_started_at(os.getpid()), data_dir))
    whole = json.loads(data_dir.discovery.read_bytes())
    for name in ("pid", "url", "socket", "version", "startedAt"):
        data_dir.discovery.write_text(json.dumps({key: whole[key] for key in whole if key != name}))
        assert discovery.find(data_dir) is None, name
    wrong_ones: tuple[dict[str, object], ...] = (
        {"pid": True},
        {"pid": 1.5},
        {"url": None},
        {"socket": 1},
        {"startedBy": "nobody"},
        {"dataDir": []},
    )
    for wrong in wrong_ones:
        data_dir.discovery.write_text(json.dumps({**whole, **wrong}))
        assert discovery.find(data_dir) is None, wrong
    data_dir.discovery.write_text(
        json.dumps({**whole, "more": 1, "processStartedAt": whole["processStartedAt"]})
    )
    assert discovery.find(data_dir) is not None
    del whole["startedBy"]
    data_dir.discovery.write_text(json.dumps(whole))
    found = discovery.find(data_dir)
    assert found is not None
    assert found.started_by == "person"


def test_the_file_in_a_copy_of_the_folder_is_none(data_dir: DataDir, tmp_path: Path) -> None:
    copy = DataDir(tmp_path / "copy")
    copy.root.mkdir()
    discovery.write(copy, of(os.getpid(), process_started_at(os.getpid()), data_dir))
    assert discovery.find(copy) is None


def test_a_process_that_has_ended_is_gone_also_before_its_parent_has_noticed() -> None:
    ended = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert process_started_at(ended.pid) is not None
    assert ended.stdin is not None
    ended.stdin.close()
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert process_started_at(ended.pid) is None
    ended.wait()


def test_only_ones_own_file_is_removed(data_dir: DataDir) -> None:
    discovery.write(data_dir, of(1, 1.0, data_dir))
    discovery.remove(data_dir, os.getpid())
    assert data_dir.discovery.exists()
    discovery.remove(data_dir, 1)
    assert not data_dir.discovery.exists()
    discovery.remove(data_dir, 1)


def test_a_folder_has_one_holder_and_a_dead_one_lets_go(data_dir: DataDir) -> None:
    with discovery.lock(data_dir):
        with pytest.raises(AlreadyRunningError), discovery.lock(data_dir):
            pass
        code = (
            "import sys; from pathlib import Path; from daemon import discovery\n"
            "from storage.paths import DataDir\n"
            "with discovery.lock(DataDir(Path(sys.argv[1]))): pass"
        )
        held = subprocess.run(
            [sys.executable, "-c", code, str(data_dir.root)], capture_output=True, check=False
        )
        assert b"AlreadyRunningError" in held.stderr
    code = code.replace("pass", "import os; os._exit(9)")
    subprocess.run([sys.executable, "-c", code, str(data_dir.root)], check=False)
    with discovery.lock(data_dir):
        pass
