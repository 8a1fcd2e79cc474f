"""What models are given, as the providers' servers see it."""

from __future__ import annotations

from pathlib import Path

from tests.api import CONVERSATIONS, Api
from tests.daemon.providers import LONG, WINDOW, Provider
from tests.fakes.script import Answer, Calls, Says, Usage


def test_a_turn_is_given_its_surroundings_and_they_do_not_break_the_cache(
    provider: Provider, work_dir: Path
) -> None:
    (work_dir / "AGENTS.md").write_text("Always say please.\n")
    (work_dir / ".git").mkdir()
    (work_dir / ".git" / "HEAD").write_text("ref: refs/heads/topic\n")
    project = provider.api.post(
        "/api/projects",
        {"name": "Greeter", "description": "Greets people.", "workingDirectory": str(work_dir)},
    )["id"]
    provider.fake.script(
        Answer(Calls("Read", {"file_path": "notes.txt"})), Answer(Says("Read.")), Answer(Says("Yes."))
    )
    conversation = provider.new(projectId=project)
    provider.api.ask(conversation, "read it")
    (work_dir / ".git" / "HEAD").write_text("ref: refs/heads/other\n")
    provider.api.ask(conversation, "and now?")

    first, second, third = provider.bodies()
    system = provider.system(first)
    for part in ("Greeter", "Greets people.", str(work_dir), "Always say please."):
        assert part in system
    assert provider.system(second) == provider.system(third) == system
    asked = provider.asked(third)
    assert asked[: len(provider.asked(first))] == provider.asked(first)
    assert asked[: len(provider.asked(second))] == provider.asked(second)
    assert asked[0].startswith("read it")
    assert "Git branch: topic" in asked[0]
    assert asked[-1].startswith("and now?")
    assert "Git branch: other" in asked[-1]
    assert "Now: " in asked[-1]


def test_an_instruction_file_that_cannot_be_used_is_named(provider: Provider, work_dir: Path) -> None:
    (work_dir / "AGENTS.md").write_text("Say please. " * 10_000)
    (work_dir / "CLAUDE.md").symlink_to("/etc/passwd")
    provider.fake.script(Answer(Says("Hello.")))
    stream = provider.api.ask(provider.new(workingDirectory=str(work_dir)), "hi")
    assert stream.seen[-1]["type"] == "done"
    said = [event["message"] for event in stream.of("status") if event["phase"] == "preparing"]
    assert any("AGENTS.md was cut" in message for message in said)
    assert any("CLAUDE.md was skipped" in message for message in said)
    [body] = provider.bodies()
    assert "Say please." in provider.system(body)
    assert len(provider.system(body)) < 30_000
    assert "root:" not in provider.system(body)


def test_the_parts_can_be_looked_at(provider: Provider, work_dir: Path) -> None:
    (work_dir / "AGENTS.md").write_text("Say please. " * 10_000)
    path = f"{CONVERSATIONS}/{provider.new(workingDirectory=str(work_dir))}"
    before = provider.api.get(f"{path}/context")
    parts = {part["name"]: part for part in before["parts"]}
    assert list(parts) == ["system", "project", "tools", "mentions", "summary", "history"]
    assert (before["windowTokens"], before["answerTokens"]) == (WINDOW, WINDOW // 4)
    assert before["answerTokens"] < before["compactAtTokens"] < WINDOW - before["answerTokens"]
    assert before["reportedTokens"] is None
    assert before["usedTokens"] == sum(part["tokens"] for part in before["parts"])
    assert 0 < parts["system"]["tokens"] <= parts["system"]["budgetTokens"]
    assert 1_000 < parts["project"]["tokens"] <= parts["project"]["budgetTokens"]
    assert parts["tools"]["tokens"] > 1_000
    assert (parts["history"]["tokens"], parts["summary"]["tokens"]) == (0, 0)
    [problem] = before["problems"]
    assert "AGENTS.md was cut" in problem

    conversation = path.rpartition("/")[2]
    provider.fake.script(Answer(Says("yes"), usage=Usage(input_tokens=9_000)), Answer(Says("THE SUMMARY")))
    provider.api.ask(conversation, LONG)
    after = provider.api.get(f"{path}/context")
    assert after["reportedTokens"] == 9_000
    grown = {part["name"]: part["tokens"] for part in after["parts"]}
    assert grown["history"] > 3_000
    assert grown["mentions"] > 0
    answer = [row for row in provider.api.messages(conversation) if row["role"] == "assistant"][-1]
    estimated = answer["metadata"]["context"]["estimatedTokens"]
    assert grown["tools"] == int(answer["metadata"]["context"]["toolTokens"] * 9_000 / estimated)

    with provider.api.stream("POST", f"{path}/compact") as stream:
        assert stream.end()["type"] == "done"
    shrunk = {part["name"]: part["tokens"] for part in provider.api.get(f"{path}/context")["parts"]}
    assert shrunk["history"] == 0
    assert 0 < shrunk["summary"] < 200


def test_a_missing_folder_does_not_hide_the_rest(shared: Api, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    conversation = shared.new(workingDirectory=str(folder))
    folder.rmdir()
    found = shared.get(f"{CONVERSATIONS}/{conversation}/context")
    assert str(folder) in found["problems"][0]
    assert found["windowTokens"] == 1_000_000
    assert shared.request("GET", f"{CONVERSATIONS}/unknown/context").status_code == 404
