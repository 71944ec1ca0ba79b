"""SPDY/3.1 frames, as far as a port-forward needs them: several streams on one connection, each ended by either side.

Source: draft-mbelshe-httpbis-spdy-00, and Kubernetes' KEP-4006 for SPDY inside a websocket.
"""

import zlib
from collections.abc import Iterator, Mapping

import msgspec

DATA = 0
"""Not a type of the protocol: a frame without one."""
OPEN, REPLY, RESET, PING, GO_AWAY = 1, 2, 3, 6, 7
LAST = 1
"""The flag of the last frame that its sender sends on a stream."""
_CANCEL = 5
_LONGEST = (1 << 24) - 1


class Frame(msgspec.Struct, frozen=True):
    """One frame from the server. Headers of its replies say nothing that we need: they are not read."""

    type: int
    stream: int = 0
    flags: int = 0
    content: bytes = b""

    @property
    def last(self) -> bool:
        """Whether its sender says no more on the stream."""
        return bool(self.flags & LAST)


class Framing:
    """The frames of one connection: compression of headers goes on from frame to frame."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._deflate = zlib.compressobj()
        """Without the dictionary of the protocol, which a reader needs only where a writer used it (RFC 1950)."""

    def read(self, piece: bytes) -> Iterator[Frame]:
        """The frames that are whole with this piece."""
        self._rest += piece
        while len(self._rest) >= 8 and len(self._rest) >= (end := 8 + int.from_bytes(self._rest[5:8], "big")):
            whole = bytes(self._rest[:end])
            del self._rest[:end]
            yield _frame(whole)

    def open(self, stream: int, headers: Mapping[str, str]) -> bytes:
        """The beginning of a stream."""
        texts = [text.encode() for pair in headers.items() for text in pair]
        block = len(headers).to_bytes(4, "big") + b"".join(len(text).to_bytes(4, "big") + text for text in texts)
        packed = self._deflate.compress(block) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return _control(OPEN, stream.to_bytes(4, "big") + bytes(6) + packed)


def data(stream: int, content: bytes, *, last: bool = False) -> bytes:
    """A data frame."""
    assert len(content) <= _LONGEST
    return stream.to_bytes(4, "big") + bytes([last * LAST]) + len(content).to_bytes(3, "big") + content


def reset(stream: int) -> bytes:
    """The end of a stream that its other side need not answer."""
    return _control(RESET, stream.to_bytes(4, "big") + _CANCEL.to_bytes(4, "big"))


def pong(number: bytes) -> bytes:
    """The answer to a ping."""
    return _control(PING, number)


def _frame(whole: bytes) -> Frame:
    first, flags, content = int.from_bytes(whole[:4], "big"), whole[4], whole[8:]
    if not first >> 31:
        return Frame(DATA, first, flags, content)
    return Frame(first & 0xFFFF, int.from_bytes(content[:4], "big") & 0x7FFFFFFF, flags, content)


def _control(kind: int, content: bytes) -> bytes:
    return (0x80030000 | kind).to_bytes(4, "big") + bytes(1) + len(content).to_bytes(3, "big") + content
