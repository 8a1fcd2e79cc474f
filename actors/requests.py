"""What waits for a person: permission requests and questions, each a row that people see."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import asdict, replace

from actors.event_encoding import clean, shortened
from actors.events import (
    Answerer,
    Decider,
    Event,
    Outcome,
    PermissionRequestEvent,
    QuestionEvent,
    RequestResolvedEvent,
)
from actors.messages import AnswerRequest
from actors.notices import QuestionAsked, ToolRequested
from actors.permissions import Verdict, suggest_pattern
from storage import messages
from storage.records import Message, MessageStatus
from storage.statements import Statement

if TYPE_CHECKING:
    from actors.tools.base import Subject

MAX_DIFF_LENGTH = 16_384
"""A longer diff is cut in events; the message row has all of it."""

MAX_ANSWER_LENGTH = 20_000

SECRET = "[secret]"  # noqa: S105  (what stands in place of one)


class OpenRequest(msgspec.Struct, frozen=True):
    """A request that is open, or was accepted and its tool is about to run.

    Attributes:
        id: also the id of its message row.
        subject: what the tool call would touch; None for a question.
        tool_input: what the tool will get; a person may have changed it.
        parse: validates an input that a person has changed; raises ToolError.
        accepted_by: the client in which a person accepted it.
    """

    id: str
    turn_id: str
    call_id: str
    tool_name: str
    tool_input: Any
    subject: Subject | None
    metadata: Mapping[str, Any]
    parse: Callable[[Any], object] | None = None
    is_accepted: bool = False
    accepted_by: Answerer | None = None

    @property
    def is_question(self) -> bool:
        """Whether it waits for answers, not for a permission."""
        return self.subject is None

    @property
    def waiting_for(self) -> str:
        """What people read while it is open."""
        return (
            "Waiting for an answer" if self.is_question else f"Waiting for permission to use {self.tool_name}"
        )

    def accepted(self, tool_input: Any, by: Answerer | None) -> OpenRequest:
        """The request after a person allowed it, with this input."""
        return replace(self, tool_input=tool_input, is_accepted=True, accepted_by=by)

    def row(self, conversation_id: str, branch_id: str, at: int) -> Statement:
        """The message row that people see."""
        content = str(self.metadata.get("summary") or self.metadata.get("content") or "")
        return messages.insert(
            Message(
                id=self.id,
                conversation_id=conversation_id,
                turn_id=self.turn_id,
                role="system",
                content=content,
                status="pending",
                metadata=_json(self.metadata),
                created_at=at,
                updated_at=at,
                branch_id=branch_id,
            )
        )

    def event(self) -> Event:
        """The event that tells people about it."""
        if self.is_question:
            return QuestionEvent(
                turn_id=self.turn_id,
                message_id=self.id,
                request_id=self.id,
                tool_call_id=self.call_id,
                questions=self.metadata["questions"],
            )
        tool_input, is_shortened = shortened(self.tool_input)
        diff = self.metadata["diff"]
        is_cut = diff is not None and len(diff) > MAX_DIFF_LENGTH
        return PermissionRequestEvent(
            turn_id=self.turn_id,
            message_id=self.id,
            request_id=self.id,
            tool_call_id=self.call_id,
            tool_name=self.tool_name,
            tool_input=tool_input,
            summary=self.metadata["summary"],
            diff=diff[:MAX_DIFF_LENGTH] if is_cut else diff,
            suggested_pattern=self.metadata["suggestedPattern"],
            why=self.metadata["why"],
            is_shortened=is_shortened or is_cut,
        )

    def resolved(
        self, outcome: Outcome, decision: Decider, at: int, by: Answerer | None = None, **extra: Any
    ) -> tuple[Statement, RequestResolvedEvent]:
        """How its row and the people who follow learn that it is over."""
        status: MessageStatus = "complete" if outcome in {"allowed", "answered"} else "error"
        metadata = {
            **self.metadata,
            "outcome": outcome,
            "decision": decision,
            "answeredBy": None if by is None else asdict(by),
            **extra,
        }
        return (
            messages.finish(self.id, status, _json(metadata), at),
            RequestResolvedEvent(
                turn_id=self.turn_id,
                message_id=self.id,
                request_id=self.id,
                decision=decision,
                outcome=outcome,
                answered_by=by,
            ),
        )


def permission(request_id: str, asked: ToolRequested, verdict: Verdict) -> OpenRequest:
    """The request for a tool call that nobody has decided yet."""
    hide = asked.hide or str
    pattern = suggest_pattern(asked.subject)
    return OpenRequest(
        id=request_id,
        turn_id=asked.turn_id,
        call_id=asked.call_id,
        tool_name=asked.tool_name,
        tool_input=asked.tool_input,
        subject=asked.subject,
        parse=asked.parse,
        metadata={
            "type": "permission_request",
            "requestId": request_id,
            "toolCallId": asked.call_id,
            "toolName": asked.tool_name,
            "toolInput": asked.tool_input,
            "summary": asked.summary,
            "diff": asked.diff,
            "suggestedPattern": pattern if pattern is not None and hide(pattern) == pattern else None,
            "why": hide(verdict.why),
            "outcome": None,
            "decision": None,
            "answeredBy": None,
        },
    )


def question(request_id: str, asked: QuestionAsked) -> OpenRequest:
    """The request for the person's answers."""
    questions = [dict(item) for item in asked.questions]
    return OpenRequest(
        id=request_id,
        turn_id=asked.turn_id,
        call_id=asked.call_id,
        tool_name="AskUserQuestion",
        tool_input={"questions": questions},
        subject=None,
        metadata={
            "type": "question",
            "requestId": request_id,
            "toolCallId": asked.call_id,
            "questions": questions,
            "content": questions[0]["question"],
            "outcome": None,
            "decision": None,
            "answeredBy": None,
        },
    )


def read_answers(request: OpenRequest, updated_input: Any) -> dict[str, str] | str:
    """The person's answers by question id, or what is wrong with them, in words for the person.

    An answer may be given under the question's id or its text.
    """
    given = updated_input.get("answers") if isinstance(updated_input, dict) else None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        return "updatedInput must be an object with `answers`, an object of texts by question id or question."
    answers: dict[str, str] = {}
    for item in request.metadata["questions"]:
        key = item.get("id") or item["question"]
        answer = given.get(key, given.get(item["question"]))
        if answer is None:
            return f"The answer to {item['question']!r} is missing."
        if len(answer) > MAX_ANSWER_LENGTH:
            return f"The answer to {item['question']!r} is longer than {MAX_ANSWER_LENGTH:,} characters."
        answers[key] = answer
    return answers


def shown_answers(request: OpenRequest, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as they may be kept: without secrets."""
    secret = {
        item.get("id") or item["question"] for item in request.metadata["questions"] if item.get("isSecret")
    }
    return {key: SECRET if key in secret and value.strip() else value for key, value in answers.items()}


def late(command: AnswerRequest, at: int) -> Statement:
    """What the row of a request that is over keeps of an answer that changes nothing any more."""
    by = "null" if command.answered_by is None else _json(asdict(command.answered_by))
    return messages.note_late_answer(command.request_id, command.behavior, by, at)


def _json(metadata: Mapping[str, Any]) -> str:
    return json.dumps(clean(dict(metadata)), ensure_ascii=False, separators=(",", ":"))
