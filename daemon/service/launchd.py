"""A launchd agent. Facts: launchd.plist(5), launchctl(1)."""

from __future__ import annotations

import os
import plistlib
from pathlib import Path
from typing import Any

from daemon.service.base import ServiceSpec, ServiceStatus, first_line, remove, run, write_if_new

PREFIX = "local."
THROTTLE_S = 5


class Launchd:
    """The launchd of the person who is logged in.

    Args:
        name: of the service.
        home: where `Library/LaunchAgents` lies.
    """

    label = "launchd"

    def __init__(self, name: str, home: Path) -> None:
        self._label = PREFIX + name
        self._path = home / "Library/LaunchAgents" / f"{self._label}.plist"
        self._domain = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"
        self._service = f"{self._domain}/{self._label}"

    def install(self, spec: ServiceSpec) -> bool:
        """See `ServiceManager.install`."""
        is_new = write_if_new(self._path, self.describe(spec))
        before = self.status()
        if not is_new and before.is_enabled:
            if before.is_running:
                return False
            self.start()
            return True
        if before.is_enabled:
            run("launchctl", "bootout", self._service)
        run("launchctl", "bootstrap", self._domain, str(self._path))
        return True

    def describe(self, spec: ServiceSpec) -> bytes:
        """See `ServiceManager.describe`."""
        return plist(self._label, spec)

    def register(self, spec: ServiceSpec) -> bool:
        """See `ServiceManager.register`: launchd reads the folder at logon."""
        return write_if_new(self._path, self.describe(spec))

    def forget(self) -> bool:
        """See `ServiceManager.forget`: launchd keeps what it has loaded until logout."""
        return remove(self._path)

    def uninstall(self) -> bool:
        """See `ServiceManager.uninstall`."""
        if not self._path.exists():
            return False
        if self.status().is_enabled:
            run("launchctl", "bootout", self._service)
        return remove(self._path)

    def start(self) -> None:
        """See `ServiceManager.start`."""
        if not self.status().is_enabled:
            run("launchctl", "bootstrap", self._domain, str(self._path))
        run("launchctl", "kickstart", self._service)

    def stop(self) -> None:
        """See `ServiceManager.stop`."""
        if self.status().is_running:
            run("launchctl", "kill", "SIGTERM", self._service)

    def status(self) -> ServiceStatus:
        """See `ServiceManager.status`."""
        shown = run("launchctl", "print", self._service, is_allowed_to_fail=True)
        state = first_line(shown, "state = ")
        pid = first_line(shown, "pid = ")
        is_installed = self._path.exists()
        return ServiceStatus(
            is_installed=is_installed,
            is_enabled=bool(state),
            is_running=state == "running",
            pid=int(pid) if pid.isdecimal() else None,
            state=state or "not loaded",
            definition=self._path if is_installed else None,
        )

    def logs(self, *, lines: int, follow: bool) -> tuple[str, ...] | None:
        """See `ServiceManager.logs`."""
        del lines, follow
        return None

    def advice(self) -> str | None:
        """Nothing: an agent runs while its person is logged in."""
        return None


def plist(label: str, spec: ServiceSpec) -> bytes:
    """The property list."""
    values: dict[str, Any] = {
        "Label": label,
        "ProgramArguments": list(spec.program),
        "EnvironmentVariables": {"PATH": spec.path},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": THROTTLE_S,
        "ExitTimeOut": 10,
        "ProcessType": "Interactive",  # anything else slows the agent's compilers and tests down
        "StandardErrorPath": str(spec.data_dir / "logs/service.log"),
        "StandardOutPath": str(spec.data_dir / "logs/service.log"),
    }
    return plistlib.dumps(values)
