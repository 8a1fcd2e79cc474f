"""How a summary that is being written ends: taken, stopped, cut off, or not given at all."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.api import CONVERSATIONS, Api
from tests.conftest import StartDaemon
from tests.daemon_process import DaemonProcess
from tests.fakes.anthropic_api import FakeAnthropic
from tests.fakes.script import Answer, Calls, Refuses, Says, Waits


@pytest.fixture
def connect(start_daemon: StartDaemon, anthropic_api: FakeAnthropic) -> Callable[[], DaemonProcess]:
    def start() -> DaemonProcess:
        return start_daemon(ANTHROPIC_API_KEY="test", ANTHROPIC_BASE_URL=anthropic_api.base_url)

    return start


def talked(api: Api, model: FakeAnthropic) -> str:
    """A conversation that can be summarised."""
    model.script(Answer(Says("an answer")))
    conversation = api.new("claude-code")
    api.ask(conversation, "a question")
    return conversation


def roles(api: Api, conversation: str) -> list[str]:
    return [row["role"] for row in api.messages(conversation)]


def test_while_it_is_written_the_conversation_is_busy_and_it_can_be_stopped(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    conversation = talked(api, model)
    path = f"{CONVERSATIONS}/{conversation}"
    model.script(Answer(Says("THE"), Waits(threading.Event()), Says(" SUMMARY")))
    with api.stream("POST", f"{path}/compact") as stream:
        assert stream.next()["phase"] == "compacting"
        model.wait_for_requests(2, path="/v1/messages")
        assert api.get(path)["turn"] == "running"
        for where, body in (("compact", None), ("messages", {"content": "x"})):
            refused = api.request("POST", f"{path}/{where}", json=body)
            assert (refused.status_code, refused.json()["code"]) == (409, "turn_running")
        api.cancel(conversation)
        assert stream.end()["type"] == "interrupted"
    assert roles(api, conversation) == ["user", "assistant"]
    model.script(Answer(Says("go on")))
    assert api.ask(conversation, "and now?").text == "go on"
    assert "a question" in str(model.requests[-1].body["messages"])


def test_a_message_may_wait_for_it(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    conversation = talked(api, model)
    gate = threading.Event()
    model.script(Answer(Says("THE"), Waits(gate), Says(" SUMMARY")), Answer(Says("done")))
    with api.stream("POST", f"{CONVERSATIONS}/{conversation}/compact") as stream:
        stream.next()
        with api.send(conversation, "next", whenBusy="queue") as queued:
            gate.set()
            assert stream.end()["type"] == "done"
            assert queued.end()["type"] == "done"
    assert roles(api, conversation) == ["user", "assistant", "system", "user", "assistant"]
    assert "THE SUMMARY" in str(model.requests[-1].body["messages"])


def test_a_crash_leaves_the_whole_history(
    connect: Callable[[], DaemonProcess], anthropic_api: FakeAnthropic
) -> None:
    daemon = connect()
    conversation = talked(daemon.client, anthropic_api)
    anthropic_api.script(Answer(Says("THE"), Waits(threading.Event())))
    with daemon.client.stream("POST", f"{CONVERSATIONS}/{conversation}/compact") as stream:
        stream.next()
        anthropic_api.wait_for_requests(2, path="/v1/messages")
        daemon.kill()
    api = connect().client
    assert roles(api, conversation) == ["user", "assistant"]
    assert api.get(f"{CONVERSATIONS}/{conversation}")["turn"] == "idle"
    anthropic_api.script(Answer(Says("go on")))
    assert api.ask(conversation, "and now?").text == "go on"
    assert "a question" in str(anthropic_api.requests[-1].body["messages"])


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Answer(Calls("Read", {"file_path": "x"})), "compaction_failed"),
        (Refuses(401), "provider_unauthorized"),
    ],
)
def test_without_a_summary_nothing_changes_and_the_error_says_so(
    connected: DaemonProcess, model: FakeAnthropic, reply: Answer | Refuses, code: str
) -> None:
    api = connected.client
    conversation = talked(api, model)
    model.script(reply)
    with api.stream("POST", f"{CONVERSATIONS}/{conversation}/compact") as stream:
        assert stream.end()["code"] == code
    assert roles(api, conversation) == ["user", "assistant"]


def test_an_answer_that_fills_the_window_goes_on_after_a_summary(
    connected: DaemonProcess, model: FakeAnthropic
) -> None:
    api = connected.client
    conversation = talked(api, model)
    model.script(
        Answer(Says("The first half."), stop_reason="model_context_window_exceeded"),
        Answer(Says("THE SUMMARY")),
        Answer(Says("The second half.")),
    )
    stream = api.ask(conversation, "tell me all")
    assert stream.text == "The first half.\n\nThe second half."
    sent = str(model.requests[-1].body["messages"])
    assert "THE SUMMARY" in sent
    assert "tell me all" in sent
    assert "a question" not in sent
    assert [row["metadata"]["reason"] for row in api.messages(conversation) if row["role"] == "system"] == [
        "overflow"
    ]


def test_a_secret_does_not_get_into_a_summary(connected: DaemonProcess, model: FakeAnthropic) -> None:
    api = connected.client
    conversation = talked(api, model)
    question = {"id": "pin", "question": "The PIN?", "header": "PIN", "isSecret": True}
    model.script(
        Answer(Calls("AskUserQuestion", {"questions": [question]})),
        Refuses(400, message="prompt is too long: 210000 tokens > 200000 maximum"),
        Answer(Says("The PIN is 4711-0815.")),
        Answer(Says("done")),
    )
    with api.send(conversation, "ask me") as stream:
        asked = stream.until("question")
        api.respond(conversation, asked["requestId"], updatedInput={"answers": {"pin": "4711-0815"}})
        assert stream.end()["type"] == "done"
    [summary] = [
        row["metadata"]["summary"]
        for row in api.messages(conversation)
        if "summary" in (row["metadata"] or {})
    ]
    assert summary == "The PIN is [secret]."
    assert "4711-0815" not in str(stream.seen)
    assert "4711-0815" in str(
        model.requests[-1].body["messages"][-1]
    )  # the answer itself still reaches the model
