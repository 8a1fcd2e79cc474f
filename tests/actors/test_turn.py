"""Turn, without threads: whatever comes in whatever order, it ends once, and no tool runs unallowed."""

from __future__ import annotations

from msgspec.structs import replace

from actors.effects import Effect
from actors.events import PermissionRequestEvent, QuestionEvent, StatusEvent
from actors.messages import AnswerRequest
from actors.notices import (
    Allowed,
    Answered,
    Denied,
    QuestionAsked,
    RequestExpired,
    Run,
    TextArrived,
    ToolStarted,
)
from actors.permissions import Verdict
from tests.actors.turns import QUESTIONS, SUBJECT, answers, asked, events, new_turn, open_request, stored


def test_an_allow_shows_in_the_row_only_when_the_tool_starts() -> None:
    turn = new_turn()
    request_id = open_request(turn)
    done = turn.answer(AnswerRequest(request_id, "allow"), 2)
    assert done is not None
    assert answers(done) == [Allowed({"command": "make"}, by_person=True)]
    assert not stored(done)
    started = turn.receive(ToolStarted("turn", "call", SUBJECT), 3)
    assert '"outcome":"allowed"' in stored(started)
    assert turn.may_run("call")


def test_cancel_between_allow_and_start_leaves_no_row_that_says_allowed() -> None:
    turn = new_turn()
    turn.answer(AnswerRequest(open_request(turn), "allow"), 2)
    assert '"outcome":"cancelled"' in stored(turn.cancel("cancelled", 3))
    assert turn.receive(ToolStarted("turn", "call", SUBJECT), 4) == []
    assert not turn.may_run("call")


def statuses(done: list[Effect]) -> list[tuple[str, str]]:
    return [(event.phase, event.message) for event in events(done) if isinstance(event, StatusEvent)]


def test_nothing_says_that_it_waits_once_the_tool_runs() -> None:
    turn = new_turn()
    turn.answer(AnswerRequest(open_request(turn), "allow"), 2)
    assert statuses(turn.receive(ToolStarted("turn", "call", SUBJECT), 3)) == [("tool_use", "Using Bash")]


def test_what_is_still_waited_for_is_said_when_another_request_is_closed() -> None:
    turn = new_turn()
    first = open_request(turn)
    done = turn.tool_requested(replace(asked("other"), tool_name="Edit"), Verdict("ask", None, "why"), 1)
    assert statuses(done) == [("waiting", "Waiting for permission to use Edit")]
    [second] = [event for event in events(done) if isinstance(event, PermissionRequestEvent)]
    denied = turn.answer(AnswerRequest(second.request_id, "deny"), 2) or []
    assert statuses(denied) == [("waiting", "Waiting for permission to use Bash")]
    assert statuses(turn.answer(AnswerRequest(first, "deny"), 3) or []) == []


def test_an_answer_after_the_timeout_comes_too_late() -> None:
    turn = new_turn()
    request_id = open_request(turn)
    done = turn.receive(RequestExpired(request_id), 2)
    assert '"decision":"timeout"' in stored(done)
    assert isinstance(answers(done)[0], Denied)
    assert turn.answer(AnswerRequest(request_id, "allow"), 3) is None


def test_the_second_answer_comes_too_late() -> None:
    turn = new_turn()
    request_id = open_request(turn)
    assert turn.answer(AnswerRequest(request_id, "allow"), 2) is not None
    assert turn.answer(AnswerRequest(request_id, "deny"), 2) is None


def test_a_changed_input_is_what_the_tool_gets_and_what_the_row_shows() -> None:
    turn = new_turn()
    request_id = open_request(turn)
    done = turn.answer(AnswerRequest(request_id, "allow", updated_input={"command": "make test"}), 2)
    assert done is not None
    assert answers(done)[0].tool_input == {"command": "make test"}
    assert '"toolInput":{"command":"make test"}' in stored(
        turn.receive(ToolStarted("turn", "call", SUBJECT), 3)
    )


def test_a_denial_gives_the_model_the_persons_words() -> None:
    turn = new_turn()
    done = turn.answer(AnswerRequest(open_request(turn), "deny", message="use ninja"), 2)
    assert done is not None
    assert "use ninja" in answers(done)[0].message


def test_a_secret_answer_goes_to_the_agent_alone() -> None:
    turn = new_turn()
    turn.tool_requested(asked(), Verdict("allow", None, ""), 1)
    done = turn.question_asked(QuestionAsked("turn", "call", QUESTIONS), 1)
    [question] = [event for event in events(done) if isinstance(event, QuestionEvent)]
    given = {"answers": {"colour": "red", "pin": "s3cr3t"}}
    done = turn.answer(AnswerRequest(question.request_id, "allow", updated_input=given), 2) or []
    [answered] = answers(done)
    assert isinstance(answered, Answered)
    assert answered.answers == {"colour": "red", "pin": "s3cr3t"}
    assert "s3cr3t" not in stored(done)
    assert "red" in stored(done)
    assert "s3cr3t" not in repr(events(done))
    assert "s3cr3t" not in repr(answered)


def test_text_is_counted_where_a_tool_is_called() -> None:
    turn = new_turn()
    turn.receive(TextArrived("turn", (Run("delta", 1, b'{"type":"delta"', ("Let me", " look.")),)), 1)
    turn.tool_requested(asked(), Verdict("allow", None, ""), 1)
    assert turn.calls["call"].offset == len("Let me look.")
