"""One window for each folder; who comes later brings it to the front."""

from __future__ import annotations

import json
import socket
import stat
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from desktop import one_window
from desktop.one_window import ADDRESS, AlreadyOpenError

DEADLINE_S = 20.0


def test_the_second_one_brings_the_first_to_the_front(tmp_path: Path) -> None:
    is_in_front = threading.Event()
    with one_window.claim(tmp_path) as claim:
        claim.serve(is_in_front.set)
        with pytest.raises(AlreadyOpenError), one_window.claim(tmp_path):
            pass
        assert one_window.bring_to_front(tmp_path)
        assert is_in_front.is_set()
    with one_window.claim(tmp_path):
        pass


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with one_window.claim(tmp_path / "one"), one_window.claim(tmp_path / "two"):
        pass


def test_one_that_is_still_opening_is_waited_for(tmp_path: Path) -> None:
    is_in_front = threading.Event()
    with one_window.claim(tmp_path) as claim:
        found: list[bool] = []
        later = threading.Thread(target=lambda: found.append(one_window.bring_to_front(tmp_path)))
        later.start()
        claim.serve(is_in_front.set)
        later.join(DEADLINE_S)
        assert found == [True]


def test_one_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_window, "WAIT_S", 0.2)
    with one_window.claim(tmp_path):
        assert not one_window.bring_to_front(tmp_path)


def test_nobody_else_can_move_the_window(tmp_path: Path) -> None:
    is_in_front = threading.Event()
    with one_window.claim(tmp_path) as claim:
        claim.serve(is_in_front.set)
        address = tmp_path / ADDRESS
        assert stat.S_IMODE(address.stat().st_mode) == 0o600
        place = ("127.0.0.1", json.loads(address.read_text())["port"])
        with pytest.raises(AuthenticationError):
            Client(place, authkey=b"guessed")
        with socket.create_connection(place, DEADLINE_S) as connection:
            connection.sendall(b"\x00\x00\x00\x05front")
        assert not is_in_front.is_set()
        assert one_window.bring_to_front(tmp_path), "it still listens"
    assert not address.exists()
