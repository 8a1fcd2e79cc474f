"""The requests of a turn that wait for a person: how each is opened, accepted, answered or refused, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from actors import effects, requests
from actors.effects import Effect
from actors.events import Answerer, Decider, Outcome
from actors.notices import Allowed, Answered, Denied
from actors.requests import OpenRequest

CANCELLED = Denied("The turn was cancelled.")


class OpenRequests:
    """Requests by id, in the order in which they were opened."""

    def __init__(self, conversation_id: str, branch_id: str) -> None:
        self._conversation_id = conversation_id
        self._branch_id = branch_id
        self._open: dict[str, OpenRequest] = {}

    def __iter__(self) -> Iterator[OpenRequest]:
        return iter(tuple(self._open.values()))

    @property
    def waiting(self) -> int:
        """How many wait for a person."""
        return sum(not request.is_accepted for request in self._open.values())

    def get(self, request_id: str) -> OpenRequest | None:
        """The request, if it still waits for a person."""
        request = self._open.get(request_id)
        return None if request is None or request.is_accepted else request

    def of_call(self, call_id: str) -> OpenRequest | None:
        """The request of a tool call, if it has an open one."""
        return next((request for request in self._open.values() if request.call_id == call_id), None)

    def open(self, request: OpenRequest, at: int) -> list[Effect]:
        """A person is asked."""
        self._open[request.id] = request
        return [
            effects.Store(request.row(self._conversation_id, self._branch_id, at)),
            effects.Publish(request.event()),
            effects.StartTimer(request.id),
        ]

    def accept(self, request: OpenRequest, updated_input: Any, by: Answerer | None) -> list[Effect]:
        """A person allows a tool call. Its row says so only when the tool is about to run."""
        tool_input = request.tool_input if updated_input is None else updated_input
        self._open[request.id] = request.accepted(tool_input, by)
        return [
            effects.StopTimer(request.id),
            effects.Answer(request.call_id, Allowed(tool_input, by_person=True)),
        ]

    def let_run(self, request: OpenRequest, decision: Decider, at: int) -> list[Effect]:
        """The tool runs: because a person had allowed it, or because a rule does now."""
        del self._open[request.id]
        by = request.accepted_by if decision == "person" else None
        statement, event = request.resolved("allowed", decision, at, by, toolInput=request.tool_input)
        done: list[Effect] = [
            effects.StopTimer(request.id),
            effects.Store(statement),
            effects.Publish(event),
        ]
        if not request.is_accepted:
            done.append(effects.Answer(request.call_id, Allowed(request.tool_input)))
        return done

    def answer(
        self, request: OpenRequest, answers: dict[str, str], at: int, by: Answerer | None
    ) -> list[Effect]:
        """A person answers a question. Secrets go to the agent alone."""
        del self._open[request.id]
        shown = requests.shown_answers(request, answers)
        statement, event = request.resolved("answered", "person", at, by, answers=shown)
        return [
            effects.StopTimer(request.id),
            effects.Store(statement),
            effects.Publish(event),
            effects.Answer(request.call_id, Answered(answers)),
        ]

    def refuse(
        self,
        request: OpenRequest,
        outcome: Outcome,
        decision: Decider,
        at: int,
        message: str | None = None,
        by: Answerer | None = None,
    ) -> list[Effect]:
        """The request ends without its tool being run."""
        del self._open[request.id]
        statement, event = request.resolved(outcome, decision, at, by, message=message)
        done: list[Effect] = [
            effects.StopTimer(request.id),
            effects.Store(statement),
            effects.Publish(event),
        ]
        if not request.is_accepted:
            done.append(effects.Answer(request.call_id, _refusal(request, outcome, message)))
        return done


def _refusal(request: OpenRequest, outcome: Outcome, message: str | None) -> Denied:
    """What the model gets to know."""
    if outcome == "expired":
        return Denied("Nobody answered in time, so it was not done.")
    if outcome == "cancelled":
        return CANCELLED
    what = "The person declined to answer." if request.is_question else "The person did not allow this."
    return Denied(f"{what} They say: {message}" if message else what)
