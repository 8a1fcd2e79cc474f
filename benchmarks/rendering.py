"""A streamed Markdown answer of 100 KB, rendered while it grows: the work is in proportion to its length."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from benchmarks.harness.figures import in_turn, seconds
from benchmarks.harness.report import Result, main
from daemon.rendering import markdown
from daemon.rendering.stretch import Stretch

LENGTH = 100_000
PIECE_LENGTH = 40
PIECES_A_RENDERING = 8
"""So many deltas come between two renderings."""

PROSE = """## A heading

The **daemon** writes `code`, [links](https://example.com) and *more* in a paragraph of some length, so that there
is something to do.

- one point
- another one, with `code`

| a | b |
|---|---|
| 1 | 2 |

"""
CODE = (
    "```python\n"
    + "def function(argument: int) -> int:\n    return argument + 1  # a comment\n" * 40
    + "```\n\n"
)
TEXTS = {
    "prose": PROSE,
    "prose and code": PROSE * 5 + CODE,
    "one block of code": "",
}


def measure(small: bool) -> Sequence[Result]:
    """Twice the length against the length, for the kinds of text that answers consist of."""
    length, runs = (2_500, 1) if small else (LENGTH // 2, 3)
    results = []
    for what in TEXTS:
        once, twice = text_of(what, length), text_of(what, 2 * length)
        figure, baseline = in_turn(partial(streaming_ms, twice), partial(streaming_ms, once), runs)
        results.append(Result(f"rendering twice as long an answer, {what}", figure, "ms", 2.3, baseline))
    return results


def text_of(what: str, length: int) -> str:
    """A text of this kind and length."""
    if what == "one block of code":
        return "```python\n" + ("value = compute(value, 1)  # once more\n" * (length // 30 + 1))[:length]
    return (TEXTS[what] * (length // len(TEXTS[what]) + 1))[:length]


def streaming_ms(text: str) -> float:
    """How long all of it takes."""
    return seconds(lambda: stream(text)) * 1000


def stream(text: str) -> int:
    """Renders all of it as it comes; how many blocks changed on the way."""
    stretch = Stretch()
    changed = 0
    for number, start in enumerate(range(0, len(text), PIECE_LENGTH)):
        stretch.add(text[start : start + PIECE_LENGTH])
        if number % PIECES_A_RENDERING == 0:
            changed += rendered(stretch)
    stretch.end()
    return changed + rendered(stretch)


def rendered(stretch: Stretch) -> int:
    """Does all the jobs that there are now."""
    changed = 0
    while (job := stretch.job()) is not None:
        changed += len(stretch.done(job, tuple(markdown.blocks(job.text, is_ended=job.is_ended))))
    return changed


if __name__ == "__main__":
    main(measure)
