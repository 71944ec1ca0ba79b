"""The envelope of watch events: what happened, and the bytes of the object it happened to."""

import msgspec

ADDED, MODIFIED, DELETED, BOOKMARK, ERROR = b"ADDED", b"MODIFIED", b"DELETED", b"BOOKMARK", b"ERROR"

_START = b'{"type":"'
_BETWEEN = b'","object":'


class _Event(msgspec.Struct):
    type: str
    object: msgspec.Raw


_EVENT = msgspec.json.Decoder(_Event)


def split_event(line: bytes) -> tuple[bytes, bytes]:
    """Type and object of a line of a watch stream.

    The object is not decoded here: that of an ERROR is a Status, whatever the kind that is watched.

    Raises:
        msgspec.DecodeError: not a watch event.
    """
    end = line.find(b'"', len(_START), len(_START) + 16)
    if end > 0 and line.startswith(_START) and line.startswith(_BETWEEN, end) and line.endswith(b"}"):
        return line[len(_START) : end], line[end + len(_BETWEEN) : -1]
    event = _EVENT.decode(line)
    return event.type.encode(), bytes(event.object)
