"""The text of an answer: how it starts, and what the model thought where."""

from __future__ import annotations

from actors.answer_text import KEPT_START, MAX_THINKING_LENGTH, AnswerText
from actors.notices import Run


def says(*pieces: str) -> Run:
    return Run("delta", 1, b"", pieces)


def thinks(*pieces: str) -> Run:
    return Run("thinking", 1, b"", pieces)


def test_a_thought_knows_its_place() -> None:
    text = AnswerText()
    assert (
        text.take((thinks("The ", "file first."), says("I'll read "), says("it 🎉.")), 0)
        == "I'll read it 🎉."
    )
    text.take((thinks("It is empty."),), 1)
    text.take((thinks(" So what?"), says("Empty.")), 1)
    assert [thought.kept() for thought in text.thoughts] == [
        {"offset": 0, "callsBefore": 0, "text": "The file first.", "isShortened": False},
        {"offset": 15, "callsBefore": 1, "text": "It is empty. So what?", "isShortened": False},
    ]
    assert text.length == 21


def test_the_output_of_tools_and_other_events_are_no_text() -> None:
    text = AnswerText()
    assert text.take((Run("tool_output", 1, b"", ("out",)), Run(None, 2, b"{}")), 0) == ""
    assert (text.length, text.start, text.thoughts) == (0, "", [])


def test_thoughts_take_so_much_room_and_no_more() -> None:
    text = AnswerText()
    text.take((thinks("a" * (MAX_THINKING_LENGTH - 1)),), 0)
    text.take((thinks("bcd"),), 1)
    text.take((thinks("e"), says("x" * 2 * KEPT_START)), 2)
    first, second, third = (thought.kept() for thought in text.thoughts)
    assert not first["isShortened"]
    assert (second["text"], second["isShortened"]) == ("b", True)
    assert (third["text"], third["isShortened"]) == ("", True)
    assert text.start == "x" * KEPT_START
