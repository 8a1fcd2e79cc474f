"""Changes the service from within the daemon, which must not be cut off by what it does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Literal

from daemon.service.base import ServiceError
from daemon.service.choose import manager_for, spec_for
from storage.paths import DataDir

Action = Literal["install", "start", "stop", "uninstall"]
LOG = "service-start.log"


def change(data_dir: DataDir, action: Action) -> None:
    """Installs or removes the service, or sees to its start. A stop is only looked at: the daemon itself must end.

    Raises:
        ServiceError: the service manager is not there or refuses, or the service is not in the state for it.
    """
    manager = manager_for(data_dir, os.environ)
    found = manager.status()
    if action == "install":
        data_dir.logs.mkdir(mode=0o700, exist_ok=True)
        manager.register(spec_for(data_dir, os.environ))
        return
    if not found.is_installed:
        raise ServiceError("The service is not installed. Install it first.")
    if action == "uninstall":
        manager.forget()
    elif action == "stop" and not found.is_running:
        raise ServiceError("The service does not run: this daemon was started by other means.")
    elif action == "start" and not found.is_running:
        _start_by_another(data_dir)


def _start_by_another(data_dir: DataDir) -> None:
    """Starts the service by a process that outlives this one: the daemon gives way when no agent works."""
    command = [sys.executable, "-P", "-m", "daemon", "--data-dir", str(data_dir.root), "service", "start"]
    # DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP, of the Windows API
    flags = 0x00000208 if sys.platform == "win32" else 0
    try:
        with (data_dir.logs / LOG).open("wb") as log:
            subprocess.Popen(  # noqa: S603  (our own interpreter)
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=data_dir.root,
                creationflags=flags,
                start_new_session=sys.platform != "win32",
            )
    except OSError as error:
        raise ServiceError(f"The service cannot be started: {error.strerror or error}.") from error
