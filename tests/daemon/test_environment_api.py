"""The environment scan over HTTP: in the background, when it is needed, and visible."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage.database import Database
from tests.api import Api
from tests.conftest import StartDaemon
from tests.daemon.scanning import PROJECTS, scanned, until
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Says


def new_project(api: Api, folder: Path | None) -> str:
    created = api.post(PROJECTS, {"name": "Shop", "workingDirectory": str(folder) if folder else None})
    return str(created["id"])


def test_a_new_project_is_scanned_by_itself(shared: Api, work_dir: Path) -> None:
    (work_dir / "Cargo.toml").write_text('[package]\nname = "shop"\n')
    (work_dir / "main.rs").touch()
    (work_dir / ".mcp.json").write_text("{")
    project = new_project(shared, work_dir)
    found = scanned(shared, project)
    assert set(found) == {"projectId", "directory", "state", "problem", "scannedAt", "facts"}
    assert (found["projectId"], found["directory"]) == (project, str(work_dir))
    assert (found["state"], found["problem"]) == ("ready", None)
    assert found["scannedAt"].endswith("Z")
    facts = found["facts"]
    assert set(facts) == {
        "durationMs", "files", "isComplete", "git", "languages", "manifests", "commands", "instructionFiles",
        "skills", "mcpServers", "hooks", "problems",
    }  # fmt: skip
    assert facts["manifests"] == [{"path": "Cargo.toml", "kind": "cargo", "name": "shop"}]
    assert facts["commands"][0] == {"purpose": "test", "command": "cargo test", "source": "Cargo.toml"}
    assert facts["problems"] == [".mcp.json is no valid JSON"]


def test_a_scan_can_be_asked_for(shared: Api, work_dir: Path) -> None:
    project = new_project(shared, work_dir)
    before = scanned(shared, project)
    (work_dir / "go.mod").write_text("module example.com/shop\n")
    assert scanned(shared, project) == before  # it is fresh: nobody looks again
    answer = shared.request("POST", f"{PROJECTS}/{project}/environment/scan")
    assert answer.status_code == 202
    assert answer.json()["directory"] == str(work_dir)
    after = until(
        lambda: shared.get(f"{PROJECTS}/{project}/environment"),
        lambda found: found["scannedAt"] != before["scannedAt"] and found["state"] == "ready",
    )
    assert after["facts"]["manifests"][0]["name"] == "example.com/shop"


def test_another_folder_is_another_environment(shared: Api, work_dir: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.py").touch()
    project = new_project(shared, work_dir)
    scanned(shared, project)
    shared.patch(f"{PROJECTS}/{project}", {"workingDirectory": str(other)})
    assert scanned(shared, project, directory=str(other))["facts"]["languages"][0]["name"] == "Python"
    shared.patch(f"{PROJECTS}/{project}", {"workingDirectory": None})
    assert shared.get(f"{PROJECTS}/{project}/environment") == {
        "projectId": project, "directory": None, "state": None, "problem": None, "scannedAt": None,
        "facts": None,
    }  # fmt: skip


def test_a_project_without_a_folder_cannot_be_scanned(shared: Api) -> None:
    project = new_project(shared, None)
    answer = shared.request("POST", f"{PROJECTS}/{project}/environment/scan")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_working_directory")
    for method, path in (("GET", "environment"), ("POST", "environment/scan")):
        assert shared.request(method, f"{PROJECTS}/nothing/{path}").json()["code"] == "project_not_found"


def test_a_folder_that_is_gone_is_named_until_it_is_back(shared: Api, work_dir: Path) -> None:
    project = new_project(shared, work_dir)
    scanned(shared, project)
    away = work_dir.rename(work_dir.with_name("away"))
    shared.request("POST", f"{PROJECTS}/{project}/environment/scan")
    failed = scanned(shared, project, state="failed")
    assert str(work_dir) in failed["problem"]
    assert failed["facts"] is None
    away.rename(work_dir)
    shared.request("POST", f"{PROJECTS}/{project}/environment/scan")
    assert scanned(shared, project, state="ready")["facts"]["files"] == 1


def test_links_out_of_the_project_are_not_followed(shared: Api, work_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "package.json").write_text('{"name": "secret"}')
    (work_dir / "package.json").symlink_to(tmp_path / "secret" / "package.json")
    (work_dir / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(work_dir / "Makefile")
    facts = scanned(shared, new_project(shared, work_dir))["facts"]
    assert (facts["files"], facts["manifests"], facts["commands"]) == (1, [], [])
    assert any("package.json is a link out of the project" in problem for problem in facts["problems"])


@pytest.mark.parametrize("way", ["look", "conversation", "turn"])
def test_what_is_older_than_five_minutes_is_looked_at_again(
    start_daemon: StartDaemon, work_dir: Path, way: str
) -> None:
    daemon = start_daemon()
    api = daemon.client
    project = new_project(api, work_dir)
    before = scanned(api, project)["scannedAt"]
    conversation = api.new(projectId=project)
    daemon.stop()
    database = Database(daemon.data_dir.database)

    def scanned_at() -> int:
        [row] = database.rows("SELECT scanned_at FROM environments")
        return int(row[0])

    long_ago = scanned_at() - 6 * 60 * 1000
    with database.connection as connection:
        connection.execute("UPDATE environments SET scanned_at = ?", (long_ago,))
    api = start_daemon(daemon.data_dir.root).client
    match way:
        case "look":
            api.get(f"{PROJECTS}/{project}/environment")
        case "conversation":
            api.new(projectId=project)
        case "turn":
            api.ask(conversation, "help")
    assert until(scanned_at, lambda at: at != long_ago) > long_ago
    assert scanned(api, project)["scannedAt"] > before
    database.close()


def test_a_deleted_project_takes_its_environment_along(start_daemon: StartDaemon, work_dir: Path) -> None:
    daemon = start_daemon()
    project = new_project(daemon.client, work_dir)
    daemon.client.delete(f"{PROJECTS}/{project}")
    assert daemon.stop() == 0
    assert "failed" not in daemon.errors
    database = Database(daemon.data_dir.database)
    assert database.rows("SELECT * FROM environments") == []
    database.close()


def test_many_requests_for_a_scan_are_one(shared: Api, work_dir: Path) -> None:
    project = new_project(shared, work_dir)
    for _ in range(20):
        assert shared.request("POST", f"{PROJECTS}/{project}/environment/scan").status_code == 202
    assert scanned(shared, project)["state"] == "ready"


def test_agents_are_told_what_was_found(
    start_daemon: StartDaemon, anthropic_api: FakeAnthropic, work_dir: Path
) -> None:
    (work_dir / "Cargo.toml").write_text('[package]\nname = "till"\n')
    api = start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url).client
    project = new_project(api, work_dir)
    scanned(api, project)
    anthropic_api.script(Answer(Says("Yes.")))
    api.ask(api.new("claude-code", projectId=project), "Can you test it?")
    system = str(anthropic_api.requests_to("/v1/messages")[-1].body["system"])
    assert "test `cargo test`" in system
    assert "Cargo.toml (cargo, till)" in system
