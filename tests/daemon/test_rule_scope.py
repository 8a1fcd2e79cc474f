"""Where a rule holds that a person saves with an answer: in the project, or everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api import CONVERSATIONS, Api
from tests.daemon.test_respond_api import permission


@pytest.mark.parametrize("scope", [None, "project", "everywhere"])
def test_a_rule_holds_where_it_was_said(api: Api, work_dir: Path, scope: str | None) -> None:
    project = api.post("/api/projects", {"name": "webshop", "workingDirectory": str(work_dir)})["id"]
    inside = api.new(projectId=project)
    with api.send(inside, "run echo one") as stream:
        api.respond(inside, permission(stream)["requestId"], alwaysAllow=True, permissionScope=scope)
        stream.rest()
    [rule] = api.get("/api/permissions")
    assert rule["projectId"] == (None if scope == "everywhere" else project)


def test_a_rule_for_a_project_needs_one(api: Api) -> None:
    conversation = api.new()
    with api.send(conversation, "run echo one") as stream:
        body = {
            "requestId": permission(stream)["requestId"], "behavior": "allow", "alwaysAllow": True,
            "permissionScope": "project",
        }  # fmt: skip
        refused = api.request("POST", f"{CONVERSATIONS}/{conversation}/respond", json=body)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
        assert "everywhere" in refused.json()["error"]
        api.respond(conversation, body["requestId"], "deny")
        stream.rest()
