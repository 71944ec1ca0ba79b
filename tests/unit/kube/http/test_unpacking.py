"""Compressed bodies come in members and chunks of any size."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubegenie_tui.kube.http.unpacking import Unpacker


def unpacked(data: bytes, size: int) -> list[bytes]:
    unpacker = Unpacker()
    return [piece for at in range(0, len(data), size) for piece in unpacker.feed(data[at : at + size])]


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 400))
def test_members_in_a_row_in_any_chunks(members: list[bytes], size: int) -> None:
    data = b"".join(gzip.compress(member) for member in members)
    assert b"".join(unpacked(data, size)) == b"".join(members)


def test_what_was_flushed_is_there_at_once() -> None:
    packer, unpacker = zlib.compressobj(wbits=31), Unpacker()
    for text in (b"first", b"second"):
        data = packer.compress(text) + packer.flush(zlib.Z_SYNC_FLUSH)
        assert b"".join(unpacker.feed(data)) == text


@pytest.mark.parametrize("length", [256 * 1024, 256 * 1024 + 1, 5_000_000])
def test_pieces_stay_small_and_none_is_left_behind(length: int) -> None:
    pieces = unpacked(gzip.compress(bytes(length)), 100_000)
    assert max(map(len, pieces)) <= 256 * 1024
    assert sum(map(len, pieces)) == length


def test_what_is_not_gzip_is_an_error() -> None:
    with pytest.raises(zlib.error):
        unpacked(b"plain text", 100)
