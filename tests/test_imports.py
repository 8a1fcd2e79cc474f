"""What is imported when: a daemon that does nothing, and a command that only looks, must stay light."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.daemon_process import DaemonProcess, clean_environment

DEADLINE_S = 60
SDKS = {"anthropic", "openai", "mcp", "httpx2", "pydantic_core"}
ON_FIRST_USE = {
    "PIL",
    "pypdf",
    "defusedxml",
    "charset_normalizer",
    "keyring",
    "prometheus_client",
    "markdown_it",
    "pygments",
    "nh3",
    "rich",
    "webview",
    "tree_sitter_bash",
}
SERVER = {"tornado", "pykka", "peewee", "asyncio"}


def imported_by(code: str, home: Path, *args: str) -> set[str]:
    """The modules that a process has imported when this code has run."""
    script = f"{code}\nimport sys\nprint(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", script, *args],
        env=clean_environment(home),
        cwd=home,
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE_S,
    )
    return set(done.stderr.split())


def test_the_daemon_is_imported_without_what_only_some_turns_need(tmp_path: Path) -> None:
    modules = imported_by("import daemon.serve", tmp_path)
    assert "tornado" in modules
    assert not modules & (SDKS | ON_FIRST_USE)


def test_the_daemon_is_imported_without_agents_and_rules(tmp_path: Path) -> None:
    modules = imported_by("import daemon.serve", tmp_path)
    assert "actors.system" in modules
    assert not modules & {
        "actors.agent",
        "actors.conversation",
        "actors.permissions",
        "actors.tools.registry",
        "daemon.handlers.conversations",
        "daemon.handlers.documents",
        "tornado.websocket",
        "daemon.upkeep",
        "storage.backups.restoring",
        "storage.backups.writing",
        "storage.transfer.merging",
        "actors.import_work",
        "actors.sessions.finding",
    }


def test_the_log_brings_nothing_but_structlog(tmp_path: Path) -> None:
    code = "import os\nfrom daemon.logs.setup import Logs\nLogs(os.environ).start()"
    modules = imported_by(code, tmp_path)
    assert "structlog" in modules
    assert not modules & (SDKS | ON_FIRST_USE)
    # It was kept from being imported then, and not for ever.
    assert "rich" in imported_by(f"{code}\nimport rich", tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells which libraries a process has loaded")
def test_a_daemon_that_answers_plain_requests_has_loaded_no_sdk(daemon: DaemonProcess) -> None:
    for path in (
        "/healthz",
        "/api/chat/conversations",
        "/api/projects",
        "/api/settings",
        "/api/openapi.json",
    ):
        daemon.client.get(path)
    libraries = Path(f"/proc/{daemon.pid}/maps").read_text()
    assert "msgspec" in libraries, "this test looks at the right process"
    # Both SDKs bring pydantic, whose core is a library of its own.
    assert "pydantic_core" not in libraries


@pytest.mark.parametrize("module", ["daemon.discovery", "daemon.settings", "daemon.client", "daemon.cli"])
def test_what_every_command_needs_brings_no_server(module: str, tmp_path: Path) -> None:
    assert not imported_by(f"import {module}", tmp_path) & (SERVER | SDKS)


def test_looking_for_the_daemon_brings_no_server(tmp_path: Path) -> None:
    code = "from daemon.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    assert not imported_by(code, tmp_path, "--data-dir", str(tmp_path / "data"), "status") & (
        SERVER | SDKS | {"msgspec"}
    )
