"""A restart that fails is told in the window, with the reason, and tried again as often as the person says so."""

from __future__ import annotations

import pytest

from daemon.client_errors import ClientError
from desktop.restarting import TITLE, restart


class Person:
    """Somebody with answers ready."""

    def __init__(self, *answers: bool) -> None:
        self.told: list[str] = []
        self._answers = list(answers)

    def confirm(self, title: str, question: str) -> bool:
        self.told.append(f"{title}: {question}")
        return self._answers.pop(0)


@pytest.mark.parametrize(
    ("failures", "answers", "tries"), [(0, (), 1), (2, (True, True), 3), (2, (True, False), 2)]
)
def test_it_is_tried_as_often_as_is_wanted(failures: int, answers: tuple[bool, ...], tries: int) -> None:
    person, tried = Person(*answers), []

    def work() -> None:
        tried.append("once")
        if len(tried) <= failures:
            raise ClientError("The port is taken.")

    restart(work, person)
    assert len(tried) == tries
    assert person.told == [f"{TITLE}: The port is taken. Try again?"] * len(answers)
