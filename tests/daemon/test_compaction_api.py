"""A history that nears the window is summarised, a request that is too long made shorter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.api import CONVERSATIONS, Api, EventStream
from tests.daemon.providers import LONG, Provider
from tests.fakes.script import Answer, Calls, Says, SeenRequest, Usage


def compactions(api: Api, conversation: str, **params: Any) -> list[dict[str, Any]]:
    """The rows that tell of summaries."""
    rows = api.messages(conversation, **params)
    return [row for row in rows if (row["metadata"] or {}).get("type") == "compaction"]


def fill(provider: Provider, **fields: Any) -> str:
    """A conversation in which the next message comes near to the window."""
    provider.fake.script(Answer(Says("first answer")), Answer(Says("second answer")))
    conversation = provider.new(**fields)
    provider.api.ask(conversation, f"first question {LONG}")
    provider.api.ask(conversation, f"second question {LONG}")
    return conversation


def phases(stream: EventStream) -> list[str]:
    return [event["phase"] for event in stream.of("status")]


def test_a_history_that_nears_the_window_is_summarised(provider: Provider, work_dir: Path) -> None:
    api = provider.api
    project = api.post("/api/projects", {"name": "Greeter", "workingDirectory": str(work_dir)})["id"]
    task = api.post(
        "/api/tasks",
        {"projectId": project, "title": "Greet in Welsh", "description": "First line.\nSecond line."},
    )
    conversation = fill(provider, projectId=project)
    answer = api.messages(conversation)[1]
    api.patch(f"{CONVERSATIONS}/{conversation}/messages/{answer['id']}", {"pinned": True})
    provider.fake.script(Answer(Says("THE SUMMARY")), Answer(Says("third answer")))
    stream = api.ask(conversation, f"third question {LONG}")

    assert stream.text == "third answer"
    assert "compacting" in phases(stream)
    summarising, answering = provider.bodies()[-2:]
    assert "tools" not in summarising or not summarising["tools"]
    [question] = provider.asked(summarising)
    assert "first question word0" in question
    assert "first answer" in question
    assert "third question" not in question
    told = "".join(provider.asked(answering))
    assert "THE SUMMARY" in told
    assert "first question" not in told
    assert "first answer" in told  # pinned
    assert "Greet in Welsh" in told
    assert "First line.\n  Second line." in told
    assert task["id"] in told
    assert "third question word0" in told

    rows = api.messages(conversation)
    [row] = compactions(api, conversation)
    [event] = stream.of("compaction")
    metadata = row["metadata"]
    assert (row["role"], row["status"], row["id"]) == ("system", "complete", event["messageId"])
    assert metadata["summary"] == "THE SUMMARY"
    assert (metadata["fromMessageId"], metadata["reason"]) == (rows[0]["id"], "full")
    assert metadata["toMessageId"] in {rows[1]["id"], rows[3]["id"]}
    assert metadata["tokensAfter"] < metadata["tokensBefore"]
    assert (event["fromMessageId"], event["tokensAfter"]) == (rows[0]["id"], metadata["tokensAfter"])
    assert [one["content"].split()[0] for one in rows if one["role"] != "system"] == [
        "first", "first", "second", "second", "third", "third",
    ]  # fmt: skip
    hits = {hit["messageId"] for hit in api.get("/api/chat/search", q="word7 first")}
    assert rows[0]["id"] in hits


def test_a_summary_survives_a_restart_and_belongs_to_its_branch(provider: Provider) -> None:
    conversation = fill(provider)
    provider.fake.script(Answer(Says("THE SUMMARY")), Answer(Says("third answer")))
    provider.api.ask(conversation, f"third question {LONG}")
    before = provider.asked(provider.bodies()[-1])

    provider.fake.script(Answer(Says("fourth answer")))
    api = provider.restart()
    api.ask(conversation, "fourth question")
    after = provider.asked(provider.bodies()[-1])
    assert after[: len(before)] == before  # word for word, so that it stays in the provider's cache
    assert after[len(before)] == "third answer"

    first_answer = api.messages(conversation)[1]
    provider.fake.script(Answer(Says("another answer")))
    api.ask(conversation, "another question", parentId=first_answer["id"])
    told = "".join(provider.asked(provider.bodies()[-1]))
    assert "THE SUMMARY" not in told
    assert "first question" in told
    assert compactions(api, conversation) == []
    assert len(compactions(api, conversation, branch="main")) == 1


def test_a_copy_keeps_its_summary(provider: Provider) -> None:
    conversation = fill(provider)
    provider.fake.script(Answer(Says("THE SUMMARY")), Answer(Says("third answer")), Answer(Says("copied")))
    provider.api.ask(conversation, f"third question {LONG}")
    last = [row for row in provider.api.messages(conversation) if row["role"] == "assistant"][-1]
    copy = provider.api.post(f"{CONVERSATIONS}/{conversation}/fork", {"messageId": last["id"]})["id"]
    provider.api.ask(copy, "go on")
    told = "".join(provider.asked(provider.bodies()[-1]))
    assert "THE SUMMARY" in told
    assert "first question" not in told
    [row] = compactions(provider.api, copy)
    assert row["metadata"]["fromMessageId"] == provider.api.messages(copy)[0]["id"]


def test_a_person_can_ask_for_it(provider: Provider) -> None:
    provider.fake.script(Answer(Says("an answer")), Answer(Says("THE SUMMARY"), usage=Usage(100, 50)))
    conversation = provider.new()
    provider.api.ask(conversation, "a question")
    path = f"{CONVERSATIONS}/{conversation}"
    with provider.api.stream("POST", f"{path}/compact") as stream:
        stream.rest()
    assert [event["type"] for event in stream.seen] == ["status", "compaction", "done"]
    assert stream.seen[0]["phase"] == "compacting"
    assert stream.seen[-1]["userMessageId"] is None
    [row] = compactions(provider.api, conversation)
    assert stream.seen[-1]["messageId"] == row["id"]
    assert row["metadata"]["reason"] == "asked"
    detail = provider.api.get(path)
    assert (detail["turn"], detail["usage"]["outputTokens"]) == ("idle", 84)

    with provider.api.stream("POST", f"{path}/compact") as stream:
        assert stream.end()["code"] == "nothing_to_compact"
    provider.fake.script(Answer(Says("another answer")))
    provider.api.ask(conversation, "another question")
    told = "".join(provider.asked(provider.bodies()[-1]))
    assert "THE SUMMARY" in told
    assert "a question" not in told.replace("another question", "")


def test_a_request_that_is_refused_as_too_long_is_made_shorter_once(provider: Provider) -> None:
    provider.fake.script(
        Answer(Says("an answer")), provider.overflow(), Answer(Says("THE SUMMARY")), Answer(Says("it fits"))
    )
    conversation = provider.new()
    provider.api.ask(conversation, "a question")
    stream = provider.api.ask(conversation, "the next one")
    assert stream.text == "it fits"
    [row] = compactions(provider.api, conversation)
    assert row["metadata"]["reason"] == "overflow"
    told = "".join(provider.asked(provider.bodies()[-1]))
    assert "THE SUMMARY" in told
    assert "the next one" in told
    assert "a question" not in told


def test_a_second_overflow_says_what_to_do(provider: Provider) -> None:
    provider.fake.script(
        Answer(Says("an answer")), provider.overflow(), Answer(Says("THE SUMMARY")), provider.overflow()
    )
    conversation = provider.new()
    provider.api.ask(conversation, "a question")
    last = provider.api.ask(conversation, "the next one").seen[-1]
    assert (last["type"], last["code"]) == ("error", "context_overflow")
    assert "new conversation" in last["message"]
    assert len(provider.bodies()) == 4


def test_where_nothing_can_be_summarised_an_overflow_is_an_error_at_once(provider: Provider) -> None:
    provider.fake.script(provider.overflow())
    last = provider.api.ask(provider.new(), "a question").seen[-1]
    assert (last["type"], last["code"]) == ("error", "context_overflow")
    assert "larger window" in last["message"]


def test_long_results_are_shortened_before_anything_is_summarised(provider: Provider, work_dir: Path) -> None:
    lines = "".join(f"line {number} of a long file, with some more words in it\n" for number in range(900))
    (work_dir / "long.txt").write_text(lines)
    provider.fake.script(
        Answer(Calls("Read", {"file_path": "long.txt"})), Answer(Says("Read.")), Answer(Says("Yes."))
    )
    conversation = provider.new(workingDirectory=str(work_dir))
    provider.api.ask(conversation, "read it")
    provider.api.ask(conversation, "and now?")
    told = "".join(provider.asked(provider.bodies()[-1]))
    assert "line 3 of" in told
    assert "line 450 of" not in told
    assert "line 899 of" in told
    assert "were left out here to save room" in told
    assert compactions(provider.api, conversation) == []


def test_a_long_turn_is_summarised_while_it_runs(provider: Provider, work_dir: Path) -> None:
    for number in range(6):
        (work_dir / f"{number}.txt").write_text(f"file {number}\n" + "many words of text\n" * 400)
    numbers = iter(range(6))

    def answer(request: SeenRequest) -> Answer:
        if "Summarise this conversation." in json.dumps(request.body):
            return Answer(Says("THE SUMMARY"))
        number = next(numbers, None)
        if number is None:
            return Answer(Says("all read"))
        return Answer(Says(f"step {number}"), Calls("Read", {"file_path": f"{number}.txt"}))

    provider.fake.always(answer)
    conversation = provider.new(workingDirectory=str(work_dir))
    stream = provider.api.ask(conversation, "read all the files")
    assert stream.text == "\n\n".join([*(f"step {number}" for number in range(6)), "all read"])
    rows = provider.api.messages(conversation)
    first = compactions(provider.api, conversation)[0]["metadata"]
    assert (first["fromMessageId"], first["toMessageId"]) == (rows[0]["id"], rows[1]["id"])
    assert first["toStep"] >= 1
    last = provider.asked(provider.bodies()[-1])
    told = "".join(last)
    assert "THE SUMMARY" in told
    assert "read all the files" in told  # what is being answered stays word for word
    assert "file 5" in told  # what the model has not answered yet, too
    assert "file 0" not in told
    provider.restart().ask(conversation, "thanks")
    after = provider.asked(provider.bodies()[-1])
    assert after[: len(last)] == last


def test_it_waits_for_no_turn_and_needs_a_model(shared: Api) -> None:
    conversation = shared.new()
    path = f"{CONVERSATIONS}/{conversation}/compact"
    refused = shared.request("POST", path)
    assert (refused.status_code, refused.json()["code"]) == (400, "cannot_compact")
    assert "no language model" in refused.json()["error"]
    shared.patch(f"{CONVERSATIONS}/{conversation}", {"runtimeId": "claude-code"})
    refused = shared.request("POST", path)
    assert (refused.status_code, refused.json()["code"]) == (400, "nothing_to_compact")
    assert shared.request("POST", f"{CONVERSATIONS}/unknown/compact").status_code == 404
