"""Secrets of a person: in nothing that leaves the agent, however it is cut, and back in what a tool gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.given_secrets import GivenSecrets
from actors.notices import AgentFailed, StepFinished, ToolFinished, ToolRequested, Usage
from actors.tools.base import Subject, Text, ToolResult
from actors.transcript import TextBlock, ThinkingBlock, ToolCallBlock


def secrets(*given: str) -> GivenSecrets:
    known = GivenSecrets()
    known.add(given)
    return known


def test_a_secret_is_hidden_everywhere_in_a_value_and_revealed_again() -> None:
    known = secrets("hunter2", "hunter2-long")
    value = {"a": ["x hunter2-long y", {"hunter2": 1}], "b": None}
    hidden = known.hide(value)
    assert hidden == {"a": ["x [secret 2] y", {"[secret]": 1}], "b": None}
    assert known.reveal(hidden) == value
    assert not GivenSecrets()
    assert GivenSecrets().hide(value) == value


def test_what_is_too_short_to_be_told_from_words_stays() -> None:
    known = secrets("abc", "")
    assert not known
    assert known.hide("abc") == "abc"


@given(st.text("ab", max_size=30), st.text("ab", min_size=4, max_size=8), st.data())
def test_a_stream_shows_the_same_however_it_is_cut(text: str, secret: str, data: Any) -> None:
    known = secrets(secret)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    shown = "".join(known.passing("delta", piece) for piece in pieces)
    shown += "".join(rest for _, rest in known.held())
    assert secret not in shown
    assert shown == known.hide(text)


def test_streams_do_not_mix_and_each_ends_with_its_own_notice() -> None:
    known = secrets("hunter2")
    assert known.passing("delta", "say hunt") == "say "
    assert known.passing("call", "out hunter") == "out "
    assert known.held(ToolFinished("t", "call", ToolResult(()), 1)) == [("call", "hunter")]
    assert known.held(AgentFailed("t", "x", "y", None)) == []
    assert known.held(StepFinished("t", (), Usage(), None, None)) == [("delta", "hunt")]
    assert known.held() == []


def test_a_step_is_kept_without_secrets_and_without_reasoning_that_names_one() -> None:
    known = secrets("hunter2")
    step = StepFinished(
        "t",
        (
            ThinkingBlock(text="use hunter2", runtime_id="r", data={"signature": "s"}),
            ThinkingBlock(text="fine", runtime_id="r"),
            TextBlock(text="with hunter2"),
            ToolCallBlock(id="c", name="Bash", input={"command": "login hunter2"}),
        ),
        Usage(),
        None,
        None,
    )
    assert known.hidden(step).blocks == (
        ThinkingBlock(text="fine", runtime_id="r"),
        TextBlock(text="with [secret]"),
        ToolCallBlock(id="c", name="Bash", input={"command": "login [secret]"}),
    )
    assert GivenSecrets().hidden(step) is step


def test_a_request_shows_stand_ins_and_is_judged_by_what_it_really_is() -> None:
    subject = Subject("Bash", Path("/w"), command="login hunter2")
    asked = ToolRequested(
        "t", "c", "Bash", {"command": "login hunter2"}, "login hunter2", subject, str, "+hunter2"
    )
    hidden = secrets("hunter2").hidden(asked)
    assert (hidden.tool_input, hidden.summary, hidden.diff) == (
        {"command": "login [secret]"},
        "login [secret]",
        "+[secret]",
    )
    assert hidden.subject == subject
    assert hidden.hide is not None
    assert hidden.hide("No rule covers `login hunter2`.") == "No rule covers `login [secret]`."


@pytest.mark.parametrize("known", [GivenSecrets(), secrets("other secret")])
def test_what_a_tool_does_not_want_kept_is_never_kept(known: GivenSecrets) -> None:
    result = ToolResult((Text("abc"),), kept=(Text("[kept]"),))
    hidden = known.hidden(ToolFinished("t", "c", result, 1))
    assert hidden.result.text == "[kept]"
    assert hidden.result.kept is None
    assert "abc" not in repr(hidden)
