"""Carries out what a turn decides: rows to the archive, events to the sink, answers to the agent, timers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, Literal

import pykka
from msgspec.structs import replace

from actors import effects, permissions, requests
from actors.bridge import Reply, tell
from actors.conversation_writer import ConversationWriter
from actors.effects import Effect
from actors.errors import InvalidInputError, ToolError
from actors.events import TurnState
from actors.messages import Accepted, AnswerRequest, RuleUsed
from actors.notices import (
    AgentFailed,
    AgentStopped,
    Denied,
    QuestionAsked,
    RequestExpired,
    StepFinished,
    ToolRequested,
    ToolStarted,
)
from actors.permissions import Rule, Verdict
from actors.surroundings import Surroundings
from actors.task_runs import TaskRuns
from actors.tools.base import Subject
from actors.turn import Turn
from storage import conversations, turns, usage
from storage.records import Conversation, TurnUsage
from storage.times import now_ms

logger = logging.getLogger(__name__)


class TurnRunner:
    """One turn in its conversation's thread.

    Args:
        turn: what decides.
        conversation: the record as it was when the turn started.
        actor: the conversation's actor.
        around: whom it works with.
        writer: where rows and events go.
        task_runs: the tasks that run in the conversation.
        on_end: called once, when the last event is on its way.
    """

    def __init__(
        self,
        turn: Turn,
        conversation: Conversation,
        actor: pykka.ActorRef[Any],
        around: Surroundings,
        writer: ConversationWriter,
        task_runs: TaskRuns,
        on_end: Callable[[], None],
    ) -> None:
        self.turn = turn
        self._conversation = conversation
        self._actor = actor
        self._around = around
        self._rules = around.rules
        self._writer = writer
        self._task_runs = task_runs
        self._on_end = on_end
        self._decisions: dict[str, Reply[Any]] = {}
        self._failure: AgentFailed | None = None
        self._shown: tuple[TurnState, int] | None = None

    def begin(self, client_message_id: str | None, *, was_queued: bool) -> Accepted:
        """Publishes the first events; what is stored with them is the caller's to add and to flush."""
        seqs: list[int] = []
        for effect in self.turn.begin(client_message_id, was_queued=was_queued):
            assert isinstance(effect, effects.Publish)
            seqs.append(self._writer.publish(effect.event))
        turn = self.turn
        return Accepted(turn.id, turn.user_message_id, turn.assistant_message_id, seqs[0] - 1)

    def receive(self, notice: object) -> None:
        """Takes a notice of the agent or a timer."""
        if isinstance(notice, AgentStopped) and self._failure is not None:
            notice = replace(self._failure, cost_usd=notice.cost_usd)
        at = now_ms()
        done = self.turn.receive(notice, at)
        if isinstance(notice, StepFinished):
            self._writer.add(usage.put(self._usage(at)))
        self._perform(done)

    def fail(self, message: str, code: str) -> None:
        """Ends the turn with an error, once its agent has stopped."""
        if self.turn.state == "running" and self._failure is None:
            self._failure = AgentFailed(self.turn.id, message, code, None)
            self._around.agents.stop_turn(self.turn.id)

    def end_now(self, message: str, code: str) -> None:
        """Ends the turn with an error without waiting for its agent."""
        self._around.agents.stop_turn(self.turn.id)
        self._perform(
            self.turn.receive(AgentFailed(self.turn.id, message, code, self.turn.cost_usd), now_ms())
        )
        for reply in self._decisions.values():
            reply.set(Denied(message))
        self._decisions.clear()

    def cancel(self, reason: Literal["cancelled", "restart"]) -> None:
        """Stops the agent; the turn ends when it has stopped."""
        self._perform(self.turn.cancel(reason, now_ms()))

    def tool_requested(self, asked: ToolRequested) -> Reply[Any]:
        """The answer to an agent that wants to run a tool."""
        verdict = self._judge(asked.subject)
        if verdict.behavior != "ask":
            self._count(verdict)
        reply = self._decisions.setdefault(asked.call_id, Reply())
        self._perform(self.turn.tool_requested(asked, verdict, now_ms()))
        return reply

    def question_asked(self, asked: QuestionAsked) -> Reply[Any]:
        """The answer to a tool that asks the person."""
        reply = self._decisions.setdefault(asked.call_id, Reply())
        self._perform(self.turn.question_asked(asked, now_ms()))
        return reply

    def tool_started(self, notice: ToolStarted) -> bool:
        """Whether a tool that a person allowed may run, with the input that it has now."""
        verdict = self._judge(notice.subject)
        if verdict.behavior == "deny":
            self._count(verdict)
            self._perform(self.turn.refused_by_rule(notice.call_id, verdict, now_ms()))
        self._perform(self.turn.receive(notice, now_ms()))
        return self.turn.may_run(notice.call_id)

    def answer(self, command: AnswerRequest) -> bool:
        """A person's answer; True where it comes too late. Raises InvalidInputError."""
        request = self.turn.requests.get(command.request_id)
        if request is not None and command.behavior == "allow":
            _check_input(request, command.updated_input)
        done = self.turn.answer(command, now_ms())
        if done is None:
            return True
        self._perform(done)
        return False

    def rules_changed(self, rules: tuple[Rule, ...]) -> None:
        """Takes the new rules; a request that they decide waits no longer."""
        self._rules = rules
        for request in self.turn.requests:
            if request.subject is not None and not request.is_accepted:
                verdict = self._judge(request.subject)
                if verdict.behavior != "ask" and verdict.rule is not None:
                    self._count(verdict)
                    self._perform(self.turn.decided_by_rule(request.id, verdict, now_ms()))

    def _judge(self, subject: Subject) -> Verdict:
        return permissions.decide(
            self._rules, subject, project_id=self._conversation.project_id, now_ms=now_ms()
        )

    def _count(self, verdict: Verdict) -> None:
        if verdict.rules:
            tell(self._around.parent, RuleUsed(tuple(rule.id for rule in verdict.rules)))

    def _perform(self, done: Iterable[Effect]) -> None:
        for effect in done:
            match effect:
                case effects.Publish(event):
                    self._writer.publish(event)
                case effects.Keep(runs):
                    self._writer.keep(self.turn.id, runs)
                case effects.Store(statement):
                    self._writer.add(statement)
                case effects.Answer(call_id, decision):
                    self._decisions.pop(call_id, Reply()).set(decision)
                case effects.StartTimer(request_id):
                    self._start_timer(request_id)
                case effects.StopTimer(request_id):
                    self._around.agents.stop_timer(request_id)
                case effects.StopAgent():
                    self._around.agents.stop_turn(self.turn.id)
                case effects.End():
                    self._end(effect)
        self._writer.flush()
        self.show_state()
        if self.turn.state == "ended":
            on_end, self._on_end = self._on_end, _nothing
            on_end()

    def _start_timer(self, request_id: str) -> None:
        timeout_s = self._around.options.permission_timeout_s
        if timeout_s > 0:
            self._around.agents.start_timer(request_id, timeout_s, self._actor, RequestExpired(request_id))

    def _end(self, effect: effects.End) -> None:
        turn, at = self.turn, now_ms()
        logger.info("the turn ends: %s", effect.status)
        runtime = self._conversation.runtime_id
        self._around.measures.turn_ended(runtime, effect.status, turn.usage, turn.cost_usd)
        seq = self._writer.publish(effect.event, is_last=True)
        self._writer.add(turns.end(turn.id, effect.status, seq, at))
        self._task_runs.ended(turn.user_message_id, turn.assistant_message_id, effect.event, at)
        self._writer.add(
            conversations.add_usage(
                turn.conversation_id, turn.usage.input_tokens, turn.usage.output_tokens, turn.cost_usd
            )
        )
        self._writer.add(usage.put(self._usage(at)))
        changes: dict[str, str | int | float | bytes | None] = {"last_outcome": effect.status}
        is_summary = turn.user_message_id == turn.assistant_message_id
        is_stopped = effect.status == "interrupted" and turn.stop_reason == "cancelled"
        if not is_summary and not is_stopped:  # there is something that nobody has seen
            changes["is_unread"] = True
        if turn.text.start.strip():
            changes["preview"] = conversations.preview_of(turn.text.start)
        self._writer.add(conversations.update(turn.conversation_id, changes, at), changes_list=True)

    def _usage(self, at: int) -> TurnUsage:
        turn, conversation = self.turn, self._conversation
        return TurnUsage(
            turn_id=turn.id,
            at=at,
            conversation_id=turn.conversation_id,
            project_id=conversation.project_id,
            runtime_id=conversation.runtime_id,
            model_id=turn.model_id,
            input_tokens=turn.usage.input_tokens,
            output_tokens=turn.usage.output_tokens,
            cache_read_tokens=turn.usage.cache_read_tokens,
            cache_write_tokens=turn.usage.cache_write_tokens,
            cost_usd=turn.cost_usd,
        )

    def show_state(self) -> None:
        """Tells the sink what the conversation is doing, where that has changed."""
        if self.turn.state == "ended":
            state: TurnState = "idle"
        else:
            state = "waiting" if self.turn.requests.waiting else "running"
        shown = state, self.turn.requests.waiting
        if shown != self._shown:  # each time wakes the event loop
            self._shown = shown
            self._around.sink.turn_changed(self.turn.conversation_id, *shown)


def _check_input(request: requests.OpenRequest, updated_input: Any) -> None:
    if request.is_question:
        problem = requests.read_answers(request, updated_input)
        if isinstance(problem, str):
            raise InvalidInputError(problem)
        return
    if updated_input is not None and request.parse is not None:
        try:
            request.parse(updated_input)
        except ToolError as error:
            raise InvalidInputError(str(error)) from error


def _nothing() -> None:
    """Stands in for what was called already."""
