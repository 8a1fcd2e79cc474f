"""Names of tools: plain, short, unique, and none that passes for another server's."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from actors.mcp.names import MAX_LENGTH, server_parts, tool_name

NAME = st.text(min_size=1, max_size=100)


@given(st.lists(NAME, unique=True, max_size=6), st.lists(NAME, unique=True, max_size=6))
def test_any_names_give_names_that_models_take(servers: list[str], tools: list[str]) -> None:
    parts = server_parts(servers)
    assert len(set(parts.values())) == len(servers)
    names: dict[str, None] = {}
    for server in servers:
        for tool in tools:
            name = tool_name(parts[server], tool, names)
            assert re.fullmatch(r"[A-Za-z0-9_-]+", name)
            assert len(name) <= MAX_LENGTH
            # What stands before the second pair of underscores is the server, whatever the tool is called.
            assert name.removeprefix("mcp__").partition("__")[0] == parts[server]
            names[name] = None
    assert len(names) == len(servers) * len(tools)


def test_plain_names_stay_as_they_are() -> None:
    assert server_parts(["git", "my server"]) == {"git": "git", "my server": "my_server"}
    assert tool_name("git", "git_status") == "mcp__git__git_status"
    assert tool_name("git", "repo.status") == "mcp__git__repo_status"


def test_the_first_of_two_keeps_the_plain_name() -> None:
    first, second = server_parts(["a_b", "a.b"]).values()
    assert first == "a_b"
    assert re.fullmatch(r"a_b_[0-9a-f]{8}", second)
    assert server_parts(["git__evil"]) == {"git__evil": "git_evil"}
