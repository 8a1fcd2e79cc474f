"""A task of the Task Scheduler, at logon. Facts: learn.microsoft.com, Task Scheduler Schema, schtasks."""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

from daemon.service.base import ServiceError, ServiceSpec, ServiceStatus, remove, run, write_if_new

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
SETTINGS = (
    ("MultipleInstancesPolicy", "IgnoreNew"),
    ("DisallowStartIfOnBatteries", "false"),
    ("StopIfGoingOnBatteries", "false"),
    ("AllowHardTerminate", "true"),
    ("StartWhenAvailable", "true"),
    ("ExecutionTimeLimit", "PT0S"),
    ("Hidden", "false"),
)


class WindowsTask:
    r"""The Task Scheduler of the person who is logged in.

    Args:
        name: of the task.
        user: `DOMAIN\\name`.
        folder: where the definition is kept; the scheduler reads it once.
    """

    label = "Task Scheduler"

    def __init__(self, name: str, user: str, folder: Path) -> None:
        self._name = name
        self._user = user
        self._path = folder / f"{name}-task.xml"

    def install(self, spec: ServiceSpec) -> bool:
        """See `ServiceManager.install`."""
        is_new = write_if_new(self._path, self.describe(spec))
        before = self.status()
        if not is_new and before.is_enabled and before.is_running:
            return False
        if is_new or not before.is_enabled:
            if before.is_running:
                self.stop()
            run("schtasks", "/Create", "/TN", self._name, "/XML", str(self._path), "/F")
        self.start()
        return True

    def describe(self, spec: ServiceSpec) -> bytes:
        """See `ServiceManager.describe`."""
        return task_xml(spec, self._user)

    def register(self, spec: ServiceSpec) -> bool:
        """See `ServiceManager.register`."""
        if not write_if_new(self._path, self.describe(spec)) and self.status().is_enabled:
            return False
        run("schtasks", "/Create", "/TN", self._name, "/XML", str(self._path), "/F")
        return True

    def forget(self) -> bool:
        """See `ServiceManager.forget`: deleting a task does not end what it runs."""
        is_there = self.status().is_installed
        if is_there:
            run("schtasks", "/Delete", "/TN", self._name, "/F")
        return remove(self._path) or is_there

    def uninstall(self) -> bool:
        """See `ServiceManager.uninstall`."""
        before = self.status()
        if before.is_running:
            self.stop()
        if before.is_enabled:
            run("schtasks", "/Delete", "/TN", self._name, "/F")
        return remove(self._path) or before.is_enabled

    def start(self) -> None:
        """See `ServiceManager.start`."""
        run("schtasks", "/Run", "/TN", self._name)

    def stop(self) -> None:
        """See `ServiceManager.stop`."""
        if self.status().is_running:
            run("schtasks", "/End", "/TN", self._name)

    def status(self) -> ServiceStatus:
        """See `ServiceManager.status`."""
        shown = run("schtasks", "/Query", "/TN", self._name, "/FO", "CSV", "/NH", is_allowed_to_fail=True)
        fields = (
            [field.strip('" ') for field in shown.strip().splitlines()[0].split('","')]
            if shown.strip()
            else []
        )
        state = fields[-1] if fields else "not registered"
        return ServiceStatus(
            is_installed=bool(fields),
            is_enabled=bool(fields) and state != "Disabled",
            is_running=state == "Running",
            pid=None,
            state=state,
            definition=self._path if self._path.exists() else None,
        )

    def logs(self, *, lines: int, follow: bool) -> tuple[str, ...] | None:
        """See `ServiceManager.logs`."""
        del lines, follow
        return None

    def advice(self) -> str | None:
        """Nothing: the task runs while its person is logged on, and PATH comes from the registry."""
        return None


def task_xml(spec: ServiceSpec, user: str) -> bytes:
    """The definition, in UTF-16 as the scheduler wants it."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}Task", version="1.2")
    info = _add(root, "RegistrationInfo")
    _add(info, "Description", "stagent: chats with coding agents")
    trigger = _add(_add(root, "Triggers"), "LogonTrigger")
    _add(trigger, "Enabled", "true")
    _add(trigger, "UserId", user)
    principal = _add(_add(root, "Principals"), "Principal", id="Author")
    _add(principal, "UserId", user)
    _add(principal, "LogonType", "InteractiveToken")
    _add(principal, "RunLevel", "LeastPrivilege")
    settings = _add(root, "Settings")
    for name, value in SETTINGS:
        _add(settings, name, value)
    restart = _add(settings, "RestartOnFailure")
    _add(restart, "Interval", "PT1M")
    _add(restart, "Count", "10")
    execution = _add(_add(root, "Actions", Context="Author"), "Exec")
    _add(execution, "Command", spec.program[0])
    _add(execution, "Arguments", subprocess.list2cmdline(spec.program[1:]))
    _add(execution, "WorkingDirectory", str(spec.data_dir))
    definition: bytes = ET.tostring(root, encoding="utf-16", xml_declaration=True)
    return definition


def user_name(environment: dict[str, str]) -> str:
    """Who is logged on. Raises ServiceError."""
    name = environment.get("USERNAME")
    if not name:
        raise ServiceError("Windows does not say who is logged on: the variable USERNAME is not set.")
    domain = environment.get("USERDOMAIN")
    return f"{domain}\\{name}" if domain else name


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = text
    return child
