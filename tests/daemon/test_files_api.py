"""Files that an answer names can be looked at; what may not be mentioned is not shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api
from tests.sample_files import image


@pytest.fixture
def conversation(shared: Api, work_dir: Path) -> str:
    return shared.new(workingDirectory=str(work_dir))


def looked_at(api: Api, conversation: str, path: str) -> dict[str, Any]:
    answer = api.request("GET", f"{CONVERSATIONS}/{conversation}/files", params={"path": path})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_text_file_is_shown(shared: Api, conversation: str, work_dir: Path) -> None:
    (work_dir / "src").mkdir()
    (work_dir / "src" / "a b?.py").write_text("print(1)\n")
    found = looked_at(shared, conversation, "src/a b?.py")
    assert (found["path"], found["text"], found["isWhole"]) == ("src/a b?.py", "print(1)\n", True)
    assert (found["directory"], found["problem"]) == (str(work_dir.resolve()), None)


def test_of_a_long_file_the_start_is_shown(shared: Api, conversation: str, work_dir: Path) -> None:
    (work_dir / "long.txt").write_text("ä" * 300_000)
    found = looked_at(shared, conversation, "long.txt")
    assert (len(found["text"]), found["isWhole"]) == (200_000, False)


def test_a_file_without_text_says_what_it_is(shared: Api, conversation: str, work_dir: Path) -> None:
    (work_dir / "shot.png").write_bytes(image())
    found = looked_at(shared, conversation, "shot.png")
    assert found["text"] is None
    assert "image/png" in found["problem"]


def test_what_may_not_be_mentioned_is_not_shown(shared: Api, conversation: str, work_dir: Path) -> None:
    (work_dir / ".env").write_text("TOKEN=1\n")
    (work_dir / "out").symlink_to("/etc")
    for path in (".env", "../work/../../etc/passwd", "/etc/passwd", "out/passwd", "."):
        answer = shared.request("GET", f"{CONVERSATIONS}/{conversation}/files", params={"path": path})
        assert (path, answer.status_code, answer.json()["code"]) == (path, 400, "mention_refused")
    answer = shared.request("GET", f"{CONVERSATIONS}/{conversation}/files", params={"path": "gone.txt"})
    assert (answer.status_code, answer.json()["code"]) == (404, "file_not_found")


def test_another_conversation_has_other_files(shared: Api) -> None:
    answer = shared.request("GET", f"{CONVERSATIONS}/{shared.new()}/files", params={"path": "notes.txt"})
    assert (answer.status_code, answer.json()["code"]) == (404, "file_not_found")
