from collections import Counter
from typing import Any

import pytest

from kubegenie_tui.changes.impact import MOST_LOOKED_AT, impact_of
from kubegenie_tui.changes.surroundings import Surroundings
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.custom.instances import Instances
from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import Note, Step, StepPreview, Verb

Object = dict[str, Any]
LABELS = {"app": "web"}
SELECTOR = {"selector": {"matchLabels": LABELS}}


class Around(Surroundings):
    """A namespace as it is told."""

    def __init__(self, **lists: list[Object]) -> None:
        self._told = lists

    async def all(self, name: str, namespace: str) -> list[Manifest]:
        if name == "resourcequotas" and "forbidden" in self._told:
            raise Forbidden("You may not list resourcequotas")
        return self._told.get(name, [])

    def kind_of(self, reference: Manifest) -> Kind | None:
        return KindIndex(BUILTIN_KINDS).of(reference["apiVersion"], reference["kind"])

    async def object(self, kind: Kind, namespace: str, name: str) -> Manifest | None:
        return next((each for each in self._told.get(kind.plural, []) if each["metadata"]["name"] == name), None)

    async def count(self, kind: Kind) -> Instances:
        found = Counter(each["metadata"].get("namespace", "") for each in self._told.get(kind.id, []))
        return Instances(found.total(), dict(found) if kind.namespaced else {})


def named(name: str, **rest: Any) -> Object:
    return {"metadata": {"name": name, **rest.pop("metadata", {})}, **rest}


def workload(replicas: int | None = 3, kind: str = "Deployment", image: str = "web:1", **spec: Any) -> Object:
    container = {"name": "c", "image": image, "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}}}
    template = {"metadata": {"labels": LABELS}, "spec": {"containers": [container]}}
    return named("web", kind=kind, spec={"replicas": replicas, **SELECTOR, "template": template, **spec})


def pod(name: str = "web-1", owner: str = "") -> Object:
    owners = [{"kind": "ReplicaSet", "name": owner, "controller": True}] if owner else []
    return named(name, metadata={"labels": LABELS, "ownerReferences": owners}, kind="Pod", spec={})


async def impact(
    before: Object | None, after: Object | None, around: Around, kind: str = "deployments.apps", **step: Any
) -> list[Note]:
    verb = Verb.PATCH if after else Verb.DELETE
    name = before["metadata"]["name"] if before else "web"
    return await impact_of([StepPreview(Step(verb, ObjectRef(kind, name, "shop"), **step), before, after, ())], around)


def said(notes: list[Note]) -> list[str]:
    return [f"{note.health.name} {note.text}" for note in notes]


HPA = named("web", spec={"scaleTargetRef": {"kind": "Deployment", "name": "web"}, "minReplicas": 2, "maxReplicas": 8})
OTHER_HPA = named("api", spec={"scaleTargetRef": {"kind": "Deployment", "name": "api"}, "maxReplicas": 8})


async def test_more_replicas_meet_an_autoscaler() -> None:
    around = Around(horizontalpodautoscalers=[HPA, OTHER_HPA])
    assert said(await impact(workload(3), workload(5), around)) == [
        "OK 2 pods more",
        "WARN HPA web (2-8) will set the replicas again",
    ]


def budget(allowed: int) -> Object:
    return named("web", spec=SELECTOR, status={"disruptionsAllowed": allowed})


async def test_fewer_replicas_meet_a_budget() -> None:
    around = Around(poddisruptionbudgets=[budget(0)], services=[named("web", spec={"selector": LABELS})])
    assert said(await impact(workload(3), workload(2), around)) == [
        "WARN 1 of 3 pods stop",
        "WARN budget web allows 0 more to be down",
    ]


async def test_no_replicas_leave_a_service_without_pods() -> None:
    services = [named("web", spec={"selector": LABELS}), named("api", spec={"selector": {"app": "api"}})]
    found = said(await impact(workload(3), workload(0), Around(services=services)))
    assert found == ["WARN 3 of 3 pods stop", "WARN service web may be left without pods"]


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        ("RollingUpdate", "OK its pods are replaced one after the other"),
        ("Recreate", "WARN its pods are replaced all at once"),
    ],
)
async def test_another_image_replaces_the_pods(strategy: str, words: str) -> None:
    before, after = (workload(image=image, strategy={"type": strategy}) for image in ("web:1", "web:2"))
    assert said(await impact(before, after, Around())) == [words]


async def test_a_deleted_workload_stops_its_pods_unless_they_are_left() -> None:
    around = Around(pods=[pod("web-1"), pod("web-2"), named("api-1", metadata={"labels": {"app": "api"}})])
    assert "WARN 2 pods stop" in said(await impact(workload(), None, around))
    assert said(await impact(workload(), None, around, propagation="Orphan")) == []


