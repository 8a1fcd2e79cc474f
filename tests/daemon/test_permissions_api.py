"""Permission rules over HTTP, and the tools they decide about."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from actors.tools.shell import MAX_COMMAND_LENGTH
from tests.api import CONVERSATIONS, Api
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Says


@pytest.fixture(autouse=True)
def _no_rules_left(shared: Api) -> Any:
    yield
    for rule in shared.get("/api/permissions"):
        shared.delete(f"/api/permissions/{rule['id']}")


def test_a_rule_is_saved_listed_and_removed(shared: Api) -> None:
    rule = shared.post("/api/permissions", {"pattern": "Bash(git diff *)"})
    assert set(rule) == {"id", "pattern", "behavior", "projectId", "createdAt", "expiresAt", "uses"}
    assert (rule["behavior"], rule["projectId"], rule["expiresAt"], rule["uses"]) == ("allow", None, None, 0)
    assert shared.get("/api/permissions") == [rule]
    shared.delete(f"/api/permissions/{rule['id']}")
    assert shared.get("/api/permissions") == []
    assert shared.request("DELETE", f"/api/permissions/{rule['id']}").status_code == 404


def test_the_same_rule_again_is_one_rule(shared: Api) -> None:
    first = shared.post("/api/permissions", {"pattern": "Bash(ls)"})
    until = "2030-01-01T00:00:00.000Z"
    second = shared.post("/api/permissions", {"pattern": "Bash(ls)", "expiresAt": until})
    assert (second["id"], second["expiresAt"]) == (first["id"], until)
    assert len(shared.get("/api/permissions")) == 1


@pytest.mark.parametrize(
    "body",
    [
        {}, {"pattern": ""}, {"pattern": "Bash("}, {"pattern": "Read(!x)"}, {"pattern": "*"}, {"pattern": "Bash()"},
        {"pattern": "Bash(x)", "behavior": "maybe"}, {"pattern": "Bash(x)", "projectId": "nowhere"},
        {"pattern": "Bash(x)", "expiresAt": "tomorrow"}, {"pattern": "Bash(x)", "expiresAt": "2030-01-01T00:00:00"},
        {"pattern": "x" * 1001}, {"pattern": 1},
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(shared: Api, body: Any) -> None:
    answer = shared.request("POST", "/api/permissions", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def verdict(api: Api, tool: str, tool_input: Any, **fields: Any) -> tuple[str, str | None]:
    found = api.post("/api/permissions/test", {"toolName": tool, "toolInput": tool_input, **fields})
    assert found["why"]
    return found["behavior"], found["rule"] and found["rule"]["pattern"]


def test_the_rules_can_be_tried(shared: Api, work_dir: Path) -> None:
    project = shared.post("/api/projects", {"name": "p", "workingDirectory": str(work_dir)})["id"]
    for pattern, behavior, scope in (
        ("Bash(git *)", "allow", None),
        ("Bash(git push *)", "ask", None),
        ("Bash(rm *)", "deny", None),
        ("WebFetch(domain:example.com)", "allow", None),
        ("mcp__git__*", "allow", None),
        ("Write(src/**)", "allow", project),
    ):
        shared.post("/api/permissions", {"pattern": pattern, "behavior": behavior, "projectId": scope})
    assert verdict(shared, "Bash", {"command": "git status"}) == ("allow", "Bash(git *)")
    assert verdict(shared, "Bash", {"command": "git push origin"}) == ("ask", "Bash(git push *)")
    assert verdict(shared, "Bash", {"command": "git status && rm x"}) == ("deny", "Bash(rm *)")
    assert verdict(shared, "Bash", {"command": "make"}) == ("ask", None)
    assert verdict(shared, "WebFetch", {"url": "https://docs.example.com/x"})[0] == "allow"
    assert verdict(shared, "WebFetch", {"url": "https://example.com.evil.org"})[0] == "ask"
    assert verdict(shared, "mcp__git__status", {})[0] == "allow"
    written = {"file_path": "src/a.py", "content": "x"}
    assert verdict(shared, "Write", written, projectId=project) == ("allow", "Write(src/**)")
    assert verdict(shared, "Write", written)[0] == "ask"
    assert (
        verdict(shared, "Read", {"file_path": str(work_dir / "notes.txt")}, projectId=project)[0] == "allow"
    )
    assert verdict(shared, "Read", {"file_path": "/etc/passwd"}, projectId=project)[0] == "ask"
    assert all(rule["uses"] == 0 for rule in shared.get("/api/permissions"))
    shared.delete(f"/api/projects/{project}")
    assert "Write(src/**)" not in [rule["pattern"] for rule in shared.get("/api/permissions")]


def test_a_long_command_line_is_judged_beside_everybody_else(shared: Api) -> None:
    """While a thread reads it, the event loop answers others: thousands of commands take seconds."""
    command = "a=$(b) && " * (MAX_COMMAND_LENGTH // 10 - 1) + "c"
    times = 5

    def judge() -> None:
        for _ in range(times):
            verdict(shared, "Bash", {"command": command})

    judging = threading.Thread(target=judge)
    judging.start()
    answered = 0
    while judging.is_alive():
        assert shared.get("/healthz")["ok"]
        answered += 1
    # On the loop, it would be one or two between one verdict and the next.
    assert answered > 4 * times


def test_a_command_line_has_a_bound_and_the_model_is_told_what_to_do(shared: Api, work_dir: Path) -> None:
    body = {"toolName": "Bash", "toolInput": {"command": "x" * (MAX_COMMAND_LENGTH + 1)}}
    refused = shared.request("POST", "/api/permissions/test", json=body)
    assert (refused.status_code, refused.json()["code"]) == (400, "tool_error")
    assert "Write the data or the script to a file" in refused.json()["error"]
    conversation = shared.new(workingDirectory=str(work_dir))
    stream = shared.ask(conversation, "run echo " + "x" * MAX_COMMAND_LENGTH)
    [result] = stream.of("tool_result")
    assert result["isError"]
    assert "100,000 are allowed" in result["output"]
    assert not stream.of("permission_request")


def ask_permission(api: Api, conversation: str, command: str) -> bool:
    """Whether a command waits for a person; it is denied then."""
    with api.send(conversation, command) as stream:
        while True:
            event = stream.next()
            if event["type"] == "permission_request":
                api.respond(conversation, event["requestId"], "deny")
                stream.rest()
                return True
            if event["type"] == "done":
                return False


def test_reading_inside_the_working_directory_never_asks_and_secrets_always_do(
    shared: Api, work_dir: Path, tmp_path: Path
) -> None:
    (work_dir / ".env").write_text("KEY=1")
    (work_dir / "server.pem").write_text("x")
    (tmp_path / "outside.txt").write_text("x")
    (work_dir / "link.txt").symlink_to(tmp_path / "outside.txt")
    (work_dir / "folder").symlink_to(tmp_path)
    conversation = shared.new(workingDirectory=str(work_dir))
    asks = {
        command: ask_permission(shared, conversation, command)
        for command in (
            "read notes.txt", "list .", "search first", "read .env", "read server.pem", "read ../outside.txt",
            "read link.txt", "read folder/outside.txt", f"read {tmp_path}/outside.txt", "list ..", "list folder",
            "search x in ..", "edit notes.txt: replace first with 1st", "run true",
        )
    }  # fmt: skip
    free = {"read notes.txt", "list .", "search first"}
    assert {command for command, waits in asks.items() if not waits} == free
    assert "KEY" not in shared.ask(conversation, "search KEY").text


def test_no_tool_gets_at_the_data_folder_wherever_the_agent_works(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api, data = connected.client, connected.data_dir
    rule = api.post("/api/permissions", {"pattern": "Edit"})
    conversation = api.new("claude-code", workingDirectory=str(data.root.parent))
    name, token = data.root.name, data.token.read_text().strip()
    own = api.new()
    api.ask(own, "help")
    data.workspace(own).joinpath("mine.txt").write_text("mine")
    calls = (
        Calls("Read", {"file_path": f"{name}/token"}),
        Calls("Read", {"file_path": f"{name}/../{name}/stagent.db"}),
        Calls("Grep", {"pattern": token, "path": f"{name}/token", "output_mode": "content"}),
        Calls("Grep", {"pattern": token, "path": name, "output_mode": "content"}),
        Calls("Glob", {"pattern": "*", "path": name}),
        Calls("Edit", {"file_path": f"{name}/token", "old_string": "x", "new_string": "y"}),
        Calls("Grep", {"pattern": token, "output_mode": "content"}),
        Calls("Glob", {"pattern": "**/*"}),
        Calls("Read", {"file_path": f"{name}/workspaces/{own}/mine.txt"}),
    )
    model.script(*map(Answer, calls), Answer(Says("Oh.")))
    results = api.ask(conversation, "go").of("tool_result")
    *refused, grep, glob, read = [result["output"] for result in results]
    assert all("data folder of stagent" in output for output in refused), refused
    assert grep == "No matches."
    assert f"{name}/token" not in glob
    assert f"{name}/workspaces/{own}/mine.txt" in glob
    assert "mine" in read
    api.delete(f"/api/permissions/{rule['id']}")


def test_a_path_that_becomes_a_link_while_it_waits_is_not_followed(
    shared: Api, work_dir: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    (work_dir / ".env").write_text("harmless")
    conversation = shared.new(workingDirectory=str(work_dir))
    with shared.send(conversation, "read .env") as stream:
        request = stream.until("permission_request")["requestId"]
        (work_dir / ".env").unlink()
        (work_dir / ".env").symlink_to(secret)
        shared.respond(conversation, request)
        stream.rest()
    assert stream.of("tool_result")[0]["isError"]
    assert "top secret" not in stream.text
    assert stream.of("request_resolved")[0]["outcome"] == "cancelled"


def test_a_rule_does_not_let_a_call_follow_a_link_that_the_call_before_it_made(
    connected: DaemonProcess, model: FakeAnthropic, work_dir: Path, tmp_path: Path
) -> None:
    api, outside = connected.client, tmp_path / "outside"
    outside.mkdir()
    rules = [api.post("/api/permissions", {"pattern": one}) for one in ("Write(**)", "Bash(ln *)")]
    conversation = api.new("claude-code", workingDirectory=str(work_dir))
    link = Calls("Bash", {"command": f"ln -s {outside} folder"})
    model.script(
        Answer(link, Calls("Write", {"file_path": "folder/new.txt", "content": "x"})), Answer(Says("Oh."))
    )
    results = api.ask(conversation, "go").of("tool_result")
    assert [result["isError"] for result in results] == [False, True]
    assert "Ask again" in results[1]["output"]
    assert not list(outside.iterdir())
    for rule in rules:
        api.delete(f"/api/permissions/{rule['id']}")


def test_a_command_cannot_see_the_providers_keys(connected: DaemonProcess, work_dir: Path) -> None:
    api = connected.client
    rule = api.post("/api/permissions", {"pattern": "Bash(env)"})
    conversation = api.new(workingDirectory=str(work_dir))
    output = api.ask(conversation, "run env").of("tool_result")[0]["output"]
    assert "PATH=" in output
    assert "ANTHROPIC_API_KEY" not in output
    assert "STAGENT_" not in output
    api.delete(f"/api/permissions/{rule['id']}")


def test_output_is_shown_while_a_command_runs(shared: Api, work_dir: Path) -> None:
    shared.post("/api/permissions", {"pattern": "Bash"})
    conversation = shared.new(workingDirectory=str(work_dir))
    (work_dir / "script.sh").write_text(
        "echo started; while [ ! -e go ]; do sleep 0.02; done; echo finished\n"
    )
    with shared.send(conversation, "run sh script.sh") as stream:
        assert stream.until("tool_output")["content"] == "started\n"
        (work_dir / "go").touch()
        result = stream.until("tool_result")
        stream.rest()
    assert result["output"] == "started\nfinished"
    assert result["durationMs"] > 0


def test_cancel_kills_the_whole_process_group(shared: Api, work_dir: Path) -> None:
    import psutil

    shared.post("/api/permissions", {"pattern": "Bash"})
    conversation = shared.new(workingDirectory=str(work_dir))
    with shared.send(conversation, "run sleep 600 & sleep 601 & echo $! ; wait") as stream:
        pid = int(stream.until("tool_output")["content"])
        group = [psutil.Process(pid), *psutil.Process(pid).parents()[:1]]
        shared.cancel(conversation)
        assert stream.end()["type"] == "interrupted"
    _, alive = psutil.wait_procs(group[:1], timeout=10)
    assert not alive
    assert shared.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "idle"
