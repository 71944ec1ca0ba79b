"""Frames as the other side of a port-forward reads and writes them."""

import pytest

from kubegenie_tui.demo.api import spdy as server
from kubegenie_tui.kube.streams import spdy


def test_streams_are_opened_with_headers_one_after_the_other() -> None:
    ours, theirs = spdy.Framing(), server.Framing()
    for number in (1, 3, 5):
        headers = {"streamtype": "data", "port": "80", "requestid": str(number)}
        (frame,) = theirs.read(ours.open(number, headers))
        assert (frame.type, frame.stream, frame.headers) == (server.OPEN, number, headers)


@pytest.mark.parametrize("size", [1, 3, 8, 1000])
def test_frames_in_pieces_of_any_size(size: int) -> None:
    theirs = server.Framing()
    sent = theirs.reply(3) + server.data(3, b"hello" * 40) + server.ping(b"\0\0\0\2") + server.data(3, b"", last=True)
    ours = spdy.Framing()
    frames: list[spdy.Frame] = []
    for at in range(0, len(sent), size):
        frames += ours.read(sent[at : at + size])
    assert [frame.type for frame in frames] == [2, spdy.DATA, spdy.PING, spdy.DATA]
    assert (frames[1].stream, frames[1].content, frames[1].last) == (3, b"hello" * 40, False)
    assert (frames[2].content, frames[3].last) == (b"\0\0\0\2", True)


def test_data_and_its_end_as_the_server_reads_them() -> None:
    first, last, reset = server.Framing().read(spdy.data(5, b"x") + spdy.data(5, b"", last=True) + spdy.reset(5))
    assert (first.stream, first.data, first.last, last.last) == (5, b"x", False, True)
    assert (reset.type, reset.stream) == (server.RESET, 5)
