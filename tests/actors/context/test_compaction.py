"""Compaction, without a model: where the history is cut, what is shortened, what is given to be summarised."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors import tokens
from actors.context import summary
from actors.context.compaction import Compaction, choose, last_of
from actors.context.history import with_prelude
from actors.context.shortening import LONG, shortened, without_middle
from actors.transcript import (
    ContextBlock,
    Cut,
    Entry,
    ImageBlock,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    ToolResultBlock,
    encode,
    rebuild,
)
from storage.records import Message, Step

THOUSAND = "x" * 3_600
"""A thousand tokens."""


def message(one: str, role: Any, content: str, turn: str, **fields: Any) -> Message:
    return Message(one, "c", turn, role, content, "complete", fields.pop("metadata", None), 1, 1, **fields)


def talk(turns: int, reads: int = 0) -> tuple[list[Message], list[Step]]:
    """Turns of a question, some tool calls, and an answer."""
    rows: list[Message] = []
    steps: list[Step] = []
    for number in range(turns):
        turn = f"t{number}"
        rows.append(message(f"u{number}", "user", f"question {number}", turn))
        rows.append(message(f"a{number}", "assistant", f"answer {number}", turn, parent_id=f"u{number}"))
        for read in range(reads):
            call = ToolCallBlock(id=f"{turn}-{read}", name="Read", input={})
            result = ToolResultBlock(id=call.id, content=(TextBlock(text=f"result {turn}-{read}"),))
            steps += [Step(turn, "assistant", encode((call,))), Step(turn, "results", encode((result,)))]
        steps.append(Step(turn, "assistant", encode((TextBlock(text=f"answer {number}"),))))
    return rows, steps


def all_cuts(entries: list[Entry]) -> list[Cut]:
    return [entry.cut for entry in entries if entry.cut is not None]


@pytest.mark.parametrize("reads", [0, 1, 3])
def test_the_history_can_be_cut_behind_each_step_and_nowhere_else(reads: int) -> None:
    rows, steps = talk(3, reads)
    whole = rebuild(rows, steps)
    assert [(cut.message_id, cut.steps) for cut in all_cuts(whole)] == [
        (f"a{number}", step) for number in range(3) for step in range(1, reads + 2)
    ]
    for place, entry in enumerate(whole, 1):
        if entry.cut is not None:
            assert rebuild(rows, steps, entry.cut) == whole[place:]


def test_what_was_given_along_stands_with_its_message_and_goes_with_it() -> None:
    rows, steps = talk(2)
    block = ContextBlock(text="the time")
    steps.insert(1, Step("t1", "given", encode((block,))))
    whole = rebuild(rows, steps)
    assert whole[2].blocks == (TextBlock(text="question 1"), block)
    assert rebuild(rows, steps, Cut("a1", 1)) == []


def entry(role: Any, text: str, cut: Cut | None = None) -> Entry:
    return Entry(role, (TextBlock(text=text),), cut)


def test_about_as_much_stays_as_shall_stay() -> None:
    cuts = [Cut("a", step) for step in range(4)]
    entries = [
        piece for cut in cuts for piece in (entry("user", THOUSAND), entry("assistant", THOUSAND, cut))
    ]
    entries.append(entry("user", "last"))
    assert [choose(entries, keep) for keep in (100_000, 6_200, 4_200, 2_200, 100, 0)] == [2, 2, 4, 6, 8, 8]


def test_what_the_model_has_not_answered_stays() -> None:
    cut = Cut("a", 1)
    assert choose([entry("user", THOUSAND), entry("user", "results", cut)], 0) == 0
    assert choose([entry("user", THOUSAND), entry("assistant", "all", cut)], 0, may_take_all=True) == 2
    assert choose([entry("user", THOUSAND)], 0, may_take_all=True) == 0
    assert choose([], 0, may_take_all=True) == 0


def test_a_row_tells_the_whole_compaction() -> None:
    made = Compaction("what was said", "u0", Cut("a1", 2), 9_000, 1_000, "model", "full")
    rows, _ = talk(2)
    row = made.row("row", "c", "main", "t2", 1)
    assert last_of([*rows, row]) == made
    assert "9,000" in row.content
    assert last_of(rows) is None
    assert last_of([*rows[:2], row]) is None, "what it stands for is not on this branch"
    older = Compaction("older", "u0", Cut("a0", 1), 1, 1, None, "asked").row("old", "c", "main", "t1", 1)
    assert last_of([*rows[:2], older, row]) == last_of([*rows, older])


def test_a_permission_request_that_speaks_of_compaction_is_none() -> None:
    row = message("r", "system", "", "t", metadata='{"type":"permission_request","x":"compaction"}')
    assert last_of([row]) is None


def test_the_prelude_leaves_roles_alternating() -> None:
    block = ContextBlock(text="summary")
    user, assistant = entry("user", "hi"), entry("assistant", "hello")
    assert with_prelude((), [user]) == [user]
    assert with_prelude((block,), [user, assistant]) == [
        Entry("user", (block, TextBlock(text="hi"))),
        assistant,
    ]
    assert with_prelude((block,), [assistant]) == [Entry("user", (block,)), assistant]
    assert with_prelude((block,), []) == [Entry("user", (block,))]


@given(st.text(max_size=400), st.integers(2, 200))
def test_a_text_without_its_middle_keeps_both_ends(text: str, longest: int) -> None:
    found = without_middle(text, longest)
    assert found == text or (
        found.startswith(text[: longest // 2])
        and found.endswith(text[-(longest // 2) :])
        and "left out" in found
    )


def test_only_long_results_are_shortened_and_images_stay() -> None:
    image = ImageBlock(media_type="image/png", data="AAAA")
    long = ToolResultBlock(
        id="1", content=(TextBlock(text="a" * LONG * 2), image), is_error=True, digests={"/a": "d"}
    )
    short = ToolResultBlock(id="2", content=(TextBlock(text="b" * LONG),))
    said = TextBlock(text="c" * LONG * 2)
    cut = Cut("a", 1)
    [found] = shortened([Entry("user", (long, short, said), cut)])
    assert found.cut == cut
    assert found.blocks[1:] == (short, said)
    result = found.blocks[0]
    assert isinstance(result, ToolResultBlock)
    assert (result.is_error, result.digests, result.content[1]) == (True, {"/a": "d"}, image)
    assert tokens.of_block(result) < tokens.of_block(long)
    assert shortened([found]) != [Entry("user", ())]


def test_everything_but_reasoning_is_summarised_in_parts_that_fit() -> None:
    entries = [
        Entry("user", (TextBlock(text="wish"), ImageBlock(media_type="image/png", data="AAAA"))),
        Entry(
            "assistant",
            (
                ThinkingBlock(text="secret thought", runtime_id="x"),
                TextBlock(text="said"),
                ToolCallBlock(id="1", name="Bash", input={"command": "make"}),
            ),
        ),
        Entry("user", (ToolResultBlock(id="1", content=(TextBlock(text="y" * 100_000),), is_error=True),)),
    ]
    [text] = summary.parts(entries, 10_000)
    for piece in (
        "[Person]\nwish",
        "(an image)",
        "[Agent]\nsaid",
        "[Agent calls Bash]",
        "make",
        "[Error]\ny",
    ):
        assert piece in text
    assert "secret thought" not in text
    assert len(text) < 6_000
    small = list(summary.parts([*entries, *(entry("user", THOUSAND) for _ in range(5))], 1_200))
    assert len(small) >= 5
    assert all(tokens.estimate(part) < 2_500 for part in small)


def test_an_earlier_summary_goes_into_the_next_one() -> None:
    assert "EARLIER" in summary.question("EARLIER", "PART")
    assert "earlier" not in summary.question(None, "PART")
