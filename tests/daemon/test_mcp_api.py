"""MCP servers through the API: real servers, a model that calls their tools, a person who allows it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.api import Api
from tests.daemon.mcp_agent import FAKE, PROGRAMS, offered, raw, result, said, servers, turn, write_file
from tests.daemon_process import REPOSITORY, DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Calls


def test_a_server_of_the_settings_is_asked_for_and_called(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = agent.client
    api.patch("/api/settings", {"mcpServers": {"time": {"command": str(PROGRAMS / "mcp-server-time")}}})
    assert servers(api)["time"]["state"] == "stopped"
    call = Calls("mcp__time__get_current_time", {"timezone": "Europe/Paris"})
    stream = turn(agent, model, work_dir, call)
    [request] = stream.of("permission_request")
    assert request["summary"] == "timezone=Europe/Paris"
    assert request["suggestedPattern"] == "mcp__time__get_current_time"
    assert '"timezone": "Europe/Paris"' in result(stream)
    assert "Starting the MCP servers time" in said(stream)
    running = servers(api)["time"]
    assert (running["state"], running["source"], running["whyNot"]) == ("ready", "settings", None)
    assert running["workingDirectory"] == str(work_dir)
    assert "mcp__time__convert_time" in [tool["toolName"] for tool in running["tools"]]

    api.post("/api/permissions", {"pattern": "mcp__time__*"})
    again = turn(agent, model, work_dir, call)
    assert not again.of("permission_request")
    assert "Europe/Paris" in result(again)
    assert servers(api)["time"]["pid"] == running["pid"], "one process serves both turns"

    api.patch("/api/settings", {"mcpServers": {}})
    assert "time" not in servers(api)
    assert not psutil.pid_exists(running["pid"])


def test_the_git_server_works_on_the_working_directory(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    subprocess.run(["git", "init", "-q", str(work_dir)], check=True)
    agent.client.patch(
        "/api/settings", {"mcpServers": {"git": {"command": str(PROGRAMS / "mcp-server-git")}}}
    )
    stream = turn(agent, model, work_dir, Calls("mcp__git__git_status", {"repo_path": str(work_dir)}))
    assert "notes.txt" in result(stream)


def test_a_projects_servers_start_only_once_its_file_is_allowed(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = agent.client
    path = str(work_dir / ".mcp.json")
    digest = write_file(work_dir, fake=FAKE)
    stream = turn(agent, model, work_dir)
    assert stream.seen[-1]["type"] == "done"
    assert f"The file {path} is not allowed" in said(stream)
    assert offered(model) == []
    seen = servers(api, workingDirectory=str(work_dir))["fake"]
    assert (seen["state"], seen["path"], seen["sha256"]) == ("not_allowed", path, digest)
    assert seen["command"] == [FAKE["command"], *FAKE["args"]]
    assert seen["variables"] == ["PYTHONPATH"]
    assert seen["given"] == [f"PYTHONPATH={REPOSITORY}"]

    refused = api.request("POST", "/api/mcp/approvals", json={"path": path, "sha256": "0" * 64})
    assert (refused.status_code, refused.json()["code"]) == (409, "file_changed")
    allowed = api.post("/api/mcp/approvals", {"path": path, "sha256": digest})
    assert (allowed["allowed"], allowed["servers"]) == (True, ["fake"])
    stream = turn(agent, model, work_dir, Calls("mcp__fake__surroundings", {}))
    told = (
        json.loads(result(stream)[: result(stream).rindex("}") + 1]) if result(stream).endswith("}") else {}
    )
    assert told.get("folder", str(work_dir)) == str(work_dir)
    pid = servers(api, workingDirectory=str(work_dir))["fake"]["pid"]

    write_file(work_dir, fake={**FAKE, "args": [*FAKE["args"], "changed"]})
    stream = turn(agent, model, work_dir)
    assert "has changed since it was allowed" in said(stream)
    assert offered(model) == []
    assert not psutil.pid_exists(pid)
    [file] = api.get("/api/mcp/approvals")
    assert (file["allowed"], file["whyNot"]) == (False, "It has changed since it was allowed.")

    digest = write_file(work_dir, fake=FAKE)
    turn(agent, model, work_dir)
    pid = servers(api, workingDirectory=str(work_dir))["fake"]["pid"]
    assert psutil.pid_exists(pid)
    assert api.request("DELETE", "/api/mcp/approvals", params={"path": path}).status_code == 204
    assert not psutil.pid_exists(pid)
    assert servers(api, workingDirectory=str(work_dir))["fake"]["state"] == "not_allowed"
    assert api.request("DELETE", "/api/mcp/approvals", params={"path": path}).status_code == 404


def test_a_projects_server_cannot_take_the_name_of_one_of_the_settings(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = agent.client
    api.patch("/api/settings", {"mcpServers": {"fake": raw("chatty")}})
    digest = write_file(work_dir, fake=FAKE, fake__2=FAKE)
    api.post("/api/mcp/approvals", {"path": str(work_dir / ".mcp.json"), "sha256": digest})
    turn(agent, model, work_dir)
    names = offered(model)
    assert [name for name in names if name.startswith("mcp__fake__")] == ["mcp__fake__hello"]
    assert "mcp__fake_2__echo" in names


def test_a_broken_project_file_is_named_and_ends_no_turn(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    (work_dir / ".mcp.json").write_text("{nonsense")
    stream = turn(agent, model, work_dir)
    assert stream.seen[-1]["type"] == "done"
    assert f"The file {work_dir / '.mcp.json'} is not used. It is no valid JSON" in said(stream)
    [file] = agent.client.get("/api/mcp/approvals", workingDirectory=str(work_dir))
    assert "no valid JSON" in file["whyNot"]
    body = {"path": file["path"], "sha256": file["sha256"]}
    assert agent.client.request("POST", "/api/mcp/approvals", json=body).json()["code"] == "invalid_mcp_file"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"command": "no-such-command"}, "The command no-such-command was not found"),
        (
            {"command": "sh", "args": ["-c", "echo no licence >&2; exit 3"]},
            "exit code 3. It last wrote: no licence",
        ),
        (raw("garbage"), "It does not speak MCP on its standard output. It wrote: garbage"),
        (raw("wrong_list"), "It said what is not MCP: tools.1.inputSchema.type: Input should be 'object'"),
        (raw("endless_line"), "It sent a message of more than"),
        ({"url": "http://127.0.0.1:9/mcp"}, "It cannot be used"),
        ({"command": "${NO_SUCH_VARIABLE}"}, "The environment variable NO_SUCH_VARIABLE is not set"),
        ({"command": "${ANTHROPIC_API_KEY}"}, "The environment variable ANTHROPIC_API_KEY is not set"),
    ],
)
def test_a_server_that_does_not_work_is_named_and_ends_no_turn(
    entry: dict[str, Any], why: str, agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = agent.client
    api.patch("/api/settings", {"mcpServers": {"broken": entry}})
    stream = turn(agent, model, work_dir)
    assert stream.seen[-1]["type"] == "done"
    assert "Without the MCP server broken. " in said(stream)
    assert why in said(stream)
    assert why in servers(api)["broken"]["whyNot"]
    for runtime in api.get("/api/runtimes"):
        [state] = runtime["mcpServers"]
        assert state["name"] == "broken"
        assert state["state"] in {"restarting", "failed", "invalid"}
        assert why in state["whyNot"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({}, "either a `command` or a `url`"),
        ({"command": "a", "url": "http://b"}, "either a `command` or a `url`"),
        ({"type": "sse", "url": "http://b"}, "no longer part of the protocol"),
        ({"type": "http", "command": "a"}, "The type 'http' does not fit"),
        ({"command": "a", "env": {"A=B": "c"}}, "cannot be the name of an environment variable"),
        ({"url": "http://b", "headers": {"a b": "c"}}, "cannot be the name of a header"),
        ({"command": 5}, "Expected `str | null`"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(entry: dict[str, Any], words: str, shared: Api) -> None:
    refused = shared.request("PATCH", "/api/settings", json={"mcpServers": {"one": entry}})
    assert refused.status_code == 400
    assert words in refused.json()["error"]
    assert shared.get("/api/settings")["mcpServers"] == {}


def test_requests_that_make_no_sense(shared: Api, tmp_path: Path) -> None:
    digest = "0" * 64
    relative = shared.request("POST", "/api/mcp/approvals", json={"path": ".mcp.json", "sha256": digest})
    assert relative.status_code == 400
    missing = shared.request(
        "POST", "/api/mcp/approvals", json={"path": str(tmp_path / ".mcp.json"), "sha256": digest}
    )
    assert (missing.status_code, missing.json()["code"]) == (404, "file_not_found")
    assert (
        shared.request("GET", "/api/mcp/servers", params={"workingDirectory": "relative"}).status_code == 400
    )
    assert shared.request("GET", "/api/mcp/servers", params={"projectId": "unknown"}).status_code == 404
