"""Logs of several clusters in one view: a cluster that fails is told within the log and hinders no other."""

import asyncio
import itertools
from typing import Any

from kubegenie_tui.domain.closing import closing
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError, Refused, UsageError
from kubegenie_tui.domain.log_target import LogTarget
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.screens.log_clusters import LogClusters, Lost
from kubegenie_tui.screens.log_gather import LogGather
from kubegenie_tui.screens.log_pods import Found
from tests.ui.played_cluster import PlayedCluster, no_wait

NOW = 1_764_100_000.0
REFS = tuple(ObjectRef("pods", "web-1", "shop", cluster) for cluster in ("prod", "staging", "rack"))


def cluster(answer: dict[str, Any] | KubeGenieError | None = None) -> PlayedCluster:
    played = PlayedCluster()
    pod = {"metadata": {"name": "web-1", "namespace": "shop", "uid": "u1"}, "spec": {"containers": [{"name": "app"}]}}
    played.objects["pods", "shop", "web-1"] = answer or pod
    return played


async def looked(clusters: dict[str, PlayedCluster | KubeGenieError], count: int) -> dict[str, list[Found | Lost]]:
    """The first so many news, by cluster."""
    news: dict[str, list[Found | Lost]] = {}
    target = LogTarget(tuple(ref for ref in REFS if ref.cluster in clusters))
    async with closing(LogClusters(clusters, target, sleep=no_wait).run()) as run, asyncio.timeout(10):
        async for each in run:
            news.setdefault(each.cluster, []).append(each)
            if sum(map(len, news.values())) == count:
                break
    return news


async def test_each_cluster_gives_its_own_sources() -> None:
    news = await looked({"prod": cluster(), "staging": cluster()}, 2)
    for name in ("prod", "staging"):
        (found,) = news[name]
        assert isinstance(found, Found)
        assert [(source.cluster, source.pod, source.container) for source in found.sources] == [(name, "web-1", "app")]


async def test_one_that_fails_and_one_that_hangs_and_one_that_cannot_be_used_hinder_no_other() -> None:
    hanging = cluster()
    hanging.hold = asyncio.Event()
    bad = UsageError("its context cannot be used")
    news = await looked({"prod": cluster(), "staging": hanging, "rack": bad}, 2)
    assert [type(each) for each in news["prod"]] == [Found]
    assert news["rack"] == [Lost("rack", bad)]
    news = await looked({"prod": cluster(), "rack": cluster(Forbidden("you may not read pods"))}, 2)
    assert [type(each) for each in news["prod"]] == [Found]
    assert [type(each) for each in news["rack"]] == [Lost]


async def test_a_cluster_that_comes_back_joins_in() -> None:
    played = cluster(Refused("connection refused"))
    target = LogTarget(REFS[:2])
    async with closing(LogClusters({"prod": played, "staging": played}, target, sleep=no_wait).run()) as run:
        assert isinstance(await anext(run), Lost)
        played.objects["pods", "shop", "web-1"] = cluster().objects["pods", "shop", "web-1"]
        async with asyncio.timeout(10):
            found = {each.cluster async for each in _until_found(run)}
    assert found == {"prod", "staging"}


async def _until_found(run: Any) -> Any:
    missing = {"prod", "staging"}
    async for each in run:
        if isinstance(each, Found):
            missing.discard(each.cluster)
            yield each
        if not missing:
            return


async def test_what_is_missing_is_a_line_of_the_log_and_stands_in_its_state() -> None:
    prod, staging = cluster(), cluster()
    prod.scripts, staging.scripts = [[["2026-01-01T00:00:00Z of prod"]]], [[["2026-01-01T00:00:01Z of staging"]]]
    ticks = itertools.count()
    gather = LogGather(
        prod,
        LogTarget(REFS),
        lambda: None,
        clusters={"prod": prod, "staging": staging},
        now=lambda: NOW + next(ticks),
        sleep=no_wait,
    )
    news = await looked({"prod": cluster(), "staging": cluster()}, 2)
    for found in (*news["prod"], *news["staging"]):
        assert isinstance(found, Found)
        gather.add(found.sources)
    error = Refused("connection refused")
    gather.tell("rack", error)
    gather.lost["rack"] = error
    lines: list[tuple[str, str]] = []
    async with asyncio.timeout(10):
        while len(lines) < 3:
            await asyncio.sleep(0)
            lines += [(gather.sources[line.origin].cluster, line.text) for line in gather.take(10)]
    await gather.close()
    assert sorted(lines) == [("prod", "of prod"), ("rack", "✖ connection refused"), ("staging", "of staging")]
    assert gather.state().words.startswith("rack: connection refused")
    assert gather.state().trouble
