"""Calls of MCP tools in a turn: real servers that work, hang, die or lie, and what is left of them afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.api import CONVERSATIONS
from tests.conftest import StartDaemon
from tests.daemon.mcp_agent import ENVIRONMENT, FAKE, offered, raw, result, said, servers, turn
from tests.daemon_process import REPOSITORY, DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.listener import Listener
from tests.fakes.script import Answer, Calls


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
