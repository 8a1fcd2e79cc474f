"""Live rendering: it ends as the whole text does, wherever the text was cut, and its work grows with the text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.rendering.markdown import blocks, render
from daemon.rendering.plain import plain
from daemon.rendering.stretch import PIECE_LENGTH, Stretch
from daemon.rendering.wire import Block

SAMPLE = """Here is *what* I found:

1. one
2. two

   with more

3

# Head `x`
Setext
======

| a | b |
|---|---|
| 1 | $x$ |

text
a | b
--|--
1 | 2

> quote
lazy

```python
def f():

    return 1
``
```

- [ ] task
    - nested

      ```
      code
      ```

    indented

$$
a
- b
$$
~~~
open
"""


class Work:
    """Counts what is rendered."""

    def __init__(self) -> None:
        self.characters = 0
        self.jobs = 0

    def run(self, stretch: Stretch) -> list[int]:
        """Does all jobs; the numbers of the blocks that changed."""
        changed: list[int] = []
        while job := stretch.job():
            self.characters += len(job.text)
            self.jobs += 1
            changed += stretch.done(job, blocks(job.text, is_ended=job.is_ended))
        return changed


def live(pieces: Iterable[str], work: Work | None = None) -> Stretch:
    work = work or Work()
    stretch = Stretch()
    for piece in pieces:
        stretch.add(piece)
        work.run(stretch)
        assert [one.is_open for one in stretch.shown].count(True) <= 1
    stretch.end()
    work.run(stretch)
    assert not any(one.is_open for one in stretch.shown)
    return stretch


def html(stretch: Stretch) -> str:
    return "".join(one.html for one in stretch.shown)


def cut(text: str, points: Iterable[int]) -> list[str]:
    places = [0, *sorted({point % (len(text) + 1) for point in points}), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(places)]


def test_a_text_that_comes_by_the_character_ends_as_the_whole() -> None:
    assert html(live(SAMPLE)) == render(SAMPLE, "m")


@given(st.lists(st.integers(0, 10_000), max_size=12))
@settings(max_examples=60, deadline=None)
def test_a_text_that_is_cut_anywhere_ends_as_the_whole(points: list[int]) -> None:
    assert html(live(cut(SAMPLE, points))) == render(SAMPLE, "m")


LINES = [
    "text", "- a", "1. b", "2) c", "  - d", "    e", "```", "```py", "~~~~", "> q", "# h", "===", "---", "",
    "a | b", "--|--", "| c |", "$$", r"\[", r"\]", "$x$", "***", "\tcode", "- [x] t", "x  ", "`a",
]  # fmt: skip


@given(
    st.lists(st.sampled_from(LINES), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.lists(st.integers(0, 1_000), max_size=8),
)
@settings(max_examples=400, deadline=None)
def test_any_text_that_is_cut_anywhere_ends_as_the_whole(
    lines: list[str], end: str, points: list[int]
) -> None:
    text = end.join(lines)
    assert html(live(cut(text, points))) == render(text, "m")


def test_a_closed_block_is_rendered_once() -> None:
    stretch, work = Stretch(), Work()
    stretch.add("one\n\ntwo\n\nthr")
    assert work.run(stretch) == [0, 1, 2]
    assert [one.is_open for one in stretch.shown] == [False, False, True]
    stretch.add("ee")
    assert work.run(stretch) == [2]
    assert work.run(stretch) == []
    assert stretch.shown[2].html == "<p>three</p>\n"


def test_a_block_that_merges_with_the_one_before_leaves_nothing_behind() -> None:
    stretch, work = Stretch(), Work()
    stretch.add("1. a\n\n2")
    work.run(stretch)
    assert [one.html for one in stretch.shown][1] == "<p>2</p>\n"
    stretch.add(". b")
    assert set(work.run(stretch)) == {0, 1}
    assert stretch.shown[0].html.count("<li>") == 2
    assert stretch.shown[1].html == ""


@pytest.mark.parametrize(
    "unit",
    [
        "word " * 12 + "\n\n",
        "x = 1  # comment\n",
        "- item with text\n",
        "| a | b |\n",
        "word ",
        "> quote\n",
        "*a ",
    ],
)
@pytest.mark.parametrize("opening", ["", "```python\n"])
def test_the_work_grows_with_the_text(unit: str, opening: str) -> None:
    def work_of(length: int) -> int:
        work = Work()
        text = opening + unit * (length // len(unit))
        live((text[start : start + 400] for start in range(0, len(text), 400)), work)
        return work.characters

    small, large = work_of(12_000), work_of(36_000)
    assert large < 3 * small * 1.5


def test_a_long_block_of_code_is_shown_in_pieces_and_whole_at_its_end() -> None:
    code = "".join(f"line {number}\n" for number in range(2_000))
    stretch, work = Stretch(), Work()
    stretch.add("intro\n\n```text\n")
    for line in code.splitlines(keepends=True):
        stretch.add(line)
        changed = work.run(stretch)
        assert len(changed) <= 2
    pieces = [one.html for one in stretch.shown[1:]]
    assert len(pieces) == len(code) // PIECE_LENGTH + 1
    assert "".join(re.findall(r"line \d+\n", "".join(pieces))) == code
    assert [one.is_open for one in stretch.shown] == [False] * len(pieces) + [True]
    stretch.add("```\n\nafter\n\nlast")
    work.run(stretch)
    whole = [one.html for one in stretch.shown if one.html]
    assert whole == ["<p>intro</p>\n", render(f"```text\n{code}```", "m"), "<p>after</p>\n", "<p>last</p>\n"]


def test_what_cannot_be_rendered_is_closed_as_it_is_and_the_rest_goes_on() -> None:
    stretch = Stretch()
    stretch.add("bad ")
    job = stretch.job()
    assert job is not None
    stretch.add("# good")
    stretch.done(job, (Block(plain(job.text), len(job.text), is_closed=True),))
    Work().run(stretch)
    assert [one.html for one in stretch.shown] == [plain("bad "), "<h1>good</h1>\n"]
