"""The log file: for its owner's eyes, bounded, and opened anew on demand."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actors.log_context import NOTHING, LogContext, enter
from daemon.logs.file import KEPT, NAME, LogFile
from daemon.logs.setup import Logs

logger = logging.getLogger("daemon.test")


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logs(tmp_path: Path, stream: io.StringIO) -> Iterator[Logs]:
    """A log for people in a stream, and for programs in a file."""
    opened = Logs({"SOME_KEY": "keep-this-secret"}, stream)
    opened.start()
    opened.open_file(tmp_path / "logs", instead=False)
    yield opened
    opened.close()
    enter(NOTHING)
    for name in ("actors", "daemon", "desktop", "storage", "pykka", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / NAME).read_text().splitlines()]


def test_a_line_says_when_where_and_what_it_belongs_to(
    logs: Logs, stream: io.StringIO, tmp_path: Path
) -> None:
    enter(LogContext("r1", "c1", "t1"))
    logger.info("%d things with keep-this-secret", 3)
    (line,) = lines(tmp_path / "logs")
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "info", "logger": "daemon.test", "message": "3 things with ***",
        "requestId": "r1", "conversationId": "c1", "turnId": "t1",
    }  # fmt: skip
    assert "3 things with ***" in stream.getvalue()
    assert "turnId=t1" in stream.getvalue()


def test_what_fails_is_one_line_without_the_values_of_variables(
    logs: Logs, stream: io.StringIO, tmp_path: Path
) -> None:
    said_by_a_person = "private words"
    try:
        int("keep-this-secret")
    except ValueError:
        logger.exception("it failed\x1b[2J")
    (line,) = lines(tmp_path / "logs")
    assert "ValueError: invalid literal" in line["exception"]
    assert "Traceback" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()
    for text in (stream.getvalue(), line["exception"]):
        assert said_by_a_person not in text
        assert "keep-this-secret" not in text


def test_the_level_holds_for_us_alone(logs: Logs, tmp_path: Path) -> None:
    logger.debug("too little")
    logs.set_level("debug")
    logger.debug("enough")
    logging.getLogger("httpx2").info("an address")
    logging.getLogger("anthropic").debug("a whole request")
    logs.set_level("error")
    logger.warning("too little again")
    assert [line["message"] for line in lines(tmp_path / "logs")] == ["enough"]


def test_a_moved_file_is_replaced(logs: Logs, tmp_path: Path) -> None:
    file = tmp_path / "logs" / NAME
    logger.info("before")
    file.rename(file.with_name("old"))
    logger.info("still in the old one")
    logs.reopen()
    logger.info("after")
    assert [line["message"] for line in lines(tmp_path / "logs")] == ["after"]
    assert len(file.with_name("old").read_text().splitlines()) == 2
    assert file.stat().st_mode & 0o777 == 0o600


def test_files_are_bounded_and_old_ones_go(tmp_path: Path) -> None:
    (tmp_path / NAME).touch(mode=0o644)
    file = LogFile(tmp_path, max_bytes=1000)
    for number in range(200):
        file.emit(logging.makeLogRecord({"msg": f"{number:03} {'x' * 95}"}))
    file.close()
    kept = sorted(tmp_path.iterdir())
    assert [one.name for one in kept] == [NAME, *(f"{NAME}.{number}" for number in range(1, KEPT + 1))]
    assert all(one.stat().st_size <= 1000 for one in kept)
    assert {one.stat().st_mode & 0o777 for one in kept} == {0o600}
    assert (tmp_path / NAME).read_text().splitlines()[-1].startswith("199")


def test_a_file_that_cannot_be_written_is_told_of_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = LogFile(tmp_path)
    assert file.stream is not None
    file.stream.close()
    for _ in range(3):
        file.emit(logging.makeLogRecord({"msg": "lost"}))
    assert capsys.readouterr().err.count("cannot be written") == 1


def test_without_a_file_people_still_get_the_log(tmp_path: Path, stream: io.StringIO) -> None:
    (tmp_path / "taken").touch()
    logs = Logs({}, stream)
    logs.start()
    try:
        logs.open_file(tmp_path / "taken", instead=True)
        logger.warning("it goes on")
    finally:
        logs.close()
    assert "there is no log file" in stream.getvalue()
    assert "it goes on" in stream.getvalue()
