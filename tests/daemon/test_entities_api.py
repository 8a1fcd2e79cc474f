"""What can be mentioned, found over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api import CONVERSATIONS, Api

SEARCH = "/api/chat/entities/search"


def search(api: Api, q: str, **params: Any) -> list[tuple[str, str]]:
    found = api.get(SEARCH, q=q, **params)["results"]
    return [(one["entityType"], one["label"]) for one in found]


def test_everything_is_found_together(shared: Api, work_dir: Path) -> None:
    (work_dir / "src").mkdir()
    (work_dir / "src" / "quokka.py").write_text("")
    (work_dir / "link.txt").symlink_to("/etc/hostname")
    project = shared.post(
        "/api/projects",
        {"name": "Quokka", "description": "Small and happy", "workingDirectory": str(work_dir)},
    )
    conversation = shared.new(title="About the quokka", projectId=project["id"])
    results = shared.get(SEARCH, q="quokka", projectId=project["id"])["results"]
    assert results == [
        {
            "entityType": "project",
            "entityId": project["id"],
            "label": "Quokka",
            "status": "active",
            "description": "Small and happy",
        },
        {
            "entityType": "file",
            "entityId": "src/quokka.py",
            "label": "src/quokka.py",
            "status": None,
            "description": None,
        },
        {
            "entityType": "conversation",
            "entityId": conversation,
            "label": "About the quokka",
            "status": "active",
            "description": None,
        },
    ]
    assert search(shared, "quokka") == [("project", "Quokka"), ("conversation", "About the quokka")]
    assert search(shared, "sr/quo", conversationId=conversation) == [("file", "src/quokka.py")]
    assert search(shared, "quokka", types="conversation,file") == [("conversation", "About the quokka")]
    assert search(shared, "link", projectId=project["id"]) == []
    assert len(search(shared, "", limit=1)) == 1
    shared.delete(f"{CONVERSATIONS}/{conversation}")
    assert search(shared, "quokka", types="conversation") == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"limit": "0"}, "invalid_request"),
        ({"limit": "51"}, "invalid_request"),
        ({"limit": "x"}, "invalid_request"),
        ({"types": "project,planet"}, "invalid_request"),
        ({"types": ""}, "invalid_request"),
        ({"projectId": "nowhere"}, "unknown_project"),
        ({"conversationId": "nowhere"}, "unknown_conversation"),
        ({"q": "x" * 501}, "invalid_request"),
        ({"q": "a\0b"}, "nul_character"),
    ],
)
def test_a_search_that_cannot_be_is_refused(shared: Api, params: dict[str, str], code: str) -> None:
    answer = shared.request("GET", SEARCH, params={"q": "x", **params})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_a_folder_that_is_gone_has_no_files(shared: Api, work_dir: Path) -> None:
    conversation = shared.new(workingDirectory=str(work_dir))
    for file in work_dir.iterdir():
        file.unlink()
    work_dir.rmdir()
    assert search(shared, "notes", types="file", conversationId=conversation) == []
