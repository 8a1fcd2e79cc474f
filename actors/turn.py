"""Turn: the state of one answer. A plain class: notices in, effects out, no threads and no I/O.

It guarantees that a turn ends in exactly one terminal event and that no tool is let run without an allow.
"""

from __future__ import annotations

from typing import Literal

from actors import effects, requests
from actors.answer_metadata import answer_metadata
from actors.answer_text import AnswerText
from actors.context.compaction import Compaction
from actors.effects import Effect
from actors.event_encoding import clean_text
from actors.events import Answerer, Decider, MessageEvent, Outcome, Phase, StatusEvent, TerminalEvent
from actors.messages import AnswerRequest
from actors.notices import (
    AgentFailed,
    AgentFinished,
    AgentStopped,
    Allowed,
    Compacted,
    ContextGiven,
    ContextSize,
    Denied,
    QuestionAsked,
    RequestExpired,
    StepFinished,
    TextArrived,
    ToolFinished,
    ToolRejected,
    ToolRequested,
    ToolStarted,
    Usage,
)
from actors.open_requests import CANCELLED, OpenRequests
from actors.permissions import Verdict
from actors.requests import OpenRequest, read_answers
from actors.tool_calls import ToolCall
from actors.tools.base import ToolResult
from actors.transcript import encode, result_block
from actors.turn_ends import AgentEnded, end_of
from storage import messages, turns
from storage.ids import new_id
from storage.records import MAIN_BRANCH, StepRole, TurnStatus
from storage.statements import Statement


