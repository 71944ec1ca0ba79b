"""A log goes on through cuts and restarts: no line twice, none lost, and it says what is going on."""

from collections.abc import Mapping
from datetime import UTC, datetime

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import Forbidden, Invalid, NotFound, Refused
from kubegenie_tui.domain.log_line import LogLine
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.screens.log_feed import MARGIN, FeedState, LogFeed
from tests.ui.played_cluster import PlayedCluster, Script, no_wait

NOW = 1_764_100_000.0
APP = LogSource("shop", "web-1", "app")
TAIL = 2_000


def stamped(*texts: str, start: int = 0) -> list[str]:
    """Lines a second apart, the first `start` seconds after the beginning."""
    return [
        f"{datetime.fromtimestamp(NOW - 100 + start + index, UTC):%Y-%m-%dT%H:%M:%S}.5Z {text}"
        for index, text in enumerate(texts)
    ]


def cluster(*scripts: Script, phase: str = "Running", state: Mapping[str, object] | None = None) -> PlayedCluster:
    played = PlayedCluster()
    played.scripts = list(scripts)
    status = {"name": "app", "state": state or {"running": {"startedAt": "2025-11-25T00:00:00Z"}}}
    played.put(
        "pods",
        {
            "metadata": {"name": "web-1", "namespace": "shop"},
            "spec": {"containers": [{"name": "app"}]},
            "status": {"phase": phase, "containerStatuses": [status]},
        },
    )
    return played


async def read(played: PlayedCluster, *, previous: bool = False, states: int = 99) -> tuple[list[str], list[FeedState]]:
    """Texts and states until the feed ends, or so many states were told."""
    feed = LogFeed(played, APP, previous=previous, tail=TAIL, now=lambda: NOW, sleep=no_wait)
    texts: list[str] = []
    told: list[FeedState] = []
    run = feed.run()
    async for heard in run:
        if isinstance(heard, FeedState):
            told.append(heard)
            if len(told) >= states:
                break
        else:
            texts += [record.text for record in heard if isinstance(record, LogLine)]
    return texts, told


async def test_it_begins_with_the_tail_and_follows() -> None:
    played = cluster([stamped("a", "b")], [], phase="Succeeded")
    texts, _ = await read(played)
    assert texts == ["a", "b"]
    asked = played.asked_logs[0]
    assert (asked.tail, asked.follow, asked.timestamps, asked.since_seconds) == (TAIL, True, True, None)


async def test_a_cut_connection_goes_on_where_it_was() -> None:
    cut = Refused("The connection was cut")
    played = cluster([stamped("a", "b"), cut], [stamped("a", "b", "c")], [], phase="Succeeded")
    texts, states = await read(played)
    assert texts == ["a", "b", "c"]
    assert states[0] == FeedState("The connection was cut, retry in 1s", trouble=True, error=cut)
    assert played.asked_logs[1].since_seconds == 99 + MARGIN
    assert played.asked_logs[1].tail is None


async def test_lines_of_the_same_moment_are_kept() -> None:
    same = [*stamped("a"), *stamped("b"), *stamped("a")]
    played = cluster([same, Refused("cut")], [[*stamped("b"), *stamped("c")]], [], phase="Succeeded")
    texts, _ = await read(played)
    assert texts == ["a", "b", "a", "c"]


async def test_it_waits_for_a_container_that_has_not_started() -> None:
    not_yet = Invalid("There is no log yet", 'container "app" is waiting to start')
    played = cluster([not_yet], [not_yet], [stamped("a")], [], phase="Succeeded")
    texts, states = await read(played)
    assert texts == ["a"]
    assert [state.words for state in states[:2]] == ["no log yet, retry in 1s", "no log yet, retry in 2s"]
    assert states[0].error is not_yet


async def test_it_waits_for_a_restart() -> None:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}}
    played = cluster([stamped("a")], [stamped("again", start=50)], [], state=waiting)
    texts, states = await read(played, states=2)
    assert texts == ["a", "again"]
    assert states[0] == FeedState("Waiting · CrashLoopBackOff: back-off 10s")


async def test_it_ends_with_the_pod() -> None:
    done = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    _, states = await read(cluster([stamped("a")], [], phase="Succeeded", state=done))
    assert states == [FeedState("ended · Terminated · Completed, exit code 0", ended=True)]
    gone = cluster([stamped("a")], [])
    gone.objects.clear()
    _, states = await read(gone)
    assert states[-1].ended
    assert isinstance(states[-1].error, NotFound)


async def test_the_previous_run_does_not_go_on() -> None:
    played = cluster([stamped("a")])
    texts, states = await read(played, previous=True)
    assert (texts, states) == (["a"], [FeedState("ended", ended=True)])
    assert (played.asked_logs[0].previous, played.asked_logs[0].follow) == (True, False)
    refused = Invalid("There was no run before this one")
    _, states = await read(cluster([refused]), previous=True)
    assert states[0].ended
    assert states[0].error is refused


async def test_what_is_forbidden_is_not_asked_again() -> None:
    played = cluster([Forbidden("You may not read logs")])
    _, states = await read(played)
    assert len(played.asked_logs) == 1
    assert states[0].ended


async def test_closing_it_closes_the_connection() -> None:
    played = cluster([stamped("a")])
    feed = LogFeed(played, APP, now=lambda: NOW, sleep=no_wait)
    async with closing(feed.run()) as run:
        async for _ in run:
            assert played.open_streams == 1
            break
    assert played.open_streams == 0
