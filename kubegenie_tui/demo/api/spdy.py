"""SPDY/3.1 frames, of which kubectl makes port-forwards inside a websocket: several streams on one connection.

Source: draft-mbelshe-httpbis-spdy-00 and Kubernetes' KEP-4006.
"""

import zlib
from collections.abc import Iterator

import msgspec

OPEN, REPLY, RESET, PING = 1, 2, 3, 6
DATA = 0
"""Not a type of the protocol: a frame without one."""
LAST = 1
"""The flag of a stream's last frame."""

_WORDS = (
    "options,head,post,put,delete,trace,accept,accept-charset,accept-encoding,accept-language,accept-ranges,a"
    "ge,allow,authorization,cache-control,connection,content-base,content-encoding,content-language,content-l"
    "ength,content-location,content-md5,content-range,content-type,date,etag,expect,expires,from,host,if-matc"
    "h,if-modified-since,if-none-match,if-range,if-unmodified-since,last-modified,location,max-forwards,pragm"
    "a,proxy-authenticate,proxy-authorization,range,referer,retry-after,server,te,trailer,transfer-encoding,u"
    "pgrade,user-agent,vary,via,warning,www-authenticate,method,get,status,200 OK,version,HTTP/1.1,url,public"
    ",set-cookie,keep-alive,origin"
)
_TEXT = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Author"
    "itative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 No"
    "t Found500 Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Au"
    "g Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,"
    "image/gif,application/xml,application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,def"
    "late,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0."
)
_DICTIONARY = b"".join(len(word).to_bytes(4, "big") + word.encode() for word in _WORDS.split(",")) + _TEXT.encode()
"""What both ends presume in the compression of headers."""


class Frame(msgspec.Struct, frozen=True):
    """One frame."""

    type: int
    stream: int = 0
    flags: int = 0
    data: bytes = b""
    headers: dict[str, str] = {}
    """Of a stream that opens."""

    @property
    def last(self) -> bool:
        """Whether its sender says no more on the stream."""
        return bool(self.flags & LAST)


class Framing:
    """Reads and writes the frames of one connection: compression goes on from frame to frame."""

    def __init__(self) -> None:
        self._rest = b""
        self._inflate = zlib.decompressobj(zdict=_DICTIONARY)
        self._deflate = zlib.compressobj(zdict=_DICTIONARY)

    def read(self, data: bytes) -> Iterator[Frame]:
        """The frames that are whole with this piece."""
        self._rest += data
        while len(self._rest) >= 8 and len(self._rest) >= (end := 8 + int.from_bytes(self._rest[5:8], "big")):
            whole, self._rest = self._rest[:end], self._rest[end:]
            yield self._frame(whole)

    def _frame(self, whole: bytes) -> Frame:
        first, flags, content = int.from_bytes(whole[:4], "big"), whole[4], whole[8:]
        if not first >> 31:
            return Frame(DATA, first, flags, content)
        kind, stream = first & 0xFFFF, int.from_bytes(content[:4], "big") & 0x7FFFFFFF
        return Frame(kind, stream, flags, content, self._headers(content[10:]) if kind == OPEN else {})

    def _headers(self, block: bytes) -> dict[str, str]:
        plain = self._inflate.decompress(block)
        texts, at = [], 4
        while at < len(plain):
            size = int.from_bytes(plain[at : at + 4], "big")
            texts.append(plain[at + 4 : at + 4 + size].decode())
            at += 4 + size
        return dict(zip(texts[::2], texts[1::2], strict=True))

    def reply(self, stream: int) -> bytes:
        """The acceptance of a stream."""
        block = self._deflate.compress(bytes(4)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return _control(REPLY, stream.to_bytes(4, "big") + block)


def data(stream: int, content: bytes, *, last: bool = False) -> bytes:
    """A data frame."""
    return stream.to_bytes(4, "big") + bytes([last * LAST]) + len(content).to_bytes(3, "big") + content


def ping(number: bytes) -> bytes:
    """The answer to a ping."""
    return _control(PING, number)


def _control(kind: int, content: bytes) -> bytes:
    return (0x80030000 | kind).to_bytes(4, "big") + bytes(1) + len(content).to_bytes(3, "big") + content
