"""One line for each figure: what, figure, baseline, ratio, bar, pass or fail; or the same as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Direction = Literal["at most", "at least"]


class UnavailableError(Exception):
    """This machine lacks what a promise is measured with; the message says what."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured, and what was promised.

    Attributes:
        what: in a few words.
        figure: in `unit`.
        baseline: in the same unit, of the same run; None where the figure itself is promised.
        bar: for the ratio of figure and baseline, or for the figure where there is no baseline.
        direction: on which side of the bar it must be.
    """

    what: str
    figure: float
    unit: str
    bar: float
    baseline: float | None = None
    direction: Direction = "at most"

    @property
    def ratio(self) -> float | None:
        """How many times the baseline; None where there is none."""
        return None if self.baseline is None else self.figure / self.baseline

    @property
    def is_kept(self) -> bool:
        """Whether the promise is kept."""
        measured = self.figure if self.ratio is None else self.ratio
        return measured <= self.bar if self.direction == "at most" else measured >= self.bar

    def line(self) -> str:
        """The one line."""
        baseline = "-" if self.baseline is None else f"{_short(self.baseline)} {self.unit}"
        ratio = "-" if self.ratio is None else f"{_short(self.ratio)} x"
        bar = f"{self.direction} {_short(self.bar)} {self.unit if self.ratio is None else 'x'}"
        return (
            f"{'pass' if self.is_kept else 'FAIL'}  {self.what:<62} {_short(self.figure) + ' ' + self.unit:>16}"
            f" {baseline:>16} {ratio:>9}  {bar}"
        )

    def as_json(self) -> dict[str, object]:
        """The same for programs."""
        return {
            "what": self.what,
            "figure": self.figure,
            "unit": self.unit,
            "baseline": self.baseline,
            "ratio": self.ratio,
            "bar": self.bar,
            "direction": self.direction,
            "passed": self.is_kept,
        }


Measure: TypeAlias = Callable[[bool], Sequence[Result]]
"""A promise: measures in full size, or in a small one that only shows that the script works."""


def main(measure: Measure) -> None:
    """What each script does when it is started: measures, prints, and tells by its exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--small", action="store_true", help="only to see that it works; the figures mean nothing"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    arguments = parser.parse_args()
    sys.exit(run([measure], small=arguments.small, as_json=arguments.json))


def run(promises: Sequence[Measure], *, small: bool, as_json: bool) -> int:
    """Measures one promise after the other, and prints each as soon as it is known.

    What this machine cannot measure is named on standard error, and is no failure.

    Returns:
        0 where all are kept.
    """
    results: list[Result] = []
    for measure in promises:
        try:
            measured = measure(small)
        except UnavailableError as error:
            print(f"skip  {error}", file=sys.stderr, flush=True)
            continue
        for result in measured:
            results.append(result)
            if not as_json:
                print(result.line(), flush=True)
    if as_json:
        print(json.dumps([result.as_json() for result in results], indent=1))
    return int(not all(result.is_kept for result in results))


def _short(number: float) -> str:
    """Three digits are enough."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
