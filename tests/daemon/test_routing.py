"""Each address finds its own handler."""

from __future__ import annotations

import asyncio
import re

import pytest

from daemon.app import ROUTES
from daemon.handlers.health import HealthHandler
from daemon.routing import Addresses, handler_of

ADDRESSES = Addresses(ROUTES)
TABLE = Addresses(
    [
        ("/", HealthHandler),
        ("/a", HealthHandler),
        ("/a/fixed", HealthHandler),
        ("/a/{one}", HealthHandler),
        ("/a/{one}/b/{two}", HealthHandler),
        ("/a/fixed/c", HealthHandler),
        ("/files/{rest*}", HealthHandler),
    ]
)


@pytest.mark.parametrize("path", [path for path, _ in ROUTES])
def test_each_row_is_found(path: str) -> None:
    found = ADDRESSES.find(re.sub(r"\{\w+\*?\}", "x", path))
    assert found is not None
    target, varying = found
    assert asyncio.run(target.ready()) is handler_of(dict(ROUTES)[path])
    assert varying == ["x"] * path.count("{")


@pytest.mark.parametrize(
    ("path", "varying"),
    [
        ("/", []),
        ("/a", []),
        ("/a/fixed", []),
        ("/a/other", ["other"]),
        ("/a/o%2Fr", ["o%2Fr"]),
        ("/a/x/b/y", ["x", "y"]),
        ("/a/fixed/b/y", ["fixed", "y"]),
        ("/a/fixed/c", []),
        ("/files/x/y", ["x/y"]),
        ("/files//x", ["/x"]),
        ("/files/x/", ["x/"]),
    ],
)
def test_parts_vary(path: str, varying: list[str]) -> None:
    found = TABLE.find(path)
    assert found is not None
    assert found[1] == varying


@pytest.mark.parametrize(
    "path",
    [
        "",
        "*",
        "a",
        "//",
        "/b",
        "/a/",
        "/a//",
        "/a//b/y",
        "/a/x/c",
        "/a/x/b",
        "/a/x/b/y/z",
        "/files/",
        "/files",
    ],
)
def test_other_addresses_belong_to_nobody(path: str) -> None:
    assert TABLE.find(path) is None


def test_a_part_that_varies_is_not_kept_from_a_way_that_led_nowhere() -> None:
    addresses = Addresses([("/{a}/{b}/x", HealthHandler), ("/{rest*}", HealthHandler)])
    found = addresses.find("/1/2/y")
    assert found is not None
    assert found[1] == ["1/2/y"]
