"""The transcript: rebuilt from the store alone, in a form that every provider takes."""

from __future__ import annotations

from typing import Any

import pytest

from actors.transcript import (
    INTERRUPTED_RESULT,
    AnyBlock,
    Entry,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
    digests,
    encode,
    rebuild,
)
from storage.records import Message, Step


def message(one: str, role: Any, content: str, turn: str = "t1", status: Any = "complete") -> Message:
    return Message(one, "c", turn, role, content, status, None, 1, 1)


def step(role: Any, *blocks: AnyBlock, turn: str = "t1") -> Step:
    return Step(turn, role, encode(blocks))


CALL = ToolCallBlock(id="call", name="Read", input={"file_path": "a"})
RESULT = ToolResultBlock(id="call", content=(TextBlock(text="content"),), digests={"/a": "d1"})


def shapes(entries: list[Entry]) -> list[tuple[str, list[str]]]:
    return [(entry.role, [type(block).__name__ for block in entry.blocks]) for entry in entries]


def test_a_whole_turn_comes_back_as_it_was() -> None:
    entries = rebuild(
        [message("u", "user", "what?"), message("a", "assistant", "Look.\n\nDone.")],
        [
            step(
                "assistant",
                ThinkingBlock(text="hm", runtime_id="x", data={"k": 1}),
                TextBlock(text="Look."),
                CALL,
            ),
            step("results", RESULT),
            step("assistant", TextBlock(text="Done.")),
        ],
    )
    assert shapes(entries) == [
        ("user", ["TextBlock"]),
        ("assistant", ["ThinkingBlock", "TextBlock", "ToolCallBlock"]),
        ("user", ["ToolResultBlock"]),
        ("assistant", ["TextBlock"]),
    ]
    assert entries[2].blocks == (RESULT,)
    assert digests(entries) == {"/a": "d1"}


def test_a_call_without_result_is_given_one_that_says_so() -> None:
    other = ToolCallBlock(id="other", name="Bash", input={})
    entries = rebuild(
        [message("u", "user", "x"), message("a", "assistant", "", status="interrupted")],
        [step("assistant", CALL, other), step("results", RESULT)],
    )
    first, second = entries[2].blocks
    assert first == RESULT
    assert isinstance(second, ToolResultBlock)
    assert (second.id, second.is_error) == ("other", True)
    assert second.content == (TextBlock(text=INTERRUPTED_RESULT),)


@pytest.mark.parametrize(
    ("content", "rest"), [("Look.", None), ("Look.\n\nAnd th", "And th"), ("Look.\n\n", None)]
)
def test_text_that_was_cut_off_is_kept(content: str, rest: str | None) -> None:
    entries = rebuild(
        [message("u", "user", "x"), message("a", "assistant", content, status="interrupted")],
        [step("assistant", TextBlock(text="Look."), CALL), step("results", RESULT)],
    )
    last = entries[-1]
    assert (last.role, last.blocks) == (
        ("assistant", (TextBlock(text=rest),)) if rest else ("user", (RESULT,))
    )


def test_a_failed_turn_without_a_word_lets_two_messages_become_one() -> None:
    entries = rebuild(
        [
            message("u1", "user", "one"),
            message("a1", "assistant", "", status="error"),
            message("u2", "user", "two", turn="t2"),
        ],
        [],
    )
    assert shapes(entries) == [("user", ["TextBlock", "TextBlock"])]


def test_system_rows_are_for_people_alone() -> None:
    rows = [message("u", "user", "x"), message("s", "system", "permission?"), message("a", "assistant", "y")]
    assert shapes(rebuild(rows, [])) == [("user", ["TextBlock"]), ("assistant", ["TextBlock"])]


def test_a_digest_is_forgotten_when_it_is_taken_back() -> None:
    gone = ToolResultBlock(id="x", content=(), digests={"/a": ""})
    assert digests([Entry("user", (RESULT,)), Entry("user", (gone,))]) == {}


def test_lone_surrogates_do_not_stop_the_store() -> None:
    blocks = (TextBlock(text="a\ud800b"), ToolCallBlock(id="1", name="x", input={"\udfff": ["\ud83d"]}))
    text = encode(blocks)
    text.encode()
    assert "a\ufffdb" in text
