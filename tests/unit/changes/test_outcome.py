from typing import Any

import pytest

from kubegenie_tui.changes.outcome import _JUDGES, PATIENCE_SECONDS, outcome
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.errors import Conflict, KubeGenieError, NotFound
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.kube.clock import Clock

Object = dict[str, Any]


class Quick(Clock):
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


class Cluster:
    """A cluster whose one object goes through states, the last of which stays; None means that it is gone."""

    name, status, kinds = "dev", ClusterStatus("dev", ""), KindIndex(BUILTIN_KINDS)

    def __init__(self, *states: Object | None) -> None:
        self._states = list(states)

    @property
    def client(self) -> Any:
        return self

    async def learn_kinds(self) -> None: ...

    async def get(self, path: str, params: object = None) -> bytes:
        import msgspec

        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if state is None:
            raise NotFound(path)
        return msgspec.json.encode(state)


def deployment(replicas: int, updated: int, available: int, *, total: int | None = None, seen: int = 1) -> Object:
    status = {
        "updatedReplicas": updated,
        "availableReplicas": available,
        "replicas": replicas if total is None else total,
    }
    return {
        "metadata": {"generation": 1, "uid": "u"},
        "spec": {"replicas": replicas},
        "status": status | {"observedGeneration": seen},
    }


async def told(
    cluster: Cluster, kind: str = "deployments.apps", verb: Verb = Verb.PATCH, *, before: Object | None = None
) -> list[str]:
    step = Step(verb, ObjectRef(kind, "web", "shop"), uid="u")
    return [text async for text in outcome(cluster, step, Quick(), before)]


async def test_a_rollout_is_followed_to_its_end() -> None:
    cluster = Cluster(
        deployment(3, 0, 3, seen=0),
        deployment(3, 1, 3, total=4),
        deployment(3, 3, 2, total=4),
        deployment(3, 3, 3, total=4),
        deployment(3, 3, 3),
    )
    assert await told(cluster) == [
        "waiting for the controller",
        "1 of 3 pods ready, 3 old ones left",
        "2 of 3 pods ready, 1 old ones left",
        "3 of 3 pods ready, 1 old ones left",
        "3 of 3 pods ready",
    ]


def stuck(at: str) -> Object:
    found = deployment(3, 1, 2)
    condition = {
        "type": "Progressing",
        "reason": "ProgressDeadlineExceeded",
        "message": "timed out",
        "lastUpdateTime": at,
    }
    return {**found, "status": {**found["status"], "conditions": [condition]}}


async def test_a_rollout_that_makes_no_progress_has_failed() -> None:
    with pytest.raises(KubeGenieError, match="no progress"):
        await told(Cluster(stuck("12:00")))


async def test_a_failure_from_before_is_not_one_of_this_change() -> None:
    cluster = Cluster(stuck("11:00"), stuck("11:00"), deployment(3, 3, 3))
    assert (await told(cluster, before=stuck("11:00")))[-1] == "3 of 3 pods ready"
    with pytest.raises(KubeGenieError, match="no progress"):
        await told(Cluster(stuck("11:00"), stuck("12:00")), before=stuck("11:00"))


async def test_what_takes_too_long_stays_open() -> None:
    news = await told(Cluster(deployment(3, 1, 1)))
    assert news[-1] == f"1 of 3 pods ready, 2 old ones left · still under way after {PATIENCE_SECONDS:.0f}s"


async def test_who_stops_is_told_how_far_it_was() -> None:
    step = Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "shop"), uid="u")
    cluster = Cluster(deployment(3, 1, 1))
    assert [text async for text in outcome(cluster, step, Quick(), stop=lambda: True)] == [
        "1 of 3 pods ready, 2 old ones left",
        "1 of 3 pods ready, 2 old ones left · not waited for",
    ]


async def test_an_object_that_is_deleted_is_waited_for() -> None:
    held = {"metadata": {"uid": "u", "finalizers": ["a/b"]}}
    free = {"metadata": {"uid": "u"}}
    assert await told(Cluster(held, free, None), "pods", Verb.DELETE) == [
        "terminating, held by a/b",
        "terminating",
        "gone",
    ]


async def test_another_object_of_that_name_means_it_is_gone() -> None:
    assert await told(Cluster({"metadata": {"uid": "other"}}), "pods", Verb.DELETE) == ["gone"]
    with pytest.raises(Conflict, match="gone"):
        await told(Cluster({"metadata": {"uid": "other"}}), "configmaps")


async def test_a_paused_deployment_is_not_waited_for() -> None:
    paused = deployment(3, 0, 3)
    paused["spec"]["paused"] = True
    assert await told(Cluster(paused)) == ["paused"]


ON_DELETE = {"updateStrategy": {"type": "OnDelete"}}


def partition(below: int) -> Object:
    return {"updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": below}}}


def pods(ready: int, updated: int, total: int) -> Object:
    return {"readyReplicas": ready, "updatedReplicas": updated, "replicas": total}


def daemons(wanted: int, updated: int, ready: int) -> Object:
    return {"desiredNumberScheduled": wanted, "updatedNumberScheduled": updated, "numberAvailable": ready}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "done"),
    [
        ("statefulsets.apps", {"replicas": 2}, pods(2, 2, 2), True),
        ("statefulsets.apps", {"replicas": 2}, pods(2, 1, 2), False),
        ("statefulsets.apps", {"replicas": 2}, pods(1, 2, 2), False),
        ("statefulsets.apps", {"replicas": 1}, pods(1, 1, 2), False),
        ("statefulsets.apps", {"replicas": 2, **ON_DELETE}, pods(2, 0, 2), True),
        ("statefulsets.apps", {"replicas": 3, **partition(2)}, pods(3, 1, 3), True),
        ("statefulsets.apps", {"replicas": 3, **partition(2)}, pods(3, 0, 3), False),
        ("statefulsets.apps", {"replicas": 3, **partition(1)}, pods(2, 2, 3), False),
        ("statefulsets.apps", {"replicas": 3, **partition(9)}, pods(3, 0, 3), True),
        ("daemonsets.apps", {}, daemons(3, 3, 3), True),
        ("daemonsets.apps", {}, daemons(3, 2, 3), False),
        ("daemonsets.apps", {}, daemons(3, 3, 2), False),
        ("daemonsets.apps", ON_DELETE, daemons(1, 0, 1), True),
    ],
)
def test_when_sets_are_rolled_out(kind: str, spec: Object, status: Object, done: bool) -> None:
    assert _JUDGES[kind]({"metadata": {}, "spec": spec, "status": status})[0] is done
