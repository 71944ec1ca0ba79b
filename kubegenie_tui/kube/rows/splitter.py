"""A list or a watch stream cut into its items while it still arrives, without parsing it twice or holding it whole.

What is cut out is a view of the chunk it came in, copied only when it lies in two.

Lists: the API server writes compact JSON, so the bytes that begin the first item (`{"metadata":{`) begin every item,
and `},` with them ends one. A quote inside a JSON string is always escaped, so the pattern cannot occur in a string. It
can occur deeper down (`volumeClaimTemplates`): such a piece is unbalanced, so its decoding fails and it is joined with
the next.
"""

import re
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

import msgspec

from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.domain.row import Json

LARGEST_ITEM = 32 * 1024 * 1024
LARGEST_WHOLE = 512 * 1024 * 1024
"""How much of a list is kept that cannot be cut (pretty-printed by a proxy, say)."""
_LARGEST_HEAD = 1024 * 1024
_LONGEST_PREFIX = 2048
_ARRAY = re.compile(rb'"(items|rows)":(\[|null)')
_PREFIX = re.compile(
    rb'\{"metadata":\{|\{"cells":\['
    rb'|\{"(?:apiVersion|kind)":"[^"\\]*","(?:apiVersion|kind)":"[^"\\]*","metadata":\{'
)

_MANAGED = b',"managedFields":['
_AFTER_MANAGED = re.compile(rb'\]\},"[a-z]')

ItemT = TypeVar("ItemT")


def _too_large(limit: int) -> ServerFailed:
    return ServerFailed(
        f"The server sends an object larger than {limit // 1024 // 1024} MiB", next_step="look at a narrower scope"
    )


def _lean(chunk: bytes, start: int, end: int) -> memoryview:
    """A document of a stream without managedFields: a third of it and more, which nobody here reads.

    To find its end is ten times cheaper than to parse it: no other array is in it. A quote inside a string is escaped,
    so no string looks like its beginning or its end; where a string has the first `]`, the document stays whole.
    """
    managed = chunk.find(_MANAGED, start, end)
    if managed >= 0:
        close = chunk.find(b"]", managed, end)
        if close > 0 and _AFTER_MANAGED.match(chunk, close, end):
            return memoryview(chunk[start:managed] + chunk[close + 1 : end])
    return memoryview(chunk)[start:end]


