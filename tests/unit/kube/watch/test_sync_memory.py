"""What a server can do is learned once, and only from an answer that tells."""

from typing import Any

import pytest

from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, NotFound, Refused, Unauthorized
from kubegenie_tui.kube.watch.sync_memory import SyncMemory


class Server:
    """Answers, or raises, in order; the last for ever."""

    def __init__(self, *answers: bytes | KubeGenieError) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def get(self, path: str, *_: Any, **__: Any) -> bytes:
        assert path == "/version"
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, KubeGenieError):
            raise answer
        return answer

    def stream(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("nothing is streamed to learn a version")


NEW, OLD = b'{"major":"1","minor":"34+"}', b'{"major":"1","minor":"33"}'


@pytest.mark.parametrize(("answer", "has"), [(NEW, True), (OLD, False), (b'{"major":"2","minor":"0"}', True)])
async def test_the_version_decides_and_is_asked_for_once(answer: bytes, has: bool) -> None:
    server, memory = Server(answer), SyncMemory()
    assert [await memory.has_watch_list(server) for _ in range(3)] == [has] * 3
    assert server.asked == 1


@pytest.mark.parametrize("answer", [Forbidden("no"), NotFound("no"), b"<html>", b"{}"])
async def test_a_server_that_does_not_tell_has_none(answer: bytes | KubeGenieError) -> None:
    assert not await SyncMemory().has_watch_list(Server(answer))


@pytest.mark.parametrize("error", [Unauthorized("who?"), Refused("down")])
async def test_what_passes_is_not_remembered(error: KubeGenieError) -> None:
    server, memory = Server(error, NEW), SyncMemory()
    with pytest.raises(type(error)):
        await memory.has_watch_list(server)
    assert await memory.has_watch_list(server)


async def test_what_the_server_has_shown_is_stronger_than_its_version() -> None:
    memory = SyncMemory()
    assert await memory.has_watch_list(Server(NEW))
    memory.deny_watch_list()
    assert not await memory.has_watch_list(Server(NEW))


def test_tables_are_denied_kind_by_kind() -> None:
    memory = SyncMemory()
    memory.deny_tables("widgets.example.com")
    assert [memory.makes_tables(kind) for kind in ("widgets.example.com", "secrets")] == [False, True]
