"""Each relation by itself, from the smallest manifests that tell it."""

from typing import Any

import pytest

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.graph import relations_of
from kubegenie_tui.domain.relations.label_selector import selects
from kubegenie_tui.domain.relations.link import Relation, Relations, Twig
from kubegenie_tui.domain.relations.links import kind_word, links_of
from kubegenie_tui.domain.relations.world import World

_RBAC = "rbac.authorization.k8s.io"
_GATEWAY = "gateway.networking.k8s.io"


def made(
    name: str, spec: Any = None, *, owner: str = "", labels: Any = None, ns: str = "shop", **more: Any
) -> Manifest:
    """An object whose uid is its name; `owner` as `apiVersion Kind name`."""
    metadata: dict[str, Any] = {"name": name, "uid": name, "labels": labels or {}}
    if ns:
        metadata["namespace"] = ns
    if owner:
        api_version, kind, of = owner.split()
        metadata["ownerReferences"] = [
            {"apiVersion": api_version, "kind": kind, "name": of, "uid": of, "controller": True}
        ]
    return {"metadata": metadata, "spec": spec or {}, **more}


APP = {"app": "web"}
POD = made(
    "web-1",
    {
        "nodeName": "n1",
        "serviceAccountName": "runner",
        "priorityClassName": "high",
        "runtimeClassName": "gvisor",
        "imagePullSecrets": [{"name": "pull"}],
        "containers": [
            {"name": "c", "envFrom": [{"configMapRef": {"name": "config"}}, {"secretRef": {"name": "env"}}]}
        ],
        "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}],
    },
    owner="apps/v1 ReplicaSet web-rs",
    labels=APP,
)
TEMPLATE = {"metadata": {"labels": APP}, "spec": {k: v for k, v in POD["spec"].items() if k != "nodeName"}}
REPLICA_SET = made("web-rs", {"template": TEMPLATE}, owner="apps/v1 Deployment web")
DEPLOYMENT = made("web", {"template": TEMPLATE, "selector": {"matchLabels": APP}})
OBJECTS: dict[str, list[Manifest]] = {
    "pods": [POD, made("other", {"containers": []}, labels={"app": "other"})],
    "replicasets.apps": [REPLICA_SET],
    "deployments.apps": [DEPLOYMENT],
    "statefulsets.apps": [made("db", {"serviceName": "web", "volumeClaimTemplates": [{"metadata": {"name": "data"}}]})],
    "services": [made("web", {"selector": APP}), made("elsewhere", {"selector": APP}, ns="other")],
    "ingresses.networking.k8s.io": [
        made(
            "front",
            {
                "ingressClassName": "nginx",
                "tls": [{"secretName": "cert"}],
                "rules": [{"http": {"paths": [{"path": "/", "backend": {"service": {"name": "web"}}}]}}],
            },
        )
    ],
    f"httproutes.{_GATEWAY}": [
        made(
            "route",
            {"parentRefs": [{"name": "gw", "namespace": "edge"}], "rules": [{"backendRefs": [{"name": "web"}]}]},
        )
    ],
    f"gateways.{_GATEWAY}": [
        made(
            "gw",
            {
                "gatewayClassName": "cilium",
                "listeners": [{"name": "s", "tls": {"certificateRefs": [{"name": "gwcert"}]}}],
            },
            ns="edge",
        )
    ],
    "horizontalpodautoscalers.autoscaling": [
        made("scaler", {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}})
    ],
    "poddisruptionbudgets.policy": [made("budget", {"selector": {"matchLabels": APP}})],
    "networkpolicies.networking.k8s.io": [
        made("all", {"podSelector": {}}),
        made("none", {"podSelector": {"matchLabels": {"a": "b"}}}),
    ],
    "persistentvolumeclaims": [made("data", {"volumeName": "pv1", "storageClassName": "fast"}), made("data-db-0", {})],
    "persistentvolumes": [
        made("pv1", {"claimRef": {"name": "data", "namespace": "shop"}, "storageClassName": "fast"}, ns="")
    ],
    "storageclasses.storage.k8s.io": [made("fast", ns="")],
    "serviceaccounts": [made("runner")],
    "nodes": [made("n1", ns="")],
    "configmaps": [made("config")],
    f"rolebindings.{_RBAC}": [
        made(
            "bind",
            roleRef={"kind": "ClusterRole", "name": "view"},
            subjects=[{"kind": "ServiceAccount", "name": "runner"}, {"kind": "User", "name": "jane"}],
        )
    ],
    "widgets.example.com": [made("thing")],
}


