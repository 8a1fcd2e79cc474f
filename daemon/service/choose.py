"""Which service manager this system has, and what it is to run."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from daemon.service.base import ServiceError, ServiceManager, ServiceSpec, service_name
from daemon.service.login_shell import login_path
from storage.paths import DataDir, find_data_dir


def manager_for(
    data_dir: DataDir, environment: Mapping[str, str], platform: str = sys.platform
) -> ServiceManager:
    """The service manager, for the service of this data folder.

    Raises:
        ServiceError: this system has none that we know.
    """
    name = name_of(data_dir)
    if platform == "linux":
        from daemon.service.systemd import Systemd  # noqa: PLC0415

        return Systemd(name, Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"))
    if platform == "darwin":
        from daemon.service.launchd import Launchd  # noqa: PLC0415

        return Launchd(name, Path.home())
    if platform == "win32":
        from daemon.service.windows import WindowsTask, user_name  # noqa: PLC0415

        return WindowsTask(name, user_name(dict(environment)), data_dir.root)
    raise ServiceError(
        f"There is no service manager for {platform} here. Run `stagent serve` by other means."
    )


def name_of(data_dir: DataDir) -> str:
    """The name of the data folder's service."""
    return service_name(data_dir.root, find_data_dir(None, {}).root)


def spec_for(data_dir: DataDir, environment: Mapping[str, str]) -> ServiceSpec:
    """What the service runs: this very program, with this data folder and the login shell's PATH."""
    python = Path(sys.executable)
    windowless = python.with_name("pythonw.exe")
    if sys.platform == "win32" and windowless.exists():
        python = windowless
    command = ("-P", "-m", "daemon", "--data-dir", str(data_dir.root), "serve", "--started-by", "service")
    return ServiceSpec(name_of(data_dir), (str(python), *command), data_dir.root, login_path(environment))
