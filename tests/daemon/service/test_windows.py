"""The scheduled task: what is written has what the schema requires, what is said to schtasks is recorded."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from daemon.service.base import ServiceError, ServiceSpec
from daemon.service.windows import NAMESPACE, WindowsTask, task_xml, user_name
from tests.daemon.service.fake_manager import FakeManager

PROGRAM = (r"C:\Program Files\py\pythonw.exe", "-m", "daemon", "--data-dir", r"C:\Users\x y\data", "serve")
SPEC = ServiceSpec("stagent", PROGRAM, Path("/data"), "")
READS = ("/Query",)
NOT_THERE = (1, "")


@pytest.fixture
def schtasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeManager:
    return FakeManager("schtasks", tmp_path, monkeypatch)


def test_the_definition_has_what_the_schema_requires() -> None:
    raw = task_xml(SPEC, r"HOME\x")
    assert raw.startswith((b"\xff\xfe", b"\xfe\xff")), "schtasks takes UTF-16"
    root = ET.fromstring(raw)
    names = {"t": NAMESPACE}
    assert root.tag == f"{{{NAMESPACE}}}Task"
    assert root.get("version") == "1.2"
    assert [child.tag.rpartition("}")[2] for child in root] == [
        "RegistrationInfo", "Triggers", "Principals", "Settings", "Actions",
    ]  # fmt: skip
    assert root.findtext("t:Triggers/t:LogonTrigger/t:UserId", None, names) == r"HOME\x"
    assert root.findtext("t:Principals/t:Principal/t:RunLevel", None, names) == "LeastPrivilege"
    assert root.findtext("t:Settings/t:ExecutionTimeLimit", None, names) == "PT0S"
    assert root.findtext("t:Settings/t:RestartOnFailure/t:Count", None, names) == "10"
    actions = root.find("t:Actions", names)
    assert actions is not None
    assert actions.get("Context") == "Author"
    assert root.findtext("t:Actions/t:Exec/t:Command", None, names) == PROGRAM[0]
    arguments = root.findtext("t:Actions/t:Exec/t:Arguments", None, names)
    assert arguments == r'-m daemon --data-dir "C:\Users\x y\data" serve'


def test_the_life_of_the_task(tmp_path: Path, schtasks: FakeManager) -> None:
    task = WindowsTask("stagent", r"HOME\x", tmp_path)
    path = str(tmp_path / "stagent-task.xml")
    schtasks.answer(**{"/Query": NOT_THERE})
    assert task.install(SPEC) is True
    assert schtasks.changing(*READS) == [
        ["/Create", "/TN", "stagent", "/XML", path, "/F"],
        ["/Run", "/TN", "stagent"],
    ]

    schtasks.answer(**{"/Query": (0, r'"\stagent","N/A","Running"')})
    assert task.install(SPEC) is False
    assert schtasks.changing(*READS) == []
    assert task.status().is_running is True
    task.stop()
    assert schtasks.changing(*READS) == [["/End", "/TN", "stagent"]]

    schtasks.answer(**{"/Query": (0, r'"\stagent","N/A","Ready"')})
    assert task.status().is_enabled is True
    assert task.uninstall() is True
    assert schtasks.changing(*READS) == [["/Delete", "/TN", "stagent", "/F"]]
    schtasks.answer(**{"/Query": NOT_THERE})
    assert task.uninstall() is False
    assert task.status().is_installed is False


def test_registering_and_forgetting_leave_alone_what_runs(tmp_path: Path, schtasks: FakeManager) -> None:
    task = WindowsTask("stagent", r"HOME\x", tmp_path)
    path = str(tmp_path / "stagent-task.xml")
    schtasks.answer(**{"/Query": NOT_THERE})
    assert task.register(SPEC) is True
    assert schtasks.changing(*READS) == [["/Create", "/TN", "stagent", "/XML", path, "/F"]]
    schtasks.answer(**{"/Query": (0, r'"\stagent","N/A","Running"')})
    assert task.register(SPEC) is False
    assert task.forget() is True
    assert schtasks.changing(*READS) == [["/Delete", "/TN", "stagent", "/F"]]
    schtasks.answer(**{"/Query": NOT_THERE})
    assert task.forget() is False


def test_the_person_is_named_with_the_domain() -> None:
    assert user_name({"USERNAME": "x", "USERDOMAIN": "HOME"}) == r"HOME\x"
    assert user_name({"USERNAME": "x"}) == "x"
    with pytest.raises(ServiceError, match="USERNAME"):
        user_name({})
