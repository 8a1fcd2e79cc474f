"""EventHub: order from many threads, nothing held is sent, nothing sent is lost or repeated."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from actors.event_encoding import expand, frame, run_head, run_row, with_text
from daemon.hub import MAX_BEHIND, EventHub
from storage.records import EventRow


class Store:
    """Stands for the store of one conversation."""

    def __init__(self) -> None:
        self.rows: list[EventRow] = []

    def after(self, _conversation: str, seq: int, limit: int) -> list[EventRow]:
        return [row for row in self.rows if row.last_seq > seq][:limit]

    def last(self, _conversation: str) -> int:
        return self.rows[-1].last_seq if self.rows else 0


class Reader:
    """A subscriber that takes everything, or only so many writes until it is told to go on."""

    def __init__(self, patience: int | None = None) -> None:
        self.writes: list[bytes] = []
        self.patience = patience
        self.turns = 0
        self.reason: str | None = None

    def write(self, frames: bytes) -> bool:
        self.writes.append(frames)
        return self.patience is None or len(self.writes) < self.patience

    def ended(self) -> None:
        self.turns += 1

    def dropped(self, reason: str) -> None:
        self.reason = reason

    @property
    def frames(self) -> list[bytes]:
        return [frame + b"\n\n" for frame in b"".join(self.writes).split(b"\n\n")[:-1]]


def payload(text: str) -> bytes:
    return with_text(run_head("delta", "t", "m"), text)


def with_hub(work: Callable[[EventHub, Store], Any]) -> None:
    """Runs work on a loop with a hub."""

    async def run() -> None:
        store = Store()
        ignore: Any = lambda *_: None  # noqa: E731
        hub = EventHub(asyncio.get_running_loop(), store.after, store.last, ignore, ignore)
        await work(hub, store)

    asyncio.run(asyncio.wait_for(run(), 20))


async def drained() -> None:
    """What was said from other threads has reached the loop."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_events_of_many_threads_have_an_order_without_gaps() -> None:
    async def work(hub: EventHub, _store: Store) -> None:
        hub.open("c", 41)
        reader = Reader()
        hub.resume(hub.subscribe("c", 41, reader))
        numbers: list[int] = []

        def speak(name: int) -> None:
            for n in range(200):
                numbers.append(hub.stream("c", payload(f"{name}-{n}")))

        threads = [threading.Thread(target=speak, args=(name,)) for name in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            await asyncio.to_thread(thread.join)
        await drained()
        assert sorted(numbers) == list(range(42, 42 + 1600))
        ids = [int(frame.split(b"\n")[0].removeprefix(b"id: ")) for frame in reader.frames]
        assert ids == list(range(42, 42 + 1600))

    with_hub(work)


def test_what_is_held_holds_back_what_follows_until_it_is_stored() -> None:
    async def work(hub: EventHub, _store: Store) -> None:
        hub.open("c", 0)
        reader = Reader()
        hub.resume(hub.subscribe("c", 0, reader))
        hub.stream("c", payload("one"))
        held = hub.publish("c", payload("two"))
        hub.stream("c", payload("three"))
        await drained()
        assert reader.frames == [frame(1, payload("one"))]
        assert hub.last_seq("c") == 1
        hub.stored("c", held, held)
        await drained()
        assert reader.frames[1:] == [frame(2, payload("two")), frame(3, payload("three"))]

    with_hub(work)


def test_the_loop_is_not_woken_for_text_that_was_sent_before_it_was_stored() -> None:
    async def work(hub: EventHub, _store: Store) -> None:
        hub.open("c", 0)
        first, last = hub.stream("c", payload("one")), hub.stream("c", payload("two"))
        await drained()
        hub.stored("c", first, last)
        assert hub._woken_at is None
        held = hub.publish("c", payload("three"))
        hub.stored("c", held, held)
        assert hub._woken_at is not None

    with_hub(work)


def test_what_cannot_be_stored_is_sent_all_the_same() -> None:
    async def work(hub: EventHub, _store: Store) -> None:
        hub.open("c", 0)
        reader = Reader()
        hub.resume(hub.subscribe("c", 0, reader))
        first = hub.publish("c", payload("x"))
        last = hub.publish("c", payload("y"), is_last=True)
        hub.release("c", first, last, payload("instead"))
        await drained()
        assert reader.frames == [frame(1, payload("x")), frame(2, payload("instead"))]
        assert reader.turns == 1
        hub.close("c")
        late = Reader()
        hub.resume(hub.subscribe("c", 0, late))
        await drained()
        assert late.frames == reader.frames, "they stay here until they are stored"

    with_hub(work)


def test_replay_comes_from_the_store_where_the_log_is_too_short() -> None:
    async def work(hub: EventHub, store: Store) -> None:
        head = run_head("delta", "t", "m")
        texts = ["x" * 100 + str(n) for n in range(3000)]
        hub.open("c", 0)
        for start in range(0, 3000, 100):
            for text in texts[start : start + 100]:
                hub.stream("c", with_text(head, text))
            row = run_row(start + 1, head, texts[start : start + 100])
            store.rows.append(row)
            hub.stored("c", row.first_seq, row.last_seq)
        assert hub.first_seq("c") > 2000
        expected = [frame(seq, data) for row in store.rows for seq, data in expand(row)]
        for after in (0, 1, 99, 100, 1234, 2999, 3000):
            reader = Reader()
            subscription = hub.subscribe("c", after, reader)
            hub.resume(subscription)
            for _ in range(50):
                await asyncio.sleep(0)
            assert reader.frames == expected[after:]
            assert all(len(write) <= 16_384 for write in reader.writes)
            hub.unsubscribe(subscription)

    with_hub(work)


def test_one_who_cannot_take_more_is_asked_again_and_gets_the_rest() -> None:
    async def work(hub: EventHub, _store: Store) -> None:
        hub.open("c", 0)
        reader = Reader(patience=1)
        subscription = hub.subscribe("c", 0, reader)
        hub.resume(subscription)
        for n in range(500):
            hub.stream("c", payload(f"{n}" * 30))
        await drained()
        assert len(reader.writes) == 1
        reader.patience = None
        hub.resume(subscription)
        await drained()
        assert len(reader.frames) == 500

    with_hub(work)


def test_one_who_stays_too_far_behind_is_dropped_and_nobody_else() -> None:
    async def work(hub: EventHub, _store: Store) -> None:
        hub.open("c", 0)
        slow, quick = Reader(patience=1), Reader()
        for reader in (slow, quick):
            hub.resume(hub.subscribe("c", 0, reader))
        for n in range(MAX_BEHIND + 100):
            hub.stream("c", payload("x"))
            if n % 1000 == 0:
                await drained()
        await drained()
        for _ in range(20):
            await drained()
        assert slow.reason == "too_slow"
        assert quick.reason is None
        assert len(quick.frames) == MAX_BEHIND + 100
        assert hub.subscriber_count == 1

    with_hub(work)


def test_a_closed_conversation_that_nobody_follows_is_forgotten() -> None:
    async def work(hub: EventHub, store: Store) -> None:
        hub.open("c", 0)
        seq = hub.publish("c", payload("x"))
        store.rows.append(EventRow(seq, seq, False, payload("x")))
        hub.close("c")
        await drained()
        assert "c" in hub._logs  # it is not stored yet
        hub.stored("c", seq, seq)
        await drained()
        assert "c" not in hub._logs
        reader = Reader()
        hub.resume(hub.subscribe("c", 0, reader))
        await drained()
        assert reader.frames == [frame(1, payload("x"))]

    with_hub(work)
