"""Pods are found by what was named, followed as they come and go, and their lines are made one log."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import Forbidden, Invalid, NotFound
from kubegenie_tui.domain.log_source import LogSource
from kubegenie_tui.domain.log_target import ALL, TAIL, LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.log_feed import FeedState
from kubegenie_tui.screens.log_gather import MOST_SOURCES, MOST_WAITING, LogGather
from kubegenie_tui.screens.log_pods import Found, LogPods
from tests.ui.played_cluster import PlayedCluster, Script, no_wait

NOW = 1_764_100_000.0
WEB = ObjectRef("deployments.apps", "web", "shop")


def pod(name: str, *containers: str, owner: str = "", uid: str = "", ran_before: bool = False) -> dict[str, Any]:
    owners = [{"kind": owner, "controller": True}] if owner else []
    metadata = {"name": name, "namespace": "shop", "uid": uid or f"uid-{name}", "resourceVersion": "1"}
    names = containers or ("app",)
    statuses = [{"name": each, "lastState": {"terminated": {"exitCode": 1}} if ran_before else {}} for each in names]
    return {
        "metadata": {**metadata, "ownerReferences": owners},
        "spec": {"containers": [{"name": each} for each in names]},
        "status": {"phase": "Running", "containerStatuses": statuses},
    }


def cluster(*pods: dict[str, Any], selector: dict[str, str] | None = None) -> PlayedCluster:
    played = PlayedCluster()
    labels = {"app": "web"} if selector is None else selector
    for kind in ("deployments.apps", "services"):
        spec = {"selector": labels if kind == "services" else {"matchLabels": labels}}
        played.put(kind, {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec})
    for each in pods:
        played.put("pods", each)
    played.lists["pods"] = list(pods)
    return played


async def first(played: PlayedCluster, target: LogTarget) -> Found:
    async with closing(LogPods(played, target, sleep=no_wait).run()) as run:
        return await anext(run)


def names(found: Found) -> list[str]:
    return [f"{source.pod}/{source.container}" for source in found.sources]


async def eventually(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 the tasks that are waited for need no time, only turns
            await asyncio.sleep(0)


@pytest.mark.parametrize("kind", ["deployments.apps", "services"])
async def test_a_workload_means_every_container_of_every_pod(kind: str) -> None:
    played = cluster(pod("web-1", "app", "proxy"), pod("web-2"))
    found = await first(played, LogTarget((ObjectRef(kind, "web", "shop"),)))
    assert names(found) == ["web-1/app", "web-1/proxy", "web-2/app"]


async def test_one_pod_means_its_container_unless_all_are_wanted() -> None:
    played = cluster(pod("web-1", "app", "proxy"))
    ref = ObjectRef("pods", "web-1", "shop")
    assert names(await first(played, LogTarget((ref,)))) == ["web-1/app"]
    assert names(await first(played, LogTarget((ref,), "proxy"))) == ["web-1/proxy"]
    assert names(await first(played, LogTarget((ref,), ALL))) == ["web-1/app", "web-1/proxy"]


async def test_marked_objects_are_put_together_and_what_is_gone_is_left_out() -> None:
    played = cluster(pod("web-1"), pod("db-0"))
    refs = (*(ObjectRef("pods", name, "shop") for name in ("web-1", "db-0", "gone")), WEB)
    assert names(await first(played, LogTarget(refs))) == ["web-1/app", "db-0/app"]


async def test_runs_before_are_of_containers_that_had_one() -> None:
    played = cluster(pod("web-1"), pod("web-2", ran_before=True))
    assert names(await first(played, LogTarget((WEB,), previous=True))) == ["web-2/app"]


async def test_a_pod_that_cannot_be_read_may_still_have_a_log() -> None:
    played = cluster()
    played.objects["pods", "shop", "web-1"] = Forbidden("You may not get pods")
    assert names(await first(played, LogTarget((ObjectRef("pods", "web-1", "shop"),), "app"))) == ["web-1/app"]


async def test_a_workload_that_selects_nothing_or_is_gone_says_so() -> None:
    with pytest.raises(Invalid, match="selects no pods"):
        await first(cluster(selector={}), LogTarget((WEB,)))
    with pytest.raises(NotFound):
        await first(PlayedCluster(), LogTarget((WEB,)))


async def test_pods_that_come_are_found_and_leaving_lets_go() -> None:
    played = cluster(pod("web-1"))
    async with closing(LogPods(played, LogTarget((WEB,)), sleep=no_wait).run()) as run:
        assert names(await anext(run)) == ["web-1/app"]
        later = asyncio.ensure_future(anext(run))
        await asyncio.sleep(0)
        played.tell(pod("other"))
        played.lists["pods"] = [pod("web-1"), pod("web-2")]
        played.tell(pod("web-2"))
        found = await later
        assert (names(found), found.new) == (["web-2/app"], True)
    assert played.lease.released == 1


async def test_only_what_can_come_again_is_watched() -> None:
    async def looks(*pods: dict[str, Any]) -> int:
        played = cluster(*pods)
        refs = tuple(ObjectRef("pods", each["metadata"]["name"], "shop") for each in pods)
        run = LogPods(played, LogTarget(refs), sleep=no_wait).run()
        async with closing(run):
            await anext(run)
            step = asyncio.ensure_future(anext(run, None))
            await asyncio.sleep(0)
            done = step.done()
            step.cancel()
            await asyncio.gather(step, return_exceptions=True)
        return not done

    assert not await looks(pod("web-1"), pod("web-2", owner="ReplicaSet"))
    assert await looks(pod("db-0", owner="StatefulSet"))


# Lines


def stamped(*texts: str, start: float = 0) -> list[str]:
    """Lines two seconds apart, the first `start` seconds after the beginning."""
    return [
        f"{datetime.fromtimestamp(NOW - 100 + start + 2 * index, UTC):%Y-%m-%dT%H:%M:%S.%f}Z {text}"
        for index, text in enumerate(texts)
    ]


def gathering(
    played: PlayedCluster, *scripts: Script, target: LogTarget | None = None, heard: Callable[[], None] = lambda: None
) -> LogGather:
    played.scripts = list(scripts)
    wait: Callable[[float], Awaitable[None]] = no_wait
    return LogGather(played, target or LogTarget((WEB,)), heard, now=lambda: NOW, sleep=wait)


A, B = LogSource("shop", "web-1", "app"), LogSource("shop", "web-2", "app")


async def test_lines_of_many_come_out_by_time_with_their_source() -> None:
    forever = asyncio.Event()
    gather = gathering(cluster(), [stamped("a", "c"), forever], [stamped("b", "d", start=1), forever])
    gather.add([A, B])
    await eventually(lambda: gather.waiting == 4)
    lines = gather.take(100)
    assert [(line.text, gather.sources[line.origin].pod) for line in lines] == [
        ("a", "web-1"),
        ("b", "web-2"),
        ("c", "web-1"),
    ]
    assert gather.state() == FeedState("")
    await gather.close()
    assert (played_streams(gather), gather.waiting) == (0, 1)


def played_streams(gather: LogGather) -> int:
    source = gather._source
    assert isinstance(source, PlayedCluster)
    return source.open_streams


async def test_how_much_is_asked_for() -> None:
    played = cluster()
    gather = gathering(played)
    gather.add([A, *(LogSource("shop", f"web-{number}", "app") for number in range(2, 21))])
    gather.add([LogSource("shop", "late", "app")], new=True)
    await eventually(lambda: len(played.asked_logs) == 21)
    assert {asked.tail for asked in played.asked_logs[:20]} == {500}
    assert played.asked_logs[20].tail is None, "all of a pod that came while we looked"
    await gather.close()
    for since, tail, seconds in ((None, TAIL, None), (900, None, 900), (0, None, None)):
        played.asked_logs.clear()
        gather = gathering(played, target=LogTarget((WEB,), since=since))
        gather.add([A])
        await eventually(lambda: played.asked_logs)
        assert (played.asked_logs[0].tail, played.asked_logs[0].since_seconds) == (tail, seconds)
        await gather.close()


async def test_too_many_are_left_out_and_counted() -> None:
    gather = gathering(cluster())
    gather.add(LogSource("shop", f"web-{number}", "app") for number in range(MOST_SOURCES + 5))
    assert (len(gather.sources), gather.left_out) == (MOST_SOURCES, 5)
    await gather.close()


async def test_a_flood_waits_for_its_turn() -> None:
    flood = [stamped(*(str(number) for number in range(1000))) for _ in range(10)]
    gather = gathering(cluster(), flood)
    gather.add([A])
    await eventually(lambda: gather.waiting >= MOST_WAITING)
    for _ in range(50):
        await asyncio.sleep(0)
    assert gather.waiting < MOST_WAITING + 1000
    got = 0
    while got < 10_000:
        got += len(gather.take(1000))
        await asyncio.sleep(0)
    await gather.close()


async def test_a_pod_of_the_same_name_goes_on_with_the_same_number() -> None:
    played = cluster()
    gather = gathering(played, [stamped("a")], [stamped("again", start=50), asyncio.Event()])
    gather.add([A])
    await gather.finished()
    assert gather.state().ended
    gather.add([A], new=True)
    await eventually(lambda: gather.waiting == 2)
    assert [(line.text, line.origin) for line in gather.take(9)] == [("a", 0), ("again", 0)]
    assert not gather.state().ended
    await gather.close()


async def test_trouble_of_one_is_told_and_does_not_stop_the_others() -> None:
    heard: list[None] = []
    forever = asyncio.Event()
    denied = Forbidden("You may not read logs")
    gather = gathering(cluster(), [stamped("a"), forever], [denied], heard=lambda: heard.append(None))
    gather.add([A, B])
    await eventually(lambda: gather.state().trouble and gather.waiting)
    assert gather.state() == FeedState("1 of 2: You may not read logs", trouble=True)
    assert [line.text for line in gather.take(9)] == ["a"]
    assert heard
    await gather.close()
    gather = gathering(cluster(), [denied], [denied])
    gather.add([A, B])
    await gather.finished()
    assert gather.state().error is denied
