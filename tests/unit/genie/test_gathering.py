"""What a diagnosis of one namespace reads beyond it: only what something in it names."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from kubegenie_tui.diagnostics.monitors import POD_MONITORS
from kubegenie_tui.diagnostics.policies import POLICIES
from kubegenie_tui.diagnostics.snapshot import Snapshot
from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.conversation import Focus, TextDelta
from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.log_query import LogQuery
from kubegenie_tui.domain.row import Row
from kubegenie_tui.genie.genie import Genie
from kubegenie_tui.genie.reading.diagnosing import diagnose_scope
from kubegenie_tui.genie.reading.gathering import Gatherer, gather
from kubegenie_tui.kube.objects import ObjectList
from tests.unit.diagnostics.scene import (
    NOW,
    RUNNING,
    Object,
    Scene,
    container,
    crashed,
    named,
    running_pod,
    service_of,
    status,
)
from tests.unit.genie.model_and_cluster import Agents
from tests.unit.genie.played_reader import PlayedReader, played_scope

ISSUERS = "clusterissuers.cert-manager.io"
CUSTOM = (
    Kind("cert-manager.io", "v1", "certificates", "Certificate"),
    Kind("cert-manager.io", "v1", "clusterissuers", "ClusterIssuer", namespaced=False),
    Kind("example.com", "v1", "planets", "Planet", namespaced=False),
    Kind("monitoring.coreos.com", "v1", "podmonitors", "PodMonitor"),
)


class Holding(PlayedReader):
    """A cluster that holds these objects by kind."""

    def __init__(self, **objects: list[Object]) -> None:
        super().__init__(KindIndex((*BUILTIN_KINDS, *CUSTOM)))
        self.objects = objects
        self.listed: list[tuple[str, str]] = []

    def hold_pods(self, *pods: tuple[str, Health]) -> None:
        """So many of them, each a row of its namespace, as healthy as this."""
        self._rows["pods"] = [
            Row(f"uid-{number}", namespace, f"web-{number}", 0, "1", (), health)
            for number, (namespace, health) in enumerate(pods)
        ]

    async def list_objects(self, kind: Kind, namespace: str = "", limit: int = 500, **how: Any) -> ObjectList:
        self.listed.append((kind.plural, namespace))
        there = self.objects.get(kind.plural, [])
        found = [each for each in there if namespace in ("", each["metadata"].get("namespace", ""))]
        return ObjectList(found[: limit or None], remaining=max(0, len(found) - limit) if limit else 0)

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        row = next(each for each in self._rows[kind.id] if (each.namespace, each.name) == (namespace, name))
        metadata = {"name": name, "namespace": namespace, "uid": row.uid, "labels": row.labels}
        return {"metadata": metadata, "spec": {"containers": [container()]}}


async def test_kinds_are_waited_for_right_after_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Holding(certificates=[named("web", "Certificate")])
    known, reader.kinds, reader.kinds_told = reader.kinds, KindIndex(BUILTIN_KINDS), asyncio.Event()

    def tell() -> None:
        reader.kinds = known
        reader.kinds_told.set()

    reading = asyncio.create_task(gather(played_scope(Focus("prod"), reader), "shop"))
    asyncio.get_running_loop().call_later(0.05, tell)
    found = await reading
    assert len(found.snapshot.all("certificates.cert-manager.io")) == 1
    assert "custom resources" not in found.unread
    monkeypatch.setattr("kubegenie_tui.domain.cluster_reader.KNOWN_SECONDS", 0.01)
    reader.kinds_told = asyncio.Event()
    assert "custom resources" in (await gather(played_scope(Focus("prod"), reader), "shop")).unread


async def test_of_kinds_without_namespaces_only_what_is_named_is_here() -> None:
    reference = {"kind": "ClusterIssuer", "name": "letsencrypt"}
    certificate = named("web", "Certificate", spec={"issuerRef": reference})
    issuers = [named(name, "ClusterIssuer", "") for name in ("letsencrypt", "vault")]
    reader = Holding(certificates=[certificate], clusterissuers=issuers, planets=[named("mars", "Planet", "")])
    snapshot = (await gather(played_scope(Focus("prod"), reader), "shop")).snapshot
    assert [each["metadata"]["name"] for each in snapshot.all(ISSUERS)] == ["letsencrypt"]
    assert snapshot.names(ISSUERS, "") == ["letsencrypt", "letsencrypt", "vault"]
    assert snapshot.is_missing(ISSUERS, "shop", "letsencript")
    assert ("planets", "") not in reader.listed


async def test_what_is_named_as_an_object_of_its_namespace_may_be_one_of_all() -> None:
    certificate = named("web", "Certificate", spec={"issuerRef": {"kind": "Issuer", "name": "letsencrypt"}})
    reader = Holding(certificates=[certificate], clusterissuers=[named("letsencrypt", "ClusterIssuer", "")])
    reader.kinds = KindIndex((*reader.kinds, Kind("cert-manager.io", "v1", "issuers", "Issuer")))
    [found] = (await diagnose_scope(played_scope(Focus("prod"), reader), "shop")).data.findings
    assert (found.field, found.cause) == (
        "spec.issuerRef.kind",
        'there is no Issuer "letsencrypt"; there is a ClusterIssuer of this name',
    )
    assert found.remedy is not None
    assert found.remedy.patch == {"spec": {"issuerRef": {"kind": "ClusterIssuer"}}}


class HoldingBack(Holding):
    """Pods of one namespace may not be listed."""

    async def list_objects(self, kind: Kind, namespace: str = "", limit: int = 500, **how: Any) -> ObjectList:
        if (kind.plural, namespace) == ("pods", "far"):
            raise Forbidden("pods")
        return await super().list_objects(kind, namespace, limit, **how)


def calling_far(selector: str = "db") -> dict[str, list[Object]]:
    """A workload that crashes as nobody answers at a service of another namespace, where another one is broken too."""
    env = [{"name": "DB_URL", "value": "postgres://db.far:5432/web"}]
    scene = Scene(state=crashed(1), spec={"containers": [container(env=env)]})
    labels = {"labels": {"app": "db"}}
    template = {"metadata": labels, "spec": {"containers": [container()]}}
    db = running_pod("db")
    db["metadata"]["namespace"] = "far"
    service = service_of("db", 5432, app=selector)
    service["metadata"]["namespace"] = "far"
    lost = {"template": {"spec": {"containers": [container()], "nodeName": "node-9"}}}
    return {
        "namespaces": [named("shop", "Namespace", ""), named("far", "Namespace", "")],
        "nodes": [named("node-1", "Node", "")],
        "deployments": [
            scene.deployment, named("db", "Deployment", "far", spec={"template": template}),
            named("lost", "Deployment", "far", spec=lost),
        ],
        "replicasets": [scene.replica_set],
        "pods": [scene.pod, db],
        "services": [service],
    }  # fmt: skip


class Crashing(Holding):
    """What it says of each container, and whose pods are told whole."""

    async def get(self, kind: Kind, name: str, namespace: str = "", subresource: str = "") -> dict[str, Any]:
        found = (each for each in self.objects[kind.plural] if each["metadata"]["name"] == name)
        return next(found)

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        yield ["FATAL: dial tcp db.far:5432: connect: connection refused"]


async def test_a_fault_is_followed_into_the_namespace_that_is_called() -> None:
    reader = Crashing(**calling_far("bd"))
    [pod] = [each for each in reader.objects["pods"] if each["metadata"]["namespace"] == "shop"]
    reader._rows["pods"] = [Row(pod["metadata"]["uid"], "shop", pod["metadata"]["name"], 0, "1", (), Health.WARN)]
    result = await diagnose_scope(played_scope(Focus("prod"), reader), "shop")
    [found] = result.data.findings
    assert (found.rule, str(found.root), found.field) == (
        "service-selects-nothing", "services far/db", "spec.selector.app",
    )  # fmt: skip
    assert "deployments.apps shop/web" in map(str, found.affected)
    assert ("secrets", "far") not in reader.listed
    far = [each for items in reader.objects.values() for each in items if each["metadata"].get("namespace") == "far"]
    assert far
    assert result.data.checked == sum(map(len, reader.objects.values())) - len(far)


async def test_a_service_that_only_a_log_names_is_looked_at_where_it_is() -> None:
    held = calling_far("bd")
    [web] = [each for each in held["deployments"] if each["metadata"]["name"] == "web"]
    [pod] = [each for each in held["pods"] if each["metadata"]["namespace"] == "shop"]
    for spec in (web["spec"]["template"]["spec"], pod["spec"], held["replicasets"][0]["spec"]["template"]["spec"]):
        spec["containers"] = [container()]
    reader = Crashing(**held)
    reader._rows["pods"] = [Row(pod["metadata"]["uid"], "shop", pod["metadata"]["name"], 0, "1", (), Health.WARN)]
    result = await diagnose_scope(played_scope(Focus("prod"), reader), "shop")
    assert str(result.data.findings[0].root) == "services far/db"


class Refused(Crashing):
    """Its container says that it may not list pods of another namespace."""

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        yield [
            'pods is forbidden: User "system:serviceaccount:shop:runner" cannot list resource "pods" in API group ""'
            ' in the namespace "builds"'
        ]


async def test_what_is_refused_in_another_namespace_is_followed_to_the_binding_there() -> None:
    scene = Scene(state=crashed(1))
    pod, subject = scene.pod, {"kind": "ServiceAccount", "name": "runner", "namespace": "before"}
    objects = {kind.partition(".")[0]: items for kind, items in scene.objects.items()}
    objects["namespaces"] = [named(name, "Namespace", "") for name in ("shop", "builds", "far")]
    role = {"kind": "Role", "name": "runner"}
    bindings = [named("runner", "RoleBinding", space, subjects=[subject], roleRef=role) for space in ("builds", "far")]
    reader = Refused(**objects, roles=[named("runner", "Role", "builds", rules=[])], rolebindings=bindings)
    reader._rows["pods"] = [Row(pod["metadata"]["uid"], "shop", pod["metadata"]["name"], 0, "1", (), Health.WARN)]
    result = await diagnose_scope(played_scope(Focus("prod"), reader), "shop")
    found = result.data.findings[0]
    assert (found.rule, str(found.root), found.field) == (
        "not-allowed", "rolebindings.rbac.authorization.k8s.io builds/runner", "subjects[0].namespace",
    )  # fmt: skip
    assert ("rolebindings", "far") not in reader.listed


async def test_where_policies_guard_what_is_called_its_workloads_tell_the_ports() -> None:
    spec = {"containers": [container(env=[{"name": "DB_URL", "value": "postgres://db.far:5432/web"}])]}
    web = named("web", "Deployment", spec={"template": {"spec": spec}})
    held: dict[str, list[Object]] = {
        "namespaces": [named("shop", "Namespace", ""), named("far", "Namespace", "")],
        "deployments": [web, named("db", "Deployment", "far")],
        "services": [named("db", "Service", "far")],
    }
    open_reader = HoldingBack(**held)
    snapshot = (await gather(played_scope(Focus("prod"), open_reader), "shop")).snapshot
    assert len(snapshot.nearby("services", "far")) == 1
    assert snapshot.nearby("deployments.apps", "far") == ()
    guarded = HoldingBack(**held, networkpolicies=[named("guard", "NetworkPolicy", "far")])
    snapshot = (await gather(played_scope(Focus("prod"), guarded), "shop")).snapshot
    assert len(snapshot.nearby(POLICIES, "far")) == 1
    assert [each["metadata"]["name"] for each in snapshot.nearby("deployments.apps", "far")] == ["db"]


async def test_one_pod_of_an_owner_is_read_whole_where_a_monitor_names_a_port() -> None:
    monitor = named("web", "PodMonitor", spec={"selector": {}, "podMetricsEndpoints": [{"port": "metrics"}]})
    snapshot = (await gather(played_scope(Focus("prod"), Holding(podmonitors=[monitor])), "shop")).snapshot
    assert snapshot.all(POD_MONITORS) == [monitor]
    assert sum("containers" in pod["spec"] for pod in snapshot.all("pods")) >= 1
    without = (await gather(played_scope(Focus("prod"), Holding()), "shop")).snapshot
    assert not any("containers" in pod["spec"] for pod in without.all("pods"))


async def test_of_a_large_cluster_all_is_read_but_replica_sets_where_nothing_looks_wrong() -> None:
    stalled = {"conditions": [{"type": "Ready", "status": "False", "reason": "Denied", "message": "no such zone"}]}
    lost = named("data", "PersistentVolumeClaim", "calm", spec={}, status={"phase": "Lost"})
    reader = Holding(
        certificates=[named("web", "Certificate", "calm", status=stalled)],
        clusterissuers=[named("letsencrypt", "ClusterIssuer", "", status=stalled)],
        persistentvolumeclaims=[lost],
        replicasets=[named("web-1", "ReplicaSet", "calm"), named("web-2", "ReplicaSet", "loud")],
    )
    reader.hold_pods(*[("calm", Health.OK)] * 3_001, ("loud", Health.WARN))
    result = await diagnose_scope(played_scope(Focus("prod"), reader), "*")
    assert {"claim-lost", "condition-false"} <= {each.rule for each in result.data.findings}
    assert {each.root.kind for each in result.data.findings} >= {ISSUERS, "certificates.cert-manager.io"}
    assert [space for kind, space in reader.listed if kind == "replicasets"] == ["loud"]
    assert result.data.partly == ("replicasets.apps only where something looks wrong",)
    assert "looked at in part: replicasets.apps only where something looks wrong" in result.text
    assert result.data.whole


async def test_what_there_is_too_much_of_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.genie.reading.gathering._MOST_OF_A_KIND", 2)
    reader = Holding(certificates=[named(f"web-{number}", "Certificate") for number in range(3)])
    reader.hold_pods(*[("calm", Health.OK)] * 3_001)
    gathered = await gather(played_scope(Focus("prod"), reader), "")
    assert gathered.partly[1:] == ("the first 2 certificates.cert-manager.io",)
    assert not gathered.whole
    assert not gathered.snapshot.is_missing("certificates.cert-manager.io", "shop", "web-2")


async def test_of_unwell_pods_as_many_are_read_as_can_be_and_the_rest_is_told() -> None:
    reader = Holding()
    reader.hold_pods(*[("shop", Health.BAD)] * 240)
    for row in reader._rows["pods"]:
        row.owner_uid = "one"
    gathered = await gather(played_scope(Focus("prod"), reader), "")
    assert all("containers" in pod["spec"] for pod in gathered.snapshot.all("pods"))
    assert (gathered.partly, gathered.whole) == ((), True)
    reader.hold_pods(*[("shop", Health.BAD)] * 1_200)
    gathered = await gather(played_scope(Focus("prod"), reader), "")
    assert (gathered.partly, gathered.whole) == (("240 of 1,200 unwell pods",), False)


async def test_the_chat_does_not_say_that_all_is_well_where_it_did_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kubegenie_tui.genie.reading.gathering._MOST_OF_A_KIND", 2)
    reader = Holding(certificates=[named(f"web-{number}", "Certificate") for number in range(3)])
    reader.hold_pods(*[("calm", Health.OK)] * 3_001)
    clusters: dict[str, Any] = {"prod": reader}
    genie = Genie(Agents(clusters))
    events = [event async for event in genie.ask("how is the cluster?", Focus("prod"), [])]
    told = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert "nothing wrong was found" in told
    assert "All is well" not in told
    assert "the first 2 certificates" in told.replace("\\", "")


class Speaking(Holding):
    """A cluster whose containers all have logs; who was asked for which is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[LogQuery] = []

    async def logs(self, query: LogQuery) -> AsyncIterator[list[str]]:
        self.asked.append(query)
        yield [f"ERROR of {query.pod}"]


def lone(name: str, state: Object) -> Object:
    return named(name, "Pod", spec={"containers": [container()]}, status={"containerStatuses": [state]})


async def test_logs_are_read_of_crashed_containers_and_of_a_few_that_are_not_ready() -> None:
    unready = [lone(f"unready-{n}", status(running={"startedAt": "2025-11-25T19:00:00Z"})) for n in range(40)]
    reader, pods = Speaking(), [*unready, *(lone(f"crashed-{n}", crashed(1)) for n in range(70)), lone("well", RUNNING)]
    gatherer = Gatherer(played_scope(Focus("prod"), reader))
    read = await gatherer.logs(Snapshot({"pods": pods}, now=NOW))
    assert read["shop", "unready-0", "app"] == ["ERROR of unready-0"]
    assert Counter(query.pod.partition("-")[0] for query in reader.asked) == {"crashed": 60, "unready": 30}
    assert {query.pod.partition("-")[0]: query.previous for query in reader.asked} == {
        "crashed": True,
        "unready": False,
    }
    assert all(0 < query.tail <= 100 for query in reader.asked if query.tail is not None)
    assert gatherer.cut == [
        "60 of 70 logs of crashed containers",
        "30 of 40 logs of containers that are not ready",
    ]