def world(*, but: str = "") -> World:
    found = World()
    for kind, items in OBJECTS.items():
        if kind != but:
            found.add(kind, items, complete="")
    return found


def told(kind: str, name: str) -> Relations:
    item = next(item for item in OBJECTS[kind] if item["metadata"]["name"] == name)
    return relations_of(kind, item, world())


def names(found: Relations, relation: Relation, *, incoming: bool | None = None) -> list[str]:
    return [
        twig.ref.name
        for branch in found.branches
        if branch.relation is relation and incoming in (None, branch.incoming)
        for twig in branch.twigs
    ]


@pytest.mark.parametrize(
    ("kind", "name", "relation", "expected"),
    [
        ("pods", "web-1", Relation.OWNER, ["web-rs"]),
        ("pods", "web-1", Relation.SERVICE, ["web"]),
        ("pods", "web-1", Relation.SCALER, ["scaler"]),
        ("pods", "web-1", Relation.BUDGET, ["budget"]),
        ("pods", "web-1", Relation.POLICY, ["all"]),
        ("pods", "web-1", Relation.CONFIG, ["config"]),
        ("pods", "web-1", Relation.SECRET, ["env", "pull"]),
        ("pods", "web-1", Relation.STORAGE, ["data"]),
        ("pods", "web-1", Relation.ACCOUNT, ["runner"]),
        ("pods", "web-1", Relation.NODE, ["n1"]),
        ("pods", "web-1", Relation.CLASS, ["high", "gvisor"]),
        ("deployments.apps", "web", Relation.OWNED, ["web-rs"]),
        ("deployments.apps", "web", Relation.SERVICE, ["web"]),
        ("deployments.apps", "web", Relation.SCALER, ["scaler"]),
        ("deployments.apps", "web", Relation.NODE, ["n1"]),
        ("statefulsets.apps", "db", Relation.STORAGE, ["data-db-0"]),
        ("statefulsets.apps", "db", Relation.SERVICE, ["web"]),
        ("services", "web", Relation.POD, ["web-1"]),
        ("services", "web", Relation.ROUTE, ["route", "front"]),
        ("services", "elsewhere", Relation.POD, []),
        ("ingresses.networking.k8s.io", "front", Relation.SERVICE, ["web"]),
        ("ingresses.networking.k8s.io", "front", Relation.SECRET, ["cert"]),
        ("ingresses.networking.k8s.io", "front", Relation.CLASS, ["nginx"]),
        (f"httproutes.{_GATEWAY}", "route", Relation.GATEWAY, ["gw"]),
        (f"httproutes.{_GATEWAY}", "route", Relation.SERVICE, ["web"]),
        (f"gateways.{_GATEWAY}", "gw", Relation.ROUTE, ["route"]),
        (f"gateways.{_GATEWAY}", "gw", Relation.SECRET, ["gwcert"]),
        ("horizontalpodautoscalers.autoscaling", "scaler", Relation.TARGET, ["web"]),
        ("poddisruptionbudgets.policy", "budget", Relation.POD, ["web-1"]),
        ("networkpolicies.networking.k8s.io", "all", Relation.POD, ["other", "web-1"]),
        ("networkpolicies.networking.k8s.io", "none", Relation.POD, []),
        ("persistentvolumeclaims", "data", Relation.STORAGE, ["pv1", "fast"]),
        ("persistentvolumeclaims", "data", Relation.USER, ["web"]),
        ("persistentvolumes", "pv1", Relation.STORAGE, ["data", "fast"]),
        ("storageclasses.storage.k8s.io", "fast", Relation.USER, ["data", "pv1"]),
        ("configmaps", "config", Relation.USER, ["web"]),
        ("nodes", "n1", Relation.POD, ["web-1"]),
        ("serviceaccounts", "runner", Relation.BINDING, ["bind"]),
        ("serviceaccounts", "runner", Relation.USER, ["web"]),
        (f"rolebindings.{_RBAC}", "bind", Relation.ROLE, ["view"]),
        (f"rolebindings.{_RBAC}", "bind", Relation.SUBJECT, ["runner", "jane"]),
    ],
)
def test_each_relation(kind: str, name: str, relation: Relation, expected: list[str]) -> None:
    assert names(told(kind, name), relation) == expected


def below(twig: Twig) -> Any:
    return {twig.ref.name: [below(each) for each in twig.twigs]} if twig.twigs else twig.ref.name


