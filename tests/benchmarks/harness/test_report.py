"""How a promise is judged and printed."""

from __future__ import annotations

import json

import pytest

from benchmarks.harness.report import Result, UnavailableError, run


@pytest.mark.parametrize(
    ("result", "is_kept"),
    [
        (Result("a ratio that is small enough", 4, "ms", 2.0, 2), True),
        (Result("a ratio that is too large", 4.1, "ms", 2.0, 2), False),
        (Result("a ratio that is large enough", 6, "/s", 0.6, 10, "at least"), True),
        (Result("a ratio that is too small", 5, "/s", 0.6, 10, "at least"), False),
        (Result("a figure without a baseline", 48, "MB", 48), True),
        (Result("a figure over the bar", 48.1, "MB", 48), False),
    ],
)
def test_bar(result: Result, is_kept: bool) -> None:
    assert result.is_kept is is_kept
    assert result.line().startswith("pass" if is_kept else "FAIL")


def test_exit_status_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Result("good", 1, "ms", 2.0, 1), Result("bad", 3, "ms", 2.0, 1)
    assert run([lambda _: [good]], small=True, as_json=False) == 0
    assert "good" in capsys.readouterr().out
    assert run([lambda _: [good], lambda _: [bad]], small=True, as_json=True) == 1
    printed = json.loads(capsys.readouterr().out)
    assert [(one["what"], one["ratio"], one["passed"]) for one in printed] == [
        ("good", 1.0, True),
        ("bad", 3.0, False),
    ]


def test_what_this_machine_cannot_measure_is_named_and_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def lacking(_small: bool) -> list[Result]:
        raise UnavailableError("There is no screen.")

    assert run([lacking, lambda _: [Result("good", 1, "ms", 2.0, 1)]], small=True, as_json=False) == 0
    printed = capsys.readouterr()
    assert "There is no screen." in printed.err
    assert "good" in printed.out
