"""Output is bounded, decoded and freed of escape sequences, wherever its pieces are cut."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.tools.command_output import BoundedText, OutputDecoder
from actors.tools.live_output import LiveOutput
from actors.tools.terminal_text import SequenceStripper


def pieces_of(whole, cuts):
    places = [0, *sorted(cut % (len(whole) + 1) for cut in cuts), len(whole)]
    return [whole[start:end] for start, end in itertools.pairwise(places)]


@settings(deadline=None)
@given(st.text(max_size=80), st.lists(st.integers(0, 80), max_size=8), st.integers(1, 30))
def test_the_beginning_and_the_end_are_kept(text, cuts, kept_length):
    bounded = BoundedText(kept_length)
    for piece in pieces_of(text, cuts):
        bounded.add(piece)
    cut_length = len(text) - 2 * kept_length
    if cut_length <= 0:
        assert bounded.text() == text
    else:
        note = f"\n[… {cut_length} characters cut from the middle …]\n"
        assert bounded.text() == text[:kept_length] + note + text[-kept_length:]


@settings(deadline=None)
@given(st.text("\u20aca\x1b[0m", max_size=30), st.lists(st.integers(0, 90), max_size=8))
def test_bytes_may_be_cut_anywhere(text, cuts):
    decoder, whole = OutputDecoder(), OutputDecoder()
    data = text.encode()
    found = "".join(map(decoder.feed, pieces_of(data, cuts))) + decoder.feed(b"", is_last=True)
    assert found == whole.feed(data, is_last=True)
    assert found.count("\u20ac") == text.count("\u20ac")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b[38;2;1;2;3mx\x1b[K\x1b[?25l", "x"),
        ("\x1b]0;title\x07x\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\", "xlink"),
        ("\x1bPq#0\x1b\\x", "x"),
        ("\x1b(B\x1b=\x1b7x\x1bM", "x"),
        ("\x9b31mx", "x"),
        ("[0m a[1] ]0;", "[0m a[1] ]0;"),
        ("x\x1b", "x"),
        ("x\x1b[31", "x31"),
    ],
)
def test_escape_sequences_are_taken_out(text, plain):
    assert SequenceStripper().feed(text, is_last=True) == plain


@settings(deadline=None)
@given(st.text("\x1b[]P\\;0m?\x07\x9b( a", max_size=25), st.lists(st.integers(0, 25), max_size=8))
def test_escape_sequences_may_be_cut_anywhere(text, cuts):
    stripper = SequenceStripper()
    found = "".join(map(stripper.feed, pieces_of(text, cuts))) + stripper.feed("", is_last=True)
    assert found == SequenceStripper().feed(text, is_last=True)


@pytest.mark.parametrize("unit", ["\x1b]", "\x1bP", "\x1b[1", "\x1b", "\x9b1", "\x1b ", "\x9b;\x1b]"])
def test_hostile_sequences_take_linear_time_and_no_memory(unit):
    stripper = SequenceStripper()
    for _ in range(20):
        stripper.feed(unit * 40_000)
    assert len(stripper.feed("x" * 10, is_last=True)) < 5000


@pytest.mark.parametrize("start", ["\x1b]", "\x1bP", "\x1b["])
def test_a_sequence_that_never_ends_does_not_swallow_the_text(start):
    stripper = SequenceStripper()
    stripper.feed(start)
    assert sum(len(stripper.feed("0" * 40_000)) for _ in range(50)) > 50 * 40_000 - 5000


class Follower:
    def __init__(self):
        self.pieces: list[str] = []
        self.has_more = asyncio.Event()

    def __call__(self, piece):
        self.pieces.append(piece)
        self.has_more.set()

    async def more(self):
        self.has_more.clear()
        await asyncio.wait_for(self.has_more.wait(), 5)


def test_small_pieces_are_gathered_for_50_ms():
    async def followed():
        follower = Follower()
        live = LiveOutput(follower)
        live.add("first ")
        await follower.more()
        for n in range(1000):
            live.add(f"{n} ")
        assert follower.pieces == ["first "]
        await follower.more()
        live.close()
        return follower

    follower = asyncio.run(followed())
    assert follower.pieces == ["first ", "".join(f"{n} " for n in range(1000))]


def test_large_pieces_go_out_by_8_kb_at_once_and_the_rest_later():
    async def followed():
        follower = Follower()
        live = LiveOutput(follower)
        live.add("x" * 20_000)
        assert [len(piece) for piece in follower.pieces] == [8192, 8192]
        await follower.more()
        assert [len(piece) for piece in follower.pieces] == [8192, 8192, 3616]
        live.close()
        assert len(follower.pieces) == 3

    asyncio.run(followed())


def test_after_64_kb_only_the_newest_line_now_and_then():
    async def followed():
        follower = Follower()
        live = LiveOutput(follower, later_pause_s=0.2)
        live.add("x" * 8)
        live.add("x" * 65_528)
        assert "".join(follower.pieces) == "x" * 65_536
        del follower.pieces[:]
        for n in range(1000):
            live.add(f"line {n}\nline {n} and a half\n\n")
        assert follower.pieces == ["\n[From here on only the newest line is shown.]\n"]
        await follower.more()
        assert follower.pieces[1:] == ["line 999 and a half\n"]
        live.add("almost\nlast")
        live.close()
        assert follower.pieces[2:] == ["last\n"]

    asyncio.run(followed())


def test_a_newest_line_is_short():
    async def followed():
        follower = Follower()
        live = LiveOutput(follower)
        live.add("x" * 65_536)
        for _ in range(100):
            live.add("y" * 65_536)
        live.close()
        assert len(follower.pieces[-1]) < 600

    asyncio.run(followed())