async def test_a_pod_of_a_controller_is_replaced_and_a_lone_one_is_missed() -> None:
    around = Around(services=[named("web", spec={"selector": LABELS})], poddisruptionbudgets=[budget(1)])
    assert said(await impact(pod(owner="web-5d4"), None, around, "pods")) == ["OK budget web allows 1 more to be down"]
    assert "WARN service web may be left without pods" in said(await impact(pod(), None, around, "pods"))


async def test_a_namespace_takes_everything_with_it() -> None:
    around = Around(pods=[pod(), pod()], persistentvolumeclaims=[named("data")])
    found = said(await impact(named("shop"), None, around, "namespaces"))
    assert found == ["WARN 2 pods go with it", "WARN 1 persistentvolumeclaim goes with it"]


async def test_data_that_go_and_data_that_stay() -> None:
    user = named("db-0", spec={"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]})
    [note] = await impact(named("data"), None, Around(pods=[user, pod()]), "persistentvolumeclaims")
    assert note.text.endswith("1 pods use it")
    claims: Object = {"volumeClaimTemplates": [named("data")]}
    stay = await impact(workload(kind="StatefulSet", **claims), None, Around(), "statefulsets.apps")
    assert "OK its volumes are kept" in said(stay)


def owned(name: str, uid: str) -> Object:
    return named(name, metadata={"ownerReferences": [{"uid": uid}], "labels": LABELS})


async def test_what_an_owner_takes_with_it() -> None:
    around = Around(jobs=[owned("a", "1"), owned("b", "2")], pods=[owned("c", "1"), owned("d", "1")])
    gone = named("nightly", metadata={"uid": "1"})
    assert said(await impact(gone, None, around, "cronjobs.batch")) == ["WARN 1 of its jobs goes with it"]
    assert said(await impact(gone, None, around, "databases.platform.example")) == [
        "WARN 2 of its pods go with it",
        "WARN 1 of its jobs goes with it",
    ]
    assert said(await impact(gone, None, around, "cronjobs.batch", propagation="Orphan")) == []
    assert said(await impact(gone, None, around, "configmaps")) == []
    assert said(await impact(gone, gone, around, "cronjobs.batch")) == []


async def test_a_definition_takes_every_object_of_its_kind_with_it() -> None:
    names = {"plural": "gears", "kind": "Gear"}
    spec = {"group": "a.example", "scope": "Namespaced", "names": names, "versions": [{"name": "v1", "served": True}]}
    places = ("shop", "shop", "pay")
    around = Around(**{"gears.a.example": [named("g", metadata={"namespace": each}) for each in places]})
    definition = "customresourcedefinitions.apiextensions.k8s.io"
    told = said(await impact(named("gears.a.example", spec=spec), None, around, definition))
    assert told == ["WARN 3 of its gears go with it: shop 2, pay 1"]
    assert said(await impact(named("gears.a.example", spec=spec), None, Around(), definition)) == []
    spec["scope"] = "Cluster"
    one = Around(**{"gears.a.example": [named("g")]})
    told = said(await impact(named("gears.a.example", spec=spec), None, one, definition))
    assert told == ["WARN 1 of its gears goes with it"]


async def test_what_a_selector_lets_go_of() -> None:
    api = named("api-1", metadata={"labels": {"app": "api"}})
    around = Around(pods=[pod("web-1"), pod("web-2"), api])
    web, other, none = (named("web", spec={"selector": {"app": app}}) for app in ("web", "api", "x"))
    assert said(await impact(web, None, around, "services")) == ["WARN it leads to 2 pods now"]
    assert said(await impact(web, other, around, "services")) == [
        "WARN it leads to 1 pod then, 0 of them among the 2 of now"
    ]
    assert said(await impact(None, none, around, "services")) == ["WARN it leads to no pod"]
    assert said(await impact(None, web, around, "services")) == ["OK it leads to 2 pods"]
    assert said(await impact(web, web, around, "services")) == []
    policy = named("all", spec={"podSelector": {}})
    assert said(await impact(None, policy, around, "networkpolicies.networking.k8s.io")) == ["OK it is for 3 pods"]


async def test_what_may_not_be_read_is_said() -> None:
    notes = await impact(workload(3), workload(5), Around(forbidden=[]))
    assert [note.health for note in notes] == [Health.OK, Health.UNKNOWN]
    assert "resourcequotas" in notes[-1].text


async def test_a_plan_of_many_says_what_was_not_looked_at() -> None:
    step = StepPreview(Step(Verb.PATCH, ObjectRef("deployments.apps", "web", "shop")), workload(3), workload(5), ())
    notes = await impact_of([step] * (MOST_LOOKED_AT + 1), Around())
    assert said(notes) == ["OK 2 pods more", f"UNKNOWN looked at for the first {MOST_LOOKED_AT} of 21 objects"]
