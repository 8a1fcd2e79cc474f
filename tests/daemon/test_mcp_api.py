"""MCP servers through the API: real servers, a model that calls their tools, a person who allows it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.api import CONVERSATIONS, Api, EventStream
from tests.conftest import StartDaemon
from tests.daemon_process import REPOSITORY, DaemonProcess, clean_environment
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.listener import Listener
from tests.fakes.script import Answer, Calls, Says

FAKE = {
    "command": sys.executable,
    "args": ["-m", "tests.fakes.mcp_server"],
    "env": {"PYTHONPATH": str(REPOSITORY)},
}
PROGRAMS = Path(sys.executable).parent
SLOW_MACHINE_S = 30


ENVIRONMENT = {"STAGENT_MCP_START_TIMEOUT_SECONDS": str(SLOW_MACHINE_S), "ANTHROPIC_API_KEY": "secret-key"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, shared_model: FakeAnthropic) -> Iterator[DaemonProcess]:
    """A daemon whose model is the fake, and which waits for servers as long as a busy machine needs."""
    folder = tmp_path_factory.mktemp("agent")
    (folder / "home").mkdir()
    environment = clean_environment(folder / "home", ANTHROPIC_BASE_URL=shared_model.base_url, **ENVIRONMENT)
    daemon = DaemonProcess(folder / "data", environment)
    yield daemon
    daemon.stop()


@pytest.fixture
def agent(running: DaemonProcess) -> Iterator[DaemonProcess]:
    """That daemon, without the servers, rules and approvals of another test."""
    yield running
    api = running.client
    api.patch(
        "/api/settings",
        {"mcpServers": {}, "mcpStartTimeoutSeconds": SLOW_MACHINE_S, "mcpCallTimeoutSeconds": 300},
    )
    for rule in api.get("/api/permissions"):
        api.delete(f"/api/permissions/{rule['id']}")
    for file in api.get("/api/mcp/approvals"):
        api.request("DELETE", "/api/mcp/approvals", params={"path": file["path"]})


def raw(kind: str) -> dict[str, Any]:
    return {"command": sys.executable, "args": [str(REPOSITORY / "tests/fakes/raw_mcp_server.py"), kind]}


def turn(agent: DaemonProcess, model: FakeAnthropic, folder: Path, *calls: Calls) -> EventStream:
    """A turn in which the model makes these calls one after the other; a person allows each."""
    api = agent.client
    model.script(*(Answer(call) for call in calls), Answer(Says("Done.")))
    conversation = api.new("claude-code", workingDirectory=str(folder))
    with api.send(conversation, "go") as stream:
        while (event := stream.next())["type"] not in {"done", "error", "interrupted"}:
            if event["type"] == "permission_request":
                api.respond(conversation, event["requestId"])
    return stream


def result(stream: EventStream) -> str:
    output: str = stream.of("tool_result")[-1]["output"]
    return output


def offered(model: FakeAnthropic) -> list[str]:
    """The MCP tools that the model was last given."""
    body = [request.body for request in model.requests if request.method == "POST"][-1]
    return [tool["name"] for tool in body["tools"] if tool["name"].startswith("mcp__")]


def said(stream: EventStream) -> str:
    return "\n".join(event["message"] for event in stream.of("status"))


def servers(api: Api, **query: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in api.get("/api/mcp/servers", **query)}


def write_file(folder: Path, **entries: object) -> str:
    """Writes a `.mcp.json`; its digest."""
    content = json.dumps({"mcpServers": entries}).encode()
    (folder / ".mcp.json").write_bytes(content)
    return hashlib.sha256(content).hexdigest()


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


def test_a_server_that_hangs_at_start_delays_a_turn_by_no_more_than_the_setting(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    settings = {"mcpServers": {"slow": raw("hangs")}, "mcpStartTimeoutSeconds": 0.2}
    agent.client.patch("/api/settings", settings)
    stream = turn(agent, model, work_dir)
    assert stream.seen[-1]["type"] == "done"
    assert "Without the MCP server slow. It is still starting." in said(stream)
    assert servers(agent.client)["slow"]["state"] == "starting"


def test_a_server_that_dies_in_a_call_is_named_and_restarted(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"fake": FAKE}})
    stream = turn(
        agent,
        model,
        work_dir,
        Calls("mcp__fake__dies", {}),
        Calls("mcp__fake__echo", {"text": "again"}),
    )
    died, again = stream.of("tool_result")
    assert died["isError"]
    assert "The MCP server fake failed. It ended with exit code 7." in died["output"]
    assert "these are my last words" in died["output"]
    assert (again["isError"], again["output"]) == (False, "again")
    assert servers(agent.client)["fake"]["failures"] == 1


def test_what_a_server_says_while_it_works_is_shown(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"fake": FAKE}})
    stream = turn(agent, model, work_dir, Calls("mcp__fake__steps", {}))
    assert result(stream) == "worked"
    shown = "".join(event["content"] for event in stream.of("tool_output"))
    assert shown == "1/2 half\ninfo: a note\n2/2 all\n"


def test_the_model_sees_images_and_a_server_no_keys(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"fake": FAKE}})
    stream = turn(
        agent,
        model,
        work_dir,
        Calls("mcp__fake__picture", {}),
        Calls("mcp__fake__no_picture", {}),
        Calls("mcp__fake__surroundings", {}),
    )
    blocks = [
        part
        for message in model.requests[-1].body["messages"]
        for block in message["content"]
        if block["type"] == "tool_result"
        for part in block["content"]
    ]
    assert [block["source"]["media_type"] for block in blocks if block["type"] == "image"] == ["image/png"]
    assert "image/png of 18 bytes, which cannot be shown" in stream.of("tool_result")[1]["output"]
    assert str(work_dir) in result(stream)
    assert "PATH" in result(stream)
    assert "secret-key" not in result(stream)
    assert "STAGENT_" not in result(stream)


def test_an_input_that_does_not_fit_reaches_nobody(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"fake": FAKE}})
    stream = turn(agent, model, work_dir, Calls("mcp__fake__echo", {"text": 5}))
    assert not stream.of("permission_request")
    assert "Invalid input for mcp__fake__echo: text: 5 is not of type 'string'" in result(stream)


def test_a_server_with_500_tools_gives_as_many_as_a_model_takes(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"many": raw("many")}})
    stream = turn(agent, model, work_dir, Calls("mcp__many__tool_7", {}))
    assert result(stream) == "called"
    assert len(offered(model)) == 100
    assert servers(agent.client)["many"]["problems"] == ["Of its 500 tools the first 100 are used."]


def test_a_server_that_claims_to_read_only_is_asked_for_all_the_same(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"liar": raw("liar")}})
    stream = turn(
        agent,
        model,
        work_dir,
        Calls("mcp__liar__circle", {"text": "a" * 40 + "!"}),
        Calls("mcp__liar__garbled", {}),
    )
    assert len(stream.of("permission_request")) == 2
    fine, garbled = stream.of("tool_result")
    assert "aaaa!" in fine["output"]
    assert garbled["output"].startswith("The MCP server liar failed. It said what is not MCP: content: ")
    assert offered(model) == ["mcp__liar__circle", "mcp__liar__output", "mcp__liar__garbled"]


def test_to_cancel_a_turn_cancels_the_call_at_the_server(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = agent.client
    api.patch("/api/settings", {"mcpServers": {"fake": FAKE}})
    api.post("/api/permissions", {"pattern": "mcp__fake__wait"})
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    with Listener() as listener:
        model.script(Answer(Calls("mcp__fake__wait", {"port": listener.port})))
        with api.send(conversation, "go") as stream:
            assert listener.line() == "waiting"
            api.cancel(conversation)
            assert stream.end()["type"] == "interrupted"
        assert listener.line() == "cancelled"
    assert api.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "idle"


def test_a_server_that_no_longer_reads_does_not_hold_a_cancelled_turn_up(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path
) -> None:
    api = agent.client
    api.patch("/api/settings", {"mcpServers": {"deaf": raw("deaf")}})
    api.post("/api/permissions", {"pattern": "mcp__deaf__*"})
    model.script(Answer(Calls("mcp__deaf__hello", {"filler": "x" * 300_000})))
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    with api.send(conversation, "go") as stream:
        stream.until("tool_call")
        api.cancel(conversation)
        assert stream.end()["type"] == "interrupted"


def test_a_call_has_a_time_limit(agent: DaemonProcess, model: FakeAnthropic, work_dir: Path) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"fake": FAKE}, "mcpCallTimeoutSeconds": 0.3})
    with Listener() as listener:
        stream = turn(agent, model, work_dir, Calls("mcp__fake__wait", {"port": listener.port}))
        assert result(stream) == "The MCP server fake failed. It did not answer within 0.3 s."
        assert [listener.line(), listener.line()] == ["waiting", "cancelled"]


@pytest.fixture
def http_server() -> Iterator[str]:
    """The address of a server that was started apart."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.mcp_server", "http"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_server_at_an_address(
    agent: DaemonProcess, model: FakeAnthropic, work_dir: Path, http_server: str
) -> None:
    agent.client.patch("/api/settings", {"mcpServers": {"there": {"type": "http", "url": http_server}}})
    stream = turn(
        agent,
        model,
        work_dir,
        Calls("mcp__there__echo", {"text": "over HTTP"}),
        Calls("mcp__there__steps", {}),
        Calls("mcp__there__dies", {}),
    )
    echoed, worked, died = stream.of("tool_result")
    assert (echoed["output"], worked["output"]) == ("over HTTP", "worked")
    assert "half" in "".join(event["content"] for event in stream.of("tool_output"))
    assert died["isError"]
    assert died["output"].startswith("The MCP server there failed.")
    shown = servers(agent.client)["there"]
    assert (shown["transport"], shown["url"]) == ("http", http_server)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the process group is ended")
@pytest.mark.parametrize("ending", ["kill", "stop"])
@pytest.mark.parametrize("leaves", [False, True])
def test_no_process_of_a_server_outlives_the_daemon(
    ending: str, leaves: bool, start_daemon: StartDaemon, model: FakeAnthropic, work_dir: Path
) -> None:
    agent = start_daemon(ANTHROPIC_BASE_URL=model.base_url, **ENVIRONMENT)
    agent.client.patch("/api/settings", {"mcpServers": {"fake": FAKE}})
    call = Calls("mcp__fake__child", {"leaves": leaves})
    stream = turn(agent, model, work_dir, call)
    pid = servers(agent.client)["fake"]["pid"]
    processes = [
        psutil.Process(int(result(stream))),
        *psutil.Process(pid).children(recursive=True),
        psutil.Process(pid),
    ]
    assert len(set(processes)) >= 3
    getattr(agent, ending)()
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert not alive


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
