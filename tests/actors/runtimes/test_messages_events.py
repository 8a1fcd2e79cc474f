"""Events of the Messages format as servers send them: with more than is known, or with less."""

from __future__ import annotations

import json

import msgspec
import pytest

from actors.runtimes.messages_events import BrokenOffError, Event, decoded


def test_a_delta_is_decoded() -> None:
    event = decoded(b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}')
    assert (event.type, event.delta.type, event.delta.text) == ("content_block_delta", "text_delta", "Hi")


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"ping"}',
        b'{"type":"something_new","delta":{"type":"newer","citation":{"a":[1]}},"more":null}',
        b'{"type":"message_start","message":{"model":"m","usage":null,"content":[],"id":"msg"}}',
        b'{"type":"content_block_start","content_block":{"type":"thinking","thinking":"","signature":null}}',
    ],
)
def test_what_is_not_known_is_passed_over(data: bytes) -> None:
    assert decoded(data).type == json.loads(data)["type"]


def test_half_a_surrogate_pair_is_text() -> None:
    event = decoded(rb'{"type":"content_block_delta","delta":{"type":"text_delta","text":"\ud83d"}}')
    assert event.delta.text == "\ud83d"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"{oops", json.JSONDecodeError),
        (b'{"type":"\xff"}', UnicodeDecodeError),
        (b'{"type":5}', msgspec.ValidationError),
        (b"[]", msgspec.ValidationError),
    ],
)
def test_what_is_no_event_is_refused(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        decoded(data)


@pytest.mark.parametrize("said", [None, "words", {"type": "api_error"}])
def test_an_error_is_told_however_it_is_said(said: object) -> None:
    event = msgspec.convert({"type": "error", "error": said}, Event)
    assert BrokenOffError(event.error).said == (said if isinstance(said, dict) else {})
