"""AskUserQuestion: the agent asks the person instead of guessing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import Meta

from actors.tools.base import StructTool, Subject, Text, ToolContext, ToolInput, ToolResult, Workspace
from actors.tools.summaries import one_line

NOT_KEPT = "[secret: the person gave it to you, but it is not kept]"
_NO_ANSWER = "(no answer)"


class Option(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer to choose."""

    label: Annotated[str, Meta(min_length=1, description="The answer, in a few words.")]
    description: Annotated[str, Meta(description="What choosing it means.")] = ""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One question."""

    question: Annotated[str, Meta(min_length=1, description="The whole question.")]
    header: Annotated[
        str, Meta(min_length=1, description="A label of at most 12 characters, such as Database.")
    ]
    options: Annotated[
        tuple[Option, ...],
        Meta(
            max_length=8,
            description="2 to 8 answers to choose from; leave it out for an answer in free text.",
        ),
    ] = ()
    multi_select: Annotated[bool, Meta(description="Several answers may be chosen.")] = False
    is_secret: Annotated[
        bool,
        Meta(description="The answer is a secret such as a password: it is shown to you, but never stored."),
    ] = False
    id: Annotated[
        Annotated[str, Meta(min_length=1)] | None,
        Meta(description="A name for the answer, unique in the call; the question itself if left out."),
    ] = None

    @property
    def key(self) -> str:
        """What the answer is known by."""
        return self.id or self.question

    def __post_init__(self) -> None:
        if len(self.options) == 1:
            raise ValueError(f"{self.question!r} has one option; give 2 to 8, or none for free text")
        if twice := _twice(option.label for option in self.options):
            raise ValueError(f"{self.question!r} has the option {twice!r} twice")


class AskUserQuestionInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to ask."""

    questions: Annotated[
        tuple[Question, ...],
        Meta(min_length=1, max_length=4, description="1 to 4 questions, asked together."),
    ]

    def __post_init__(self) -> None:
        if twice := _twice(question.key for question in self.questions):
            raise ValueError(f"two questions have the id {twice!r}; give each one an id of its own")


class AskUserQuestion(StructTool[AskUserQuestionInput]):
    """Asks the person who follows the turn."""

    name: ClassVar[str] = "AskUserQuestion"
    description: ClassVar[str] = (
        "Asks the person 1 to 4 questions and waits for the answers. Use it when a decision is theirs to take or"
        " something only they know is missing, not to ask for permission to use a tool."
    )
    input_type = AskUserQuestionInput
    only_reads: ClassVar[bool] = True

    def subject(self, tool_input: AskUserQuestionInput, workspace: Workspace) -> Subject:  # noqa: ARG002
        """Nothing is touched."""
        return Subject(self.name, workspace.root, only_reads=True, touches_nothing=True)

    def summary(self, tool_input: AskUserQuestionInput, workspace: Workspace) -> str:  # noqa: ARG002
        """The first question."""
        return one_line(tool_input.questions[0].question)

    def diff(self, tool_input: AskUserQuestionInput, workspace: Workspace) -> None:
        """Nothing changes."""

    async def run(self, tool_input: AskUserQuestionInput, context: ToolContext) -> ToolResult:
        """Each question with its answer; of a secret one, only that it was given is kept."""
        asked = tuple(_asked(question) for question in tool_input.questions)
        answers = await context.ask(asked)
        given = "\n\n".join(_shown(question, answers) for question in tool_input.questions)
        kept = "\n\n".join(_shown(question, _kept(question, answers)) for question in tool_input.questions)
        return ToolResult((Text(given),), kept=(Text(kept),) if kept != given else None)


def _asked(question: Question) -> Mapping[str, Any]:
    return {**msgspec.to_builtins(question), "id": question.key}


def _shown(question: Question, answers: Mapping[str, str]) -> str:
    given = answers.get(question.key, "")
    answer = given if question.is_secret else given.strip()
    return f"Question: {question.question}\nAnswer: {answer if answer.strip() else _NO_ANSWER}"


def _kept(question: Question, answers: Mapping[str, str]) -> Mapping[str, str]:
    if question.is_secret and answers.get(question.key, "").strip():
        return {question.key: NOT_KEPT}
    return answers


def _twice(texts: Iterable[str]) -> str | None:
    return next((text for text, count in Counter(texts).items() if count > 1), None)
