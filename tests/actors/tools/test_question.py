"""Questions reach the person as they are, and secrets go nowhere."""

from __future__ import annotations

import pytest

from actors.tools.base import ToolError
from actors.tools.question import NOT_KEPT, AskUserQuestion
from tests.actors.tools.context import RealContext

COLOUR = {
    "question": "Which colour?",
    "header": "Colour",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue"}],
}
NAME = {"question": "What is it called?", "header": "Name", "id": "name"}
PASSWORD = {"question": "The password?", "header": "Password", "isSecret": True, "id": "pw"}


@pytest.fixture
def context(tmp_path):
    return RealContext(tmp_path)


def test_questions_are_asked_as_they_are_and_answers_come_back(context):
    context.answers = {"Which colour?": "Red, Blue", "name": " Fred "}
    result = context.run(AskUserQuestion(), questions=[{**COLOUR, "multiSelect": True}, NAME])
    assert context.asked == (
        {
            "id": "Which colour?",
            "question": "Which colour?",
            "header": "Colour",
            "options": ({"label": "Red", "description": "warm"}, {"label": "Blue", "description": ""}),
            "multiSelect": True,
            "isSecret": False,
        },
        {
            "id": "name",
            "question": "What is it called?",
            "header": "Name",
            "options": (),
            "multiSelect": False,
            "isSecret": False,
        },
    )
    assert result.text == (
        "Question: Which colour?\nAnswer: Red, Blue\n\nQuestion: What is it called?\nAnswer: Fred"
    )
    assert not result.is_error


def test_a_secret_answer_is_for_the_model_and_is_not_kept(context):
    context.answers = {"pw": " hunter2", "name": "Fred"}
    result = context.run(AskUserQuestion(), questions=[PASSWORD, NAME])
    assert result.text == (
        "Question: The password?\nAnswer:  hunter2\n\nQuestion: What is it called?\nAnswer: Fred"
    )
    [kept] = result.kept
    assert kept.text == (
        f"Question: The password?\nAnswer: {NOT_KEPT}\n\nQuestion: What is it called?\nAnswer: Fred"
    )


def test_without_a_secret_all_is_kept(context):
    context.answers = {"pw": "", "name": "Fred"}
    assert context.run(AskUserQuestion(), questions=[PASSWORD, NAME]).kept is None


def test_an_empty_answer_is_no_answer(context):
    context.answers = {"pw": "", "name": "  "}
    text = context.run(AskUserQuestion(), questions=[PASSWORD, NAME]).text
    assert text.count("Answer: (no answer)") == 2


def test_when_nobody_answers_the_call_fails(context):
    context.answers = ToolError("Nobody answered in time.")
    assert context.refused(AskUserQuestion(), questions=[NAME]) == "Nobody answered in time."


@pytest.mark.parametrize(
    ("questions", "why"),
    [
        ([], "length >= 1"),
        ([{**NAME, "id": str(n)} for n in range(5)], "length <= 4"),
        ([NAME, {**COLOUR, "id": "name"}], "two questions have the id 'name'"),
        ([COLOUR, COLOUR], "two questions have the id 'Which colour?'"),
        ([{**NAME, "options": [{"label": "one"}]}], "has one option; give 2 to 8"),
        ([{**NAME, "options": [{"label": str(n)} for n in range(9)]}], "length <= 8"),
        ([{**NAME, "options": [{"label": "a"}, {"label": "a"}]}], "has the option 'a' twice"),
        ([{**NAME, "question": ""}], "length >= 1"),
        ([{"question": "No header?"}], "`header`"),
        ([{**NAME, "multiple": True}], "`multiple`"),
    ],
)
def test_malformed_questions_are_refused(context, questions, why):
    context.answers = {"name": "x"}
    assert why in context.refused(AskUserQuestion(), questions=questions)
    assert context.asked == ()


@pytest.mark.parametrize("count", [2, 8])
def test_two_to_eight_options_are_fine(context, count):
    context.answers = {"name": "1"}
    options = [{"label": str(n)} for n in range(count)]
    assert "Answer: 1" in context.run(AskUserQuestion(), questions=[{**NAME, "options": options}]).text


def test_the_summary_is_the_first_question_and_nothing_is_touched(context):
    tool_input = AskUserQuestion().parse({"questions": [COLOUR, NAME]})
    assert AskUserQuestion().summary(tool_input, context.workspace) == "Which colour?"
    subject = AskUserQuestion().subject(tool_input, context.workspace)
    assert (subject.paths, subject.command, subject.only_reads) == ((), None, True)