class LineSplitter:
    """The lines of a stream: one JSON document each, without its managedFields."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[memoryview]:
        """The lines that `chunk` completes, without their line breaks and without empty ones.

        Raises:
            ServerFailed: a line grows beyond 32 MiB.
        """
        start, end = 0, chunk.find(b"\n")
        if end >= 0 and self._parts:
            line = b"".join([*self._parts, chunk[:end]])
            yield _lean(line, 0, len(line))
            self._parts, self._size = [], 0
            start = end + 1
            end = chunk.find(b"\n", start)
        while end >= 0:
            if end > start:
                yield _lean(chunk, start, end)
            start = end + 1
            end = chunk.find(b"\n", start)
        self._keep(chunk[start:])

    def _keep(self, rest: bytes) -> None:
        if rest:
            self._parts.append(rest)
            self._size += len(rest)
            if self._size > LARGEST_ITEM:
                raise _too_large(LARGEST_ITEM)


class ListSplitter:
    """The pieces of a list's body: each ends where an item may end."""

    def __init__(self) -> None:
        self.head = b""
        """The list without its items, as JSON; empty until it is known."""
        self._separator = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._whole = False

    def feed(self, chunk: bytes) -> list[memoryview]:
        """The pieces that `chunk` completes.

        Raises:
            ServerFailed: an item grows beyond 32 MiB, or a list that cannot be cut beyond 512 MiB.
        """
        if self._separator:
            return self._cut(chunk)
        self._keep(chunk, LARGEST_WHOLE)
        if self._whole:
            return []
        return self._begin(b"".join(self._parts))

    def finish(self) -> list[memoryview]:
        """What remains when the body has ended.

        Raises:
            ServerFailed: the body is not a list, or was cut off.
        """
        body = b"".join(self._parts)
        if not self._separator:
            return self._items_of_whole(body)
        body = body.rstrip()
        if body.endswith(b"]}"):
            return [memoryview(body)[:-2]]
        raise ServerFailed("The server's list breaks off", next_step="try again")

    def _begin(self, body: bytes) -> list[memoryview]:
        """Look for the first item; what cannot be cut is kept whole."""
        array = _ARRAY.search(body)
        if array is None:
            self._whole = len(body) > _LARGEST_HEAD or body[:1] not in (b"", b"{")
            return []
        prefix = _PREFIX.match(body, array.end())
        if prefix is None or b'"metadata":{' not in body[: array.start()]:
            self._whole = prefix is not None or len(body) - array.end() > _LONGEST_PREFIX
            return []
        self.head = body[: array.end()] + b"]}"
        self._separator = b"}," + prefix.group()
        self._parts, self._size = [], 0
        return self._cut(body[array.end() :])

    def _cut(self, chunk: bytes) -> list[memoryview]:
        """The pieces that end in `chunk`; the first of them may have begun before it."""
        separator = self._separator
        tail = self._tail(len(separator) - 1)
        across = (tail + chunk[: len(separator) - 1]).find(separator)
        end = across - len(tail) if across >= 0 else chunk.find(separator)
        if across < 0 and end < 0:
            self._keep(chunk, LARGEST_ITEM)
            return []
        if end < 0:
            chunk = b"".join([*self._parts, chunk])
            end += self._size
            pieces = [memoryview(chunk)[: end + 1]]
        else:
            pieces = [memoryview(b"".join([*self._parts, chunk[: end + 1]]))]
        start, view = end + 2, memoryview(chunk)
        while (end := chunk.find(separator, start)) >= 0:
            pieces.append(view[start : end + 1])
            start = end + 2
        self._parts, self._size = [], 0
        self._keep(chunk[start:], LARGEST_ITEM)
        return pieces

    def _tail(self, length: int) -> bytes:
        """The last bytes kept: a separator may lie across two chunks, or more when they are tiny."""
        tail = b""
        for part in reversed(self._parts):
            tail = part + tail
            if len(tail) >= length:
                break
        return tail[-length:]

    def _keep(self, part: bytes, limit: int) -> None:
        self._parts.append(part)
        self._size += len(part)
        if self._size > limit:
            raise _too_large(limit)

    def _items_of_whole(self, body: bytes) -> list[memoryview]:
        try:
            whole = _WHOLE.decode(body)
        except msgspec.DecodeError as error:
            raise ServerFailed("The server's answer is not a list of objects", next_step="try again") from error
        self.head = body
        return [memoryview(item) for item in whole.items or whole.rows or ()]


class _Whole(msgspec.Struct):
    metadata: msgspec.Raw
    items: list[msgspec.Raw] | None = None
    rows: list[msgspec.Raw] | None = None


_WHOLE = msgspec.json.Decoder(_Whole)
_RAWS = msgspec.json.Decoder(list[msgspec.Raw])


class Joiner(Generic[ItemT]):
    """Pieces to decoded items; what cannot be decoded is reported and left out."""

    def __init__(self, decode: Callable[[Json], ItemT], bad: Callable[[Json], object]) -> None:
        self._decode = decode
        self._bad = bad
        self._unfinished = b""

    def take(self, pieces: list[memoryview]) -> Iterator[ItemT]:
        """The items that `pieces` complete."""
        for piece in pieces:
            whole = b"".join((self._unfinished, b",", piece)) if self._unfinished else piece
            try:
                item = self._decode(whole)
            except msgspec.DecodeError:
                yield from self._look_closer(whole)
            else:
                self._unfinished = b""
                yield item

    def finish(self) -> None:
        """The body has ended.

        Raises:
            ServerFailed: it was cut off within an item.
        """
        if self._unfinished:
            raise ServerFailed("The server's list breaks off", next_step="try again")

    def _look_closer(self, whole: Json) -> Iterator[ItemT]:
        """Unfinished, several items whose beginnings differ, or an object that is not as it should be."""
        if len(whole) > LARGEST_ITEM:
            raise _too_large(LARGEST_ITEM)
        piece, self._unfinished = bytes(whole), b""
        try:
            items = _RAWS.decode(b"[" + piece + b"]")
        except msgspec.DecodeError as error:
            if "truncated" in str(error):
                self._unfinished = piece
            else:
                self._bad(piece)
            return
        for item in items:
            try:
                yield self._decode(bytes(item))
            except msgspec.DecodeError:
                self._bad(bytes(item))
