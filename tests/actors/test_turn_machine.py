"""Whatever happens to a turn, in whatever order: it ends once, and no tool runs without being allowed."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from actors import effects
from actors.effects import Effect
from actors.events import PermissionRequestEvent, QuestionEvent, RequestResolvedEvent
from actors.messages import AnswerRequest
from actors.notices import (
    AgentFailed,
    AgentFinished,
    AgentStopped,
    Allowed,
    QuestionAsked,
    RequestExpired,
    Run,
    StepFinished,
    TextArrived,
    ToolFinished,
    ToolRejected,
    ToolStarted,
    Usage,
)
from actors.permissions import Verdict
from actors.tools.base import Text, ToolResult
from actors.transcript import TextBlock
from tests.actors.turns import QUESTIONS, SUBJECT, asked, new_turn

CALLS = st.sampled_from([f"call-{n}" for n in range(4)])


BEHAVIORS = st.sampled_from(["allow", "deny", "ask"])


REQUESTS = st.integers(0, 5)


class TurnMachine(RuleBasedStateMachine):
    """Throws everything at a turn, in any order, twice and for things that do not exist."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = new_turn()
        self.opened: list[str] = []
        self.resolved: list[str] = []
        self.said_allowed: set[str] = set()
        self.rows_saying_allowed: set[str] = set()
        self.let_run: set[str] = set()
        self.by_verdict: set[str] = set()
        self.by_person: set[str] = set()
        self.timers: set[str] = set()
        self.ends = 0
        self.events_after_end = 0

    def take(self, done: list[Effect] | None) -> None:
        for effect in done or []:
            self.events_after_end += bool(self.ends) and not isinstance(effect, effects.Answer)
            match effect:
                case effects.Publish(PermissionRequestEvent() | QuestionEvent() as event):
                    self.opened.append(event.request_id)
                case effects.Publish(RequestResolvedEvent() as event):
                    self.resolved.append(event.request_id)
                case effects.Answer(call_id, Allowed()):
                    self.said_allowed.add(call_id)
                case effects.StartTimer(request_id):
                    self.timers.add(request_id)
                case effects.StopTimer(request_id):
                    self.timers.discard(request_id)
                case effects.Store(statement):
                    self.note_row(statement.params)
                case effects.End():
                    self.ends += 1

    def note_row(self, params: tuple[Any, ...]) -> None:
        for value in params:
            if isinstance(value, str) and value.startswith('{"type":"permission_request"'):
                metadata = json.loads(value)
                if metadata["outcome"] == "allowed":
                    self.rows_saying_allowed.add(metadata["toolCallId"])

    def request(self, number: int) -> str:
        return self.opened[number] if number < len(self.opened) else f"unknown-{number}"

    @rule(call_id=CALLS, behavior=BEHAVIORS)
    def tool_requested(self, call_id: str, behavior: Any) -> None:
        is_new = call_id not in self.turn.calls and self.turn.state == "running"
        self.take(self.turn.tool_requested(asked(call_id), Verdict(behavior, None, "why"), 1))
        if is_new and behavior == "allow":
            self.by_verdict.add(call_id)

    @rule(call_id=CALLS)
    def question_asked(self, call_id: str) -> None:
        self.take(self.turn.question_asked(QuestionAsked("turn", call_id, QUESTIONS), 1))

    @rule(number=REQUESTS, behavior=st.sampled_from(["allow", "deny"]))
    def answered(self, number: int, behavior: Any) -> None:
        request = self.turn.requests.get(self.request(number))
        given = {"answers": {"colour": "red", "pin": "1234"}} if request and request.is_question else None
        command = AnswerRequest(self.request(number), behavior, updated_input=given)
        done = self.turn.answer(command, 1)
        if done is not None and behavior == "allow" and request is not None:
            self.by_person.add(request.call_id)
        self.take(done)

    @rule(number=REQUESTS)
    def expired(self, number: int) -> None:
        self.take(self.turn.receive(RequestExpired(self.request(number)), 1))

    @rule(number=REQUESTS, behavior=st.sampled_from(["allow", "deny"]))
    def rule_added(self, number: int, behavior: Any) -> None:
        request = self.turn.requests.get(self.request(number))
        if request is None or not request.is_question:
            if request is not None and behavior == "allow" and self.turn.state == "running":
                self.by_verdict.add(request.call_id)
            self.take(self.turn.decided_by_rule(self.request(number), Verdict(behavior, None, "rule"), 1))

    @rule(call_id=CALLS)
    def started(self, call_id: str) -> None:
        self.take(self.turn.receive(ToolStarted("turn", call_id, SUBJECT), 1))
        if self.turn.may_run(call_id):
            self.let_run.add(call_id)

    @rule(call_id=CALLS)
    def finished(self, call_id: str) -> None:
        self.take(self.turn.receive(ToolFinished("turn", call_id, ToolResult((Text("x"),)), 1), 1))

    @rule(call_id=CALLS)
    def rejected(self, call_id: str) -> None:
        result = ToolResult((Text("x"),), is_error=True)
        self.take(self.turn.receive(ToolRejected("turn", call_id, "Bash", {}, result), 1))

    @rule(text=st.text(max_size=3))
    def text_arrived(self, text: str) -> None:
        self.take(self.turn.receive(TextArrived("turn", (Run("delta", 1, b'{"type":"delta"', (text,)),)), 1))

    @rule()
    def step_finished(self) -> None:
        step = StepFinished("turn", (TextBlock(text="x"),), Usage(1, 2), "model", 0.5)
        self.take(self.turn.receive(step, 1))

    @rule(reason=st.sampled_from(["cancelled", "restart"]))
    def cancelled(self, reason: Any) -> None:
        self.take(self.turn.cancel(reason, 1))

    @rule(notice=st.sampled_from([
        AgentFinished("turn", "end_turn", 0.0), AgentFailed("turn", "m", "c", 0.0), AgentStopped("turn", 0.0),
    ]))  # fmt: skip
    def agent_ends(self, notice: Any) -> None:
        self.take(self.turn.receive(notice, 1))

    @invariant()
    def it_ends_once_and_says_nothing_afterwards(self) -> None:
        assert self.ends <= 1
        assert (self.ends == 1) == (self.turn.state == "ended")
        assert not self.events_after_end

    @invariant()
    def no_tool_is_let_run_without_an_allow(self) -> None:
        assert self.said_allowed <= self.by_verdict | self.by_person
        assert self.let_run <= self.by_verdict | self.by_person

    @invariant()
    def a_row_says_allowed_only_for_a_tool_that_may_run(self) -> None:
        assert self.rows_saying_allowed <= self.by_verdict | self.let_run

    @invariant()
    def every_request_is_resolved_once(self) -> None:
        assert len(set(self.resolved)) == len(self.resolved)
        assert set(self.resolved) <= set(self.opened)
        if self.ends:
            assert set(self.resolved) == set(self.opened)
            assert not self.timers


TestTurnMachine = TurnMachine.TestCase


TestTurnMachine.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
