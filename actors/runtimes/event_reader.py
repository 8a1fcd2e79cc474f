"""EventReader: server-sent events of a provider out of the bytes of its answer.

The SDKs make an object of each event and of each part of it, which costs more than all else that is done for a delta.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

FRAME_END = b"\n\n"


class EventReader:
    """Takes an answer piece by piece, as it arrives. A line may end in each of the three ways that the standard knows."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, piece: bytes) -> list[bytes]:
        """The data of each event that is whole with this piece; events without data are left out."""
        text = self._rest + piece
        if b"\r" in text:
            end = len(text) - text.endswith(b"\r")  # its line feed may follow
            text = text[:end].replace(b"\r\n", b"\n").replace(b"\r", b"\n") + text[end:]
        *frames, self._rest = text.split(FRAME_END)
        return [data for frame in frames if (data := _data(frame))]

    def end(self) -> list[bytes]:
        """The data of an event that the end of the answer makes whole. What has no empty line behind it does not count."""
        return self.take(b"\n") if self._rest.endswith(b"\r") else []


async def data_of(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The data of each event of an answer."""
    reader = EventReader()
    async for piece in pieces:
        for data in reader.take(piece):
            yield data
    for data in reader.end():
        yield data


def _data(frame: bytes) -> bytes:
    lines = []
    for line in frame.split(b"\n"):
        field, _, value = line.partition(b":")
        if field == b"data":
            lines.append(value.removeprefix(b" "))
    return b"\n".join(lines)
