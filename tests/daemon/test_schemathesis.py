"""The OpenAPI document against a running daemon: what it says holds, for whatever schemathesis thinks of."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from daemon.app import ROUTES, api_document
from daemon.handlers.page import PageFileHandler, PageHandler
from daemon.routing import handler_of
from tests.daemon_process import DaemonProcess

ENDLESS = {"/api/events", "/api/chat/conversations/{conversation}/stream"}
"""These streams have no end to wait for; test_streams and test_feed read them."""

LAST = "/api/shutdown"
"""It ends the daemon that the others need; test_launch calls it."""

document = api_document("0")
document["paths"] = {path: item for path, item in document["paths"].items() if path not in {*ENDLESS, LAST}}
schema = schemathesis.openapi.from_dict(document)


@schema.parametrize()
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_document_holds(case: schemathesis.Case, shared_daemon: DaemonProcess) -> None:
    token = shared_daemon.data_dir.token.read_text().strip()
    response = case.call(base_url=shared_daemon.url, headers={"Authorization": f"Bearer {token}"})
    case.validate_response(
        response,
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
        ],
    )


def test_every_address_is_described_or_left_out_on_purpose() -> None:
    described = set(api_document("0")["paths"])
    pages = {
        path for path, handler in ROUTES if issubclass(handler_of(handler), PageHandler | PageFileHandler)
    }
    assert {path for path, _ in ROUTES} - described == pages


@pytest.mark.parametrize("path", sorted(ENDLESS))
def test_the_streams_are_described_too(path: str) -> None:
    answer = api_document("0")["paths"][path]["get"]["responses"]["200"]
    assert "text/event-stream" in answer["content"]
