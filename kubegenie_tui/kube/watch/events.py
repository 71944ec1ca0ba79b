"""The envelope of watch events: what happened, and the bytes of the object it happened to."""

import msgspec

from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.kube.status import error_from_status, parse_status

ADDED, MODIFIED, DELETED, BOOKMARK, ERROR = b"ADDED", b"MODIFIED", b"DELETED", b"BOOKMARK", b"ERROR"

_HEAD = 25
_LAST = ord("}")
_KNOWN = {
    start[:_HEAD]: (kind, len(start))
    for kind in (ADDED, MODIFIED, DELETED, BOOKMARK, ERROR)
    if (start := b'{"type":"%b","object":' % kind)
}
"""Type and where the object begins, by the first bytes of an event as API servers write it."""


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


_EVENT = msgspec.json.Decoder(_Event)


def split_event(line: memoryview) -> tuple[bytes, memoryview]:
    """Type and object of a line of a watch stream.

    The object is not decoded here: that of an ERROR is a Status, whatever the kind that is watched.

    Raises:
        msgspec.DecodeError: not a watch event.
    """
    known = _KNOWN.get(bytes(line[:_HEAD]))
    if known is not None and line[-1] == _LAST:
        kind, start = known
        return kind, line[start:-1]
    event = _EVENT.decode(line)
    return event.type.encode(), memoryview(event.object)


def error_of_event(data: memoryview, path: str) -> ClusterError:
    """What an ERROR event says; `path` is that of the watch."""
    body = bytes(data)
    status = parse_status(body)
    return error_from_status(status.code if status and status.code else 500, body, verb="watch", path=path)
