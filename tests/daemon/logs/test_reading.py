"""Reading the log: the last lines, also of full files, and what comes after them."""

from __future__ import annotations

import json
from pathlib import Path

from daemon.logs.file import NAME
from daemon.logs.reading import Entry, LogReader, shown


def write(path: Path, *messages: str, level: str = "info") -> None:
    with path.open("a") as file:
        for message in messages:
            file.write(json.dumps({"level": level, "message": message}) + "\n")


def anything(_entry: Entry) -> bool:
    return True


def said(entries: object) -> list[str]:
    return [entry.message for entry in entries]  # type: ignore[attr-defined]


def test_the_last_lines_reach_into_full_files(tmp_path: Path) -> None:
    write(tmp_path / f"{NAME}.2", "a", "b")
    write(tmp_path / f"{NAME}.1", "c")
    write(tmp_path / NAME, "d", "e")
    reader = LogReader(tmp_path)
    assert said(reader.last(4, anything)) == ["b", "c", "d", "e"]
    assert said(reader.last(100, anything)) == ["a", "b", "c", "d", "e"]
    assert reader.last(0, anything) == []
    reader.close()


def test_only_what_is_grave_enough(tmp_path: Path) -> None:
    for level in ("debug", "info", "warning", "error", "critical"):
        write(tmp_path / NAME, level, level=level)
    reader = LogReader(tmp_path)
    assert said(reader.last(9, lambda entry: entry.is_at_least("warning"))) == [
        "warning", "error", "critical",
    ]  # fmt: skip
    reader.close()


def test_what_comes_is_followed_into_new_files(tmp_path: Path) -> None:
    reader = LogReader(tmp_path)
    assert reader.last(5, anything) == []
    write(tmp_path / NAME, "first")
    assert said(reader.rest()) == ["first"]
    with (tmp_path / NAME).open("a") as file:
        file.write('{"message": "half')
    assert said(reader.rest()) == []
    with (tmp_path / NAME).open("a") as file:
        file.write(' a line"}\n')
    write(tmp_path / NAME, "before it was full")
    (tmp_path / NAME).rename(tmp_path / f"{NAME}.1")
    write(tmp_path / NAME, "in the next one")
    assert said(reader.rest()) == ["half a line", "before it was full", "in the next one"]
    reader.close()


def test_a_damaged_line_is_shown_as_it_is(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b'no json \xff\n{"message": 5}\n')
    reader = LogReader(tmp_path)
    assert said(reader.last(5, anything)) == ["no json \ufffd", '{"message": 5}']
    reader.close()


def test_a_line_for_people() -> None:
    entry = Entry(
        "2026-11-24T10:00:00Z", "warning", "daemon.hub", "it is late", turn_id="t1", exception="Trace"
    )
    first, second = shown(entry).splitlines()
    assert first.endswith("WARNING daemon.hub: it is late turn=t1")
    assert second == "Trace"
