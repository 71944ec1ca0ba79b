"""Compressed bodies unpacked while they arrive. API servers may end a gzip member in mid-watch and begin another."""

import zlib
from collections.abc import Iterator

_PIECE = 256 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class Unpacker:
    """Unpacks the gzip members of one body, however they are cut into chunks."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP)

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What `chunk` unpacks to, in pieces of at most 256 KiB.

        Raises:
            zlib.error: it is not gzip.
        """
        while True:
            piece = self._member.decompress(chunk, _PIECE)
            if piece:
                yield piece
            if self._member.eof:
                chunk = self._member.unused_data
                self._member = zlib.decompressobj(_GZIP)
                if not chunk:
                    return
            elif len(piece) < _PIECE:
                return
            else:
                chunk = self._member.unconsumed_tail
