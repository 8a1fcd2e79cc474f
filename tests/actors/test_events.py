"""Events: what is kept comes back byte for byte, and what is too long is shortened."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from actors.event_encoding import clean_text, encode, expand, frame, run_head, run_row, shortened, with_text
from actors.events import DeltaEvent, StatusEvent
from storage.records import EventRow


@given(pieces=st.lists(st.text(), min_size=1, max_size=20), first=st.integers(1, 10**9))
def test_a_run_comes_back_as_it_was_sent(pieces: list[str], first: int) -> None:
    head = run_head("delta", "turn", "row")
    sent = [(first + n, with_text(head, piece)) for n, piece in enumerate(pieces)]
    assert list(expand(run_row(first, head, pieces))) == sent
    for _, payload in sent:
        assert set(json.loads(payload)) == {"type", "turnId", "messageId", "content"}


def test_a_piece_looks_like_the_event_it_is() -> None:
    event = DeltaEvent(turn_id="turn", message_id="row", content="a “b”\n")
    assert json.loads(with_text(run_head("delta", "turn", "row"), "a “b”\n")) == json.loads(encode(event))


def test_a_single_event_comes_back_as_it_was_sent() -> None:
    payload = encode(StatusEvent(turn_id="t", phase="waiting", message="…"))
    assert list(expand(EventRow(7, 7, False, payload))) == [(7, payload)]
    head, data, *rest = frame(7, payload).split(b"\n")
    assert (head, rest) == (b"id: 7", [b"", b""])
    assert json.loads(data.removeprefix(b"data: ")) == {**json.loads(payload), "seq": 7}


def test_text_with_lone_surrogates_can_be_sent() -> None:
    assert json.loads(with_text(run_head("delta", "t", None), "a\ud800"))["content"] == "a\ufffd"
    assert (
        json.loads(encode(StatusEvent(turn_id="t", phase="waiting", message="\udfff")))["message"] == "\ufffd"
    )
    assert clean_text("plain é 🙂") == "plain é 🙂"


@given(
    st.recursive(
        st.text(max_size=50) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_short_input_is_shown_whole(value: object) -> None:
    if len(json.dumps(value)) < 2000:
        assert shortened({"x": value}, 16_384) == ({"x": value}, False)


def test_a_long_input_keeps_its_shape() -> None:
    given_input = {"file_path": "a.txt", "content": "x" * 100_000, "more": ["y" * 50_000] * 3}
    cut, is_cut = shortened(given_input)
    assert is_cut
    assert cut["file_path"] == "a.txt"
    assert cut["content"].startswith("xxx")
    assert len(json.dumps(cut)) < 16_384
    assert shortened({str(n): "x" for n in range(100_000)}) == ({}, True)