def test_what_is_reached_through_others_is_told_below_them() -> None:
    found = {branch.relation: [below(twig) for twig in branch.twigs] for branch in told("pods", "web-1").branches}
    assert found[Relation.OWNER] == [{"web-rs": ["web"]}]
    assert found[Relation.SERVICE] == [{"web": [{"route": ["gw"]}, "front"]}]
    assert found[Relation.STORAGE] == [{"data": [{"pv1": ["fast"]}, "fast"]}]
    assert found[Relation.ACCOUNT] == [{"runner": [{"bind": ["view"]}]}]
    owned = {
        branch.relation: [below(twig) for twig in branch.twigs] for branch in told("deployments.apps", "web").branches
    }
    assert owned[Relation.OWNED] == [{"web-rs": ["web-1"]}]


def test_a_user_owned_by_another_user_is_told_below_it() -> None:
    (branch,) = [each for each in told("configmaps", "config").branches if each.relation is Relation.USER]
    assert [below(twig) for twig in branch.twigs] == [{"web": [{"web-rs": ["web-1"]}]}]
    assert branch.incoming


def test_custom_objects_hang_together_by_owner_references() -> None:
    found = world()
    found.add("widgets.example.com", [made("part", owner="example.com/v1 Widget thing")])
    found.add("services", [made("thing-svc", owner="example.com/v1 Widget thing")])
    thing = OBJECTS["widgets.example.com"][0]
    assert names(relations_of("widgets.example.com", thing, found), Relation.OWNED) == ["thing-svc", "part"]
    part = found.get(ObjectRef("widgets.example.com", "part", "shop"))
    assert part is not None
    assert names(relations_of("widgets.example.com", part, found), Relation.OWNER) == ["thing"]


def test_what_is_missing_is_told_only_where_all_of_its_kind_was_read() -> None:
    found = {twig.ref.name: twig.there for b in told("pods", "web-1").branches for twig in b.twigs}
    assert found["config"] is True
    assert found["env"] is None
    complete = world()
    complete.add("secrets", [], complete="shop")
    found = {t.ref.name: t.there for b in relations_of("pods", POD, complete).branches for t in b.twigs}
    assert found["env"] is False


def test_owners_that_own_each_other_come_to_an_end() -> None:
    one, two = made("one", owner="v1 ConfigMap two"), made("two", owner="v1 ConfigMap one")
    found = World()
    found.add("configmaps", [one, two])
    assert names(relations_of("configmaps", one, found), Relation.OWNER) == ["two"]


def test_health_and_status_are_those_of_the_table() -> None:
    waiting = {"containerStatuses": [{"name": "c", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}
    pod = {**POD, "status": {"phase": "Running", **waiting}}
    found = relations_of("pods", pod, World())
    assert (found.subject.health, found.subject.status) == (Health.BAD, "CrashLoopBackOff")


@pytest.mark.parametrize(
    ("kind", "api_version", "expected"),
    [
        ("Pod", "v1", "pods"),
        ("Ingress", "networking.k8s.io/v1", "ingresses.networking.k8s.io"),
        ("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies.networking.k8s.io"),
        ("Gateway", "gateway.networking.k8s.io/v1", "gateways.gateway.networking.k8s.io"),
    ],
)
def test_kind_ids_from_owner_references(kind: str, api_version: str, expected: str) -> None:
    assert kind_word(kind, api_version) == expected


def test_an_irregular_plural_is_corrected_by_what_the_cluster_serves() -> None:
    found = World({"endpointses": "endpoints"})
    item = made("x", owner="v1 Endpoints web")
    found.add("endpoints", [made("web")])
    assert [link.ref.kind for link in found.links("pods", item) if link.relation is Relation.OWNER] == ["endpoints"]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, False),
        (None, False),
        ({"app": "web"}, True),
        ({"app": "api"}, False),
        ({"matchLabels": {"app": "web"}}, True),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["db"]}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, True),
        ({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "x", "operator": "Exists"}]}, False),
    ],
)
def test_selectors(selector: Any, expected: bool) -> None:
    assert selects(selector, {"app": "web"}) is expected


@pytest.mark.parametrize("kind", [*OBJECTS, "pods", "unknown"])
@pytest.mark.parametrize("spec", [{}, None, [], "text", {"rules": "x", "tls": {}, "selector": 3, "volumes": [None]}])
def test_what_the_api_does_not_promise_raises_nothing(kind: str, spec: Any) -> None:
    item = {"metadata": {"name": "x", "ownerReferences": "none"}, "spec": spec, "subjects": {}, "roleRef": []}
    list(links_of(kind, item))
    assert relations_of(kind, item, world()).subject.ref.name == "x"
