"""Tokens, guessed: close enough for every script, and calibrated only by reports that can be believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors import tokens
from actors.transcript import Entry, ImageBlock, TextBlock, ToolCallBlock, ToolResultBlock


@pytest.mark.parametrize(
    ("entries", "is_quick"),
    [
        ([], True),
        ([Entry("user", (TextBlock(text="hello"),))] * 20, True),
        ([Entry("user", (TextBlock(text="hello"),))] * 100, False),
        ([Entry("user", (TextBlock(text="hello"),) * 100)], False),
        ([Entry("user", (TextBlock(text="x" * 100_000),))], False),
        ([Entry("assistant", (ToolCallBlock(id="1", name="Read", input={}),))], False),
    ],
)
def test_only_a_few_short_texts_are_quick(entries: list[Entry], is_quick: bool) -> None:
    assert tokens.is_quick(entries) is is_quick


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("The quick brown fox jumps over the lazy dog. " * 10, 90, 135),
        ("def greet(name):\n    return f'Hello, {name}'\n" * 10, 110, 180),
        ("这是一个关于代码的句子。" * 10, 80, 130),
        ("Это предложение о программном коде. " * 10, 80, 300),
    ],
)
def test_an_estimate_is_near_what_tokenizers_say(text: str, least: int, most: int) -> None:
    assert least <= tokens.estimate(text) <= most


@given(st.text(max_size=300), st.integers(0, 100))
def test_the_head_of_a_text_fits_and_is_its_beginning(text: str, budget: int) -> None:
    found = tokens.head(text, budget)
    assert text.startswith(found)
    assert tokens.estimate(found) <= budget or not found


def test_every_kind_of_block_counts() -> None:
    call = ToolCallBlock(id="1", name="Read", input={"file_path": "a" * 360})
    image = ImageBlock(media_type="image/png", data="A" * 1_000_000)
    result = ToolResultBlock(id="1", content=(TextBlock(text="b" * 3_600), image))
    entry = Entry("user", (call, result))
    assert 2_700 < tokens.of_entry(entry) < 2_800  # an image's price does not depend on its bytes


@pytest.mark.parametrize(
    ("reported", "estimated", "scale"),
    [
        (1200, 1000, 1.2),
        (12, 4000, 1.0),
        (9000, 1000, 1.0),
        (None, 1000, 1.0),
        (1000, None, 1.0),
        (0, 0, 1.0),
    ],
)
def test_only_a_report_that_can_be_believed_calibrates(
    reported: int | None, estimated: int | None, scale: float
) -> None:
    assert tokens.calibrated(reported, estimated) == scale


def test_tools_cost_the_same_each_time_also_with_half_a_character() -> None:
    described = {"name": "Find", "description": "Finds “it” — 这是", "input_schema": {"type": "object"}}
    half = {**described, "description": "half of a pair: \ud83d"}
    expected = tokens.of_json(described) + tokens.of_json(half)
    assert [tokens.of_tools([described, half]) for _ in range(2)] == [expected, expected]
    changed = {**described, "description": "Finds it. " * 100}
    assert tokens.of_tools([changed]) == tokens.of_json(changed)
