"""The HTTP API as tests use it: plain requests, and streams that are read event by event with a deadline."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

DEADLINE_S = 20.0
CONVERSATIONS = "/api/chat/conversations"
TERMINAL = {"done", "error", "interrupted"}


@dataclass
class EventStream:
    """A stream that is open."""

    response: httpx2.Response
    frames: Iterator[tuple[int | None, dict[str, Any]]]
    seen: list[dict[str, Any]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def next(self) -> dict[str, Any]:
        """The next event; fails when none comes within the deadline."""
        seq, event = next(self.frames)
        assert event.get("seq") == seq  # blocks as HTML have neither
        self.seen.append(event)
        return event

    def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Reads on to the next event of this type, and with these fields."""
        while True:
            event = self.next()
            if event["type"] == kind and all(event[name] == value for name, value in fields.items()):
                return event

    def rest(self) -> list[dict[str, Any]]:
        """Reads to the end of the stream; all events seen."""
        for seq, event in self.frames:
            assert event.get("seq") == seq
            self.seen.append(event)
        return self.seen

    def end(self) -> dict[str, Any]:
        """Reads on to the terminal event."""
        while True:
            event = self.next()
            if event["type"] in TERMINAL:
                return event

    @property
    def text(self) -> str:
        """All text seen so far."""
        return "".join(event["content"] for event in self.seen if event["type"] == "delta")

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of this type seen so far."""
        return [event for event in self.seen if event["type"] == kind]


class Api:
    """A client of one daemon."""

    def __init__(self, url: str, token: str | None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.url = url
        self.http = httpx2.Client(base_url=url, headers=headers, timeout=DEADLINE_S, trust_env=False)

    def close(self) -> None:
        self.http.close()

    def request(self, method: str, path: str, **kwargs: Any) -> httpx2.Response:
        return self.http.request(method, path, **kwargs)

    def get(self, path: str, **params: Any) -> Any:
        return self._checked(self.http.get(path, params=params))

    def post(self, path: str, body: object | None = None) -> Any:
        return self._checked(self.http.post(path, json=body) if body is not None else self.http.post(path))

    def patch(self, path: str, body: object) -> Any:
        return self._checked(self.http.patch(path, json=body))

    def delete(self, path: str) -> None:
        assert self.http.delete(path).status_code == 204

    def new(self, runtime: str = "offline", **fields: Any) -> str:
        """The id of a new conversation."""
        created: str = self.post(CONVERSATIONS, {"runtimeId": runtime, **fields})["id"]
        return created

    def messages(self, conversation: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"{CONVERSATIONS}/{conversation}/messages", **params)
        return found

    @contextmanager
    def send(
        self, conversation: str, content: str, *, render: str | None = None, **fields: Any
    ) -> Iterator[EventStream]:
        """Sends a message; the stream of its turn."""
        path = f"{CONVERSATIONS}/{conversation}/messages" + (f"?render={render}" if render else "")
        with self.stream("POST", path, json={"content": content, **fields}) as stream:
            assert stream.response.status_code == 200, stream.response.read()
            yield stream

    def ask(self, conversation: str, content: str, **fields: Any) -> EventStream:
        """Sends a message and reads its turn to the end."""
        with self.send(conversation, content, **fields) as stream:
            stream.rest()
        return stream

    @contextmanager
    def follow(self, conversation: str, after: int | None = None, **params: str) -> Iterator[EventStream]:
        """Follows a conversation."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        with self.stream(
            "GET", f"{CONVERSATIONS}/{conversation}/stream", headers=headers, params=params
        ) as stream:
            assert stream.response.status_code == 200, stream.response.read()
            yield stream

    @contextmanager
    def stream(self, method: str, path: str, **kwargs: Any) -> Iterator[EventStream]:
        with self.http.stream(method, path, **kwargs) as response:
            stream = EventStream(response, iter(()))
            stream.frames = _frames(response, stream.comments)
            yield stream

    def respond(self, conversation: str, request: str, behavior: str = "allow", **fields: Any) -> Any:
        body = {"requestId": request, "behavior": behavior, **fields}
        return self.post(f"{CONVERSATIONS}/{conversation}/respond", body)

    def cancel(self, conversation: str) -> None:
        assert self.http.post(f"{CONVERSATIONS}/{conversation}/cancel").status_code == 202

    @staticmethod
    def _checked(response: httpx2.Response) -> Any:
        assert response.status_code < 300, f"{response.status_code}: {response.text}"
        return response.json() if response.content else None


def _frames(response: httpx2.Response, comments: list[str]) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The frames of a stream: an `id` line, one `data` line, an empty line; or a comment, which is no reason to wait on."""
    seq: int | None = None
    waits_since = time.monotonic()
    for line in response.iter_lines():
        if line.startswith("id: "):
            seq = int(line[4:])
        elif line.startswith("data: "):
            yield seq, json.loads(line[6:])
            seq = None
            waits_since = time.monotonic()
        elif line.startswith(":"):
            assert time.monotonic() - waits_since < DEADLINE_S, "nothing came but pings"
            comments.append(line)
        else:
            assert not line, f"unexpected line {line!r}"
