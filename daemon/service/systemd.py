"""A systemd user unit. Facts: systemd.service(5), systemd.exec(5), systemd.unit(5), sd_notify(3)."""

from __future__ import annotations

import os
from pathlib import Path

from daemon.service.base import (
    ServiceError,
    ServiceSpec,
    ServiceStatus,
    first_line,
    remove,
    run,
    write_if_new,
)

WATCHDOG_S = 30
STOP_S = 10
START_S = 120
"""A migration of a large database may come before the daemon is ready."""

PROPERTIES = "--property=LoadState,ActiveState,SubState,MainPID,UnitFileState"

# What is not in the unit is left out for the agent's sake, which runs compilers, git, ssh and containers in the
# person's home: a user unit can have ProtectSystem, PrivateTmp, RestrictSUIDSGID, SystemCallFilter and the like only
# together with NoNewPrivileges or a user namespace, and these break sudo, ping and rootless containers.
UNIT = """\
[Unit]
Description=stagent: chats with coding agents
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
ExecStart={program}
ExecReload=/bin/kill -HUP $MAINPID
Environment={path}
WatchdogSec={watchdog}
Restart=on-failure
RestartSec=2
TimeoutStartSec={start}
TimeoutStopSec={stop}
KillMode=mixed
OOMPolicy=continue
LimitCORE=0

[Install]
WantedBy=default.target
"""


class Systemd:
    """The systemd of the person who is logged in.

    Args:
        name: of the service.
        config_home: `~/.config`, or what `XDG_CONFIG_HOME` says.
    """

    label = "systemd"

    def __init__(self, name: str, config_home: Path) -> None:
        self._unit = f"{name}.service"
        self._path = config_home / "systemd/user" / self._unit

    def install(self, spec: ServiceSpec) -> bool:
        """See `ServiceManager.install`."""
        is_new = write_if_new(self._path, self.describe(spec))
        before = self.status()
        if not is_new and before.is_enabled and before.is_running:
            return False
        _systemctl("daemon-reload")
        _systemctl("enable", self._unit)
        _systemctl("restart" if is_new else "start", self._unit)
        return True

    def describe(self, spec: ServiceSpec) -> bytes:
        """See `ServiceManager.describe`."""
        return unit_text(spec).encode()

    def register(self, spec: ServiceSpec) -> bool:
        """See `ServiceManager.register`."""
        if not write_if_new(self._path, self.describe(spec)) and self.status().is_enabled:
            return False
        _systemctl("daemon-reload")
        _systemctl("enable", self._unit)
        return True

    def forget(self) -> bool:
        """See `ServiceManager.forget`."""
        if not self._path.exists():
            return False
        _systemctl("disable", self._unit)
        remove(self._path)
        _systemctl("daemon-reload")
        return True

    def uninstall(self) -> bool:
        """See `ServiceManager.uninstall`."""
        if not self._path.exists():
            return False
        _systemctl("disable", "--now", self._unit)
        remove(self._path)
        _systemctl("daemon-reload")
        run("systemctl", "--user", "reset-failed", self._unit, is_allowed_to_fail=True)
        return True

    def start(self) -> None:
        """See `ServiceManager.start`."""
        _systemctl("start", self._unit)

    def stop(self) -> None:
        """See `ServiceManager.stop`."""
        _systemctl("stop", self._unit)

    def status(self) -> ServiceStatus:
        """See `ServiceManager.status`."""
        shown = _systemctl("show", self._unit, PROPERTIES)
        active = first_line(shown, "ActiveState=")
        pid = int(first_line(shown, "MainPID=") or 0)
        is_installed = self._path.exists()
        return ServiceStatus(
            is_installed=is_installed,
            is_enabled=first_line(shown, "UnitFileState=") == "enabled",
            is_running=active in {"active", "reloading"},
            pid=pid or None,
            state=f"{active} ({first_line(shown, 'SubState=')})",
            definition=self._path if is_installed else None,
            has_failed=active == "failed",
        )

    def logs(self, *, lines: int, follow: bool) -> tuple[str, ...] | None:
        """See `ServiceManager.logs`."""
        command = ("journalctl", "--user", "--user-unit", self._unit, "--lines", str(lines), "--no-pager")
        return (*command, "--follow") if follow else command

    def advice(self) -> str | None:
        """Without lingering, a user's services end with the last session."""
        shown = run("loginctl", "show-user", str(os.getuid()), "--property=Linger", is_allowed_to_fail=True)
        if first_line(shown, "Linger=") == "yes":
            return None
        return (
            "It runs while you are logged in. `stagent service install --linger` lets it run from boot on "
            "(loginctl enable-linger)."
        )

    def linger(self) -> None:
        """Lets the person's services run without a session. Raises ServiceError."""
        run("loginctl", "enable-linger")


def unit_text(spec: ServiceSpec) -> str:
    """The unit."""
    return UNIT.format(
        program=" ".join(_quoted(word).replace("$", "$$") for word in spec.program),
        path=_quoted(f"PATH={spec.path}"),
        watchdog=WATCHDOG_S,
        start=START_S,
        stop=STOP_S,
    )


def _quoted(word: str) -> str:
    """A word as systemd reads it back: in quotes, with C escapes, and specifiers kept from being expanded."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%")
    return f'"{escaped}"'


def _systemctl(*arguments: str) -> str:
    try:
        return run("systemctl", "--user", *arguments)
    except ServiceError as error:
        if "connect to bus" not in str(error):
            raise
        raise ServiceError(
            "No systemd runs for you here, as in a container or after `su`: log in to a session of your own, "
            "or run `stagent serve` by other means."
        ) from error