class Turn:
    """One answer of the agent.

    Args:
        turn_id: its id.
        conversation_id: the conversation it belongs to.
        user_message_id: the message it answers.
        assistant_message_id: the row that its text goes to.
        branch_id: the branch that its rows belong to.
    """

    def __init__(
        self,
        turn_id: str,
        conversation_id: str,
        user_message_id: str,
        assistant_message_id: str,
        branch_id: str = MAIN_BRANCH,
    ) -> None:
        self.id = turn_id
        self.conversation_id = conversation_id
        self.user_message_id = user_message_id
        self.assistant_message_id = assistant_message_id
        self.branch_id = branch_id
        self.state: Literal["running", "stopping", "ended"] = "running"
        self.stop_reason: Literal["cancelled", "restart"] = "cancelled"
        self.usage = Usage()
        self.cost_usd: float | None = 0.0
        self.model_id: str | None = None
        self.size: ContextSize | None = None
        self.text = AnswerText()
        self.calls: dict[str, ToolCall] = {}
        self.requests = OpenRequests(conversation_id, branch_id)

    def begin(self, client_message_id: str | None, *, was_queued: bool) -> list[Effect]:
        """The first events."""
        started = MessageEvent(
            turn_id=self.id,
            message_id=self.user_message_id,
            client_message_id=client_message_id,
            was_queued=was_queued,
            branch_id=self.branch_id,
        )
        return [effects.Publish(started), effects.Publish(self._status("preparing", "Preparing…"))]

    def receive(self, notice: object, now_ms: int) -> list[Effect]:
        """Takes a notice of the agent or a timer. What comes after the end changes nothing."""
        if self.state == "ended":
            return []
        match notice:
            case TextArrived():
                return self._text_arrived(notice, now_ms)
            case ContextGiven() | Compacted():
                return self._context_changed(notice, now_ms)
            case StepFinished():
                return self._step_finished(notice)
            case ToolStarted():
                return self._tool_started(notice, now_ms)
            case ToolRejected():
                return self._tool_rejected(notice)
            case ToolFinished():
                return self._tool_finished(notice, now_ms)
            case RequestExpired():
                return self._refuse(self.requests.get(notice.request_id), "expired", "timeout", now_ms)
            case AgentFinished() | AgentFailed() | AgentStopped():
                return self._ended(notice, now_ms)
        raise TypeError(f"a turn cannot take {type(notice).__name__}")

    def tool_requested(self, asked: ToolRequested, verdict: Verdict, now_ms: int) -> list[Effect]:
        """The agent wants to run a tool, and the rules say this about it."""
        if self.state != "running" or asked.call_id in self.calls:
            return [effects.Answer(asked.call_id, CANCELLED)]
        call = ToolCall.of(asked, self.text.length, is_decided=verdict.behavior != "ask")
        done = self._new_call(call)
        if verdict.behavior == "allow":
            call.state = "allowed"
            return [*done, effects.Answer(call.id, Allowed(asked.tool_input))]
        if verdict.behavior == "deny":
            call.state = "refused"
            return [*done, effects.Answer(call.id, Denied(f"Not allowed: {verdict.why}"))]
        return [*done, *self._open(requests.permission(new_id(), asked, verdict), now_ms)]

    def question_asked(self, asked: QuestionAsked, now_ms: int) -> list[Effect]:
        """A tool that runs wants to ask the person."""
        call = self.calls.get(asked.call_id)
        if self.state != "running" or call is None or call.state != "allowed":
            return [effects.Answer(asked.call_id, CANCELLED)]
        return self._open(requests.question(new_id(), asked), now_ms)

    def answer(self, command: AnswerRequest, now_ms: int) -> list[Effect] | None:
        """A person answers. None where the answer comes too late: answered, expired, cancelled, unknown."""
        request = self.requests.get(command.request_id)
        if self.state != "running" or request is None:
            return None
        if command.behavior == "deny":
            return self._refuse(request, "denied", "person", now_ms, command.message, command.answered_by)
        if not request.is_question:
            return self.requests.accept(request, command.updated_input, command.answered_by)
        answers = read_answers(request, command.updated_input)
        assert not isinstance(answers, str), "the actor has checked them"
        done = self.requests.answer(request, answers, now_ms, command.answered_by)
        return [*done, *self._goes_on(request.tool_name)]

    def decided_by_rule(self, request_id: str, verdict: Verdict, now_ms: int) -> list[Effect]:
        """A new rule decides a request that waits."""
        request = self.requests.get(request_id)
        if self.state != "running" or request is None:
            return []
        if verdict.behavior == "deny":
            return self._refuse(request, "denied", "rule", now_ms, verdict.why)
        return self._let_run(request, "rule", now_ms)

    def refused_by_rule(self, call_id: str, verdict: Verdict, now_ms: int) -> list[Effect]:
        """A rule denies what a person had allowed, with the input that the tool has now."""
        return self._refuse(self.requests.of_call(call_id), "denied", "rule", now_ms, verdict.why)

    def cancel(self, reason: Literal["cancelled", "restart"], now_ms: int) -> list[Effect]:
        """Stops the turn; it has ended when the agent says that it has stopped."""
        if self.state != "running":
            return []
        self.state = "stopping"
        self.stop_reason = reason
        decision: Decider = "person" if reason == "cancelled" else "shutdown"
        outcome: Outcome = "cancelled" if reason == "cancelled" else "expired"
        return [*self._refuse_all(outcome, decision, now_ms), effects.StopAgent()]

    def may_run(self, call_id: str) -> bool:
        """Whether a tool call that was allowed may run now."""
        call = self.calls.get(call_id)
        return self.state == "running" and call is not None and call.state == "allowed"

    def _status(self, phase: Phase, message: str) -> StatusEvent:
        return StatusEvent(
            turn_id=self.id, message_id=self.assistant_message_id, phase=phase, message=message
        )

    def _new_call(self, call: ToolCall) -> list[Effect]:
        self.calls[call.id] = call
        return [effects.Publish(call.called(self.id, self.assistant_message_id))]

    def _open(self, request: OpenRequest, now_ms: int) -> list[Effect]:
        waits = effects.Publish(self._status("waiting", request.waiting_for))
        return [*self.requests.open(request, now_ms), waits]

    def _let_run(self, request: OpenRequest, decision: Decider, now_ms: int) -> list[Effect]:
        self.calls[request.call_id].state = "allowed"
        return [*self.requests.let_run(request, decision, now_ms), *self._goes_on(request.tool_name)]

    def _goes_on(self, tool_name: str | None = None) -> list[Effect]:
        """One request is closed: nobody may go on saying that it waits."""
        if other := next((request for request in self.requests if not request.is_accepted), None):
            return [effects.Publish(self._status("waiting", other.waiting_for))]
        return [effects.Publish(self._status("tool_use", f"Using {tool_name}"))] if tool_name else []

    def _refuse(
        self,
        request: OpenRequest | None,
        outcome: Outcome,
        decision: Decider,
        now_ms: int,
        message: str | None = None,
        by: Answerer | None = None,
    ) -> list[Effect]:
        if request is None:
            return []
        if not request.is_question:
            self.calls[request.call_id].state = "refused"
        done = self.requests.refuse(request, outcome, decision, now_ms, message, by)
        return [*done, *self._goes_on()] if self.state == "running" else done

    def _refuse_all(self, outcome: Outcome, decision: Decider, now_ms: int) -> list[Effect]:
        return [done for one in self.requests for done in self._refuse(one, outcome, decision, now_ms)]

    def _text_arrived(self, notice: TextArrived, now_ms: int) -> list[Effect]:
        text = self.text.take(notice.runs, len(self.calls))
        done: list[Effect] = [effects.Keep(notice.runs)]
        if text:
            statement = messages.append_text(self.assistant_message_id, clean_text(text), now_ms)
            done.append(effects.Store(statement))
        return done

    def _step_finished(self, notice: StepFinished) -> list[Effect]:
        self.usage += notice.usage
        self.cost_usd = notice.cost_usd
        self.model_id = notice.model_id or self.model_id
        self.size = notice.size or self.size
        if not notice.blocks:
            return []
        return [effects.Store(self._step("assistant", encode(notice.blocks)))]

    def _context_changed(self, notice: ContextGiven | Compacted, now_ms: int) -> list[Effect]:
        if isinstance(notice, Compacted):
            return self._compacted(notice.compaction, now_ms)
        return [effects.Store(self._step("given", encode(notice.blocks)))]

    def _compacted(self, compaction: Compaction, now_ms: int, row_id: str | None = None) -> list[Effect]:
        row = compaction.row(row_id or new_id(), self.conversation_id, self.branch_id, self.id, now_ms)
        return [effects.Store(messages.insert(row)), effects.Publish(compaction.event(row.id, self.id))]

    def _tool_started(self, notice: ToolStarted, now_ms: int) -> list[Effect]:
        """The tool that a person allowed is about to run: only now does its row say so."""
        request = self.requests.of_call(notice.call_id)
        if self.state != "running" or request is None or not request.is_accepted:
            return []
        return self._let_run(request, "person", now_ms)

    def _tool_rejected(self, notice: ToolRejected) -> list[Effect]:
        """The call was malformed: nobody was asked, and the model gets to know why."""
        if notice.call_id in self.calls:
            return []
        call = ToolCall.malformed(notice, self.text.length)
        return [*self._new_call(call), *self._result(call, notice.result, 0)]

    def _tool_finished(self, notice: ToolFinished, now_ms: int) -> list[Effect]:
        call = self.calls.get(notice.call_id)
        if call is None or call.state == "finished":
            return []
        # A call that was accepted and could not start after all: its row must not say "allowed".
        done = self._refuse(self.requests.of_call(call.id), "cancelled", "rule", now_ms)
        call.screenshots = notice.screenshots
        shown = [
            effects.Publish(shot.event(self.id, self.assistant_message_id, call.id))
            for shot in notice.screenshots
        ]
        return [*done, *self._result(call, notice.result, notice.duration_ms), *shown]

    def _result(self, call: ToolCall, result: ToolResult, duration_ms: int) -> list[Effect]:
        event = call.finished(self.id, self.assistant_message_id, result, duration_ms)
        block = result_block(call.id, result)
        return [effects.Store(self._step("results", encode((block,)))), effects.Publish(event)]

    def _step(self, role: StepRole, blocks: str) -> Statement:
        return turns.append_step(self.conversation_id, self.id, role, blocks)

    @property
    def _asked(self) -> str | None:
        """The message that it answers."""
        return self.user_message_id

    def _ended(self, notice: AgentEnded, now_ms: int) -> list[Effect]:
        done = self._refuse_all("cancelled", "shutdown", now_ms)
        self.state = "ended"
        self.cost_usd = notice.cost_usd
        status, event = end_of(notice, self.id, self.assistant_message_id, self._asked, self.stop_reason)
        return [*done, *self._last_row(status, event, now_ms), effects.End(status, event)]

    def _last_row(self, status: TurnStatus, event: TerminalEvent, now_ms: int) -> list[Effect]:
        assert status != "running"
        metadata = answer_metadata(self, event)
        return [effects.Store(messages.finish(self.assistant_message_id, status, metadata, now_ms))]
