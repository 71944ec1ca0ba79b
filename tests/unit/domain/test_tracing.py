"""What is not ready is found below what a person asked for, and told in full."""

from itertools import pairwise
from typing import Any

import pytest

from kubegenie_tui.cli.trace import as_json, as_text
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.tracing import Part, Said, above_of, trace

LONG = (
    "create failed: async create failed: cannot create the node group: "
    + "quota of instances, " * 6
    + "see the console"
)


def thing(
    kind: str, name: str, group: str = "aws.example.com", spec: Any = None, namespace: str = "team", **more: Any
) -> dict[str, Any]:
    conditions = [
        {"type": key, "status": str(said[0]), "reason": said[1], "message": said[2]}
        for key, said in more.pop("said", {}).items()
    ]
    meta = {"name": name, "uid": f"uid-{kind}-{name}", **({"namespace": namespace} if namespace else {}), **more}
    return {
        "apiVersion": f"{group}/v1",
        "kind": kind,
        "metadata": meta,
        "spec": spec if spec is not None else {"forProvider": {}},
        "status": {"conditions": conditions},
    }


def reference(kind: str, name: str, group: str = "aws.example.com") -> dict[str, str]:
    return {"apiVersion": f"{group}/v1", "kind": kind, "name": name}


WELL = {"Ready": (True, "Available", ""), "Synced": (True, "ReconcileSuccess", "")}
WAITS = {"Ready": (False, "Creating", "Unready resources: nodes"), "Synced": (True, "ReconcileSuccess", "")}
BROKEN = {"Ready": (False, "Creating", ""), "Synced": (False, "ReconcileError", LONG)}


def test_the_deepest_comes_first_with_its_whole_message() -> None:
    machinery = {"compositionRevisionRef": {"name": "eks-7f3"}, "resourceRefs": [reference("Pools", "shop-pools")]}
    root = thing("KubernetesCluster", "shop", spec={"crossplane": machinery}, said=WAITS)
    pools = thing(
        "Pools", "shop-pools", spec={"crossplane": {"resourceRefs": [reference("NodeGroup", "a")]}}, said=WAITS
    )
    found = trace(root, [pools, thing("NodeGroup", "a", said=BROKEN)])
    assert [each.part.kind for each in found.culprits] == ["NodeGroup", "Pools", "KubernetesCluster"]
    assert found.culprits[0].synced == Said("False", "ReconcileError", LONG)
    assert found.revision == "eks-7f3"
    text = "\n".join(as_text(found))
    assert text.startswith(
        "KubernetesCluster team/shop is not well · aws\n  NodeGroup team/a: Ready False Creating · Synced"
    )
    assert LONG in text
    assert as_json(found)["culprits"][0]["synced"]["message"] == LONG


def test_what_is_ready_but_not_synced_is_not_well() -> None:
    said = {"Ready": (True, "Available", ""), "Synced": (False, "ReconcileError", "forbidden")}
    found = trace(thing("Cluster", "shop", said=said), [])
    assert not found.is_well
    assert found.words == "Ready True · Synced False ReconcileError (forbidden)"


def test_of_what_is_of_cluster_api_nothing_is_said_of_synced() -> None:
    found = trace(
        thing("Machine", "shop-1", group="cluster.x-k8s.io", said={"Ready": (False, "Waiting", "no node")}), []
    )
    assert found.words == "Ready False Waiting (no node)"


def test_a_claim_leads_to_its_composite_without_a_namespace() -> None:
    claim = thing("Shop", "shop", spec={"resourceRef": reference("XShop", "shop-x7")}, said=WAITS)
    refs = {"resourceRefs": [reference("Bucket", "b"), reference("Bucket", "gone")]}
    found = trace(
        claim,
        [thing("XShop", "shop-x7", spec=refs, namespace="", said=WAITS), thing("Bucket", "b", namespace="", said=WELL)],
    )
    [composite] = found.parts
    assert [(each.part.name, each.exists) for each in composite.parts] == [("b", True), ("gone", False)]
    assert found.culprits[0].words == "it does not exist"


def test_a_cluster_is_followed_by_what_it_owns() -> None:
    group = "cluster.x-k8s.io"

    def owned(kind: str, name: str, by: dict[str, Any], said: Any) -> dict[str, Any]:
        owner = {"kind": by["kind"], "name": by["metadata"]["name"], "uid": by["metadata"]["uid"]}
        return thing(kind, name, group, said=said, ownerReferences=[owner])

    cluster = thing("Cluster", "shop", group, said={"Available": (False, "NotAvailable", "* WorkersAvailable")})
    deployment = owned("MachineDeployment", "md", cluster, {"Available": (False, "NotAvailable", "")})
    machines = owned("MachineSet", "ms", deployment, {"Available": (False, "NotAvailable", "")})
    machine = owned("Machine", "m1", machines, {"Ready": (False, "NotReady", "* InfrastructureReady: no such image")})
    found = trace(cluster, [machine, machines, deployment])
    assert [(depth, each.part.kind) for depth, each in found.all()][-1] == (3, "Machine")
    assert "no such image" in found.culprits[0].words


def test_what_keeps_something_from_going_is_told() -> None:
    root = thing("Cluster", "shop", said=WELL, deletionTimestamp="2026-11-27T12:00:00Z")
    use = {"of": {**reference("Cluster", ""), "resourceRef": {"name": "shop"}}, "reason": "its nodes go first"}
    by = {"by": {**reference("NodeGroup", ""), "resourceRef": {"name": "a"}}}
    found = trace(root, [thing("Usage", "order", "protection.crossplane.io", spec={**use, **by})])
    assert not found.is_well
    assert found.kept_by == ("in use by NodeGroup a: its nodes go first (Usage order)",)


def test_what_refers_to_itself_ends() -> None:
    refs = {"resourceRefs": [reference("Loop", "b")]}
    back = {"resourceRefs": [reference("Loop", "a")]}
    found = trace(thing("Loop", "a", spec=refs, said=WELL), [thing("Loop", "b", spec=back, said=WELL)])
    assert [each.part.name for _, each in found.all()] == ["a", "b"]


def test_a_secret_never_says_that_it_is_ready() -> None:
    secret = thing("Secret", "keys", "")
    del secret["spec"]
    refs = {"resourceRefs": [{"apiVersion": "v1", "kind": "Secret", "name": "keys"}]}
    secret["apiVersion"] = "v1"
    assert trace(thing("App", "shop", spec=refs, said=WELL), [secret]).culprits == []


def test_a_composite_tells_every_cloud_that_it_depends_on() -> None:
    groups = ("eks.aws.m.upbound.io", "container.gcp.m.upbound.io", "helm.m.crossplane.io", "protection.crossplane.io")
    refs = {"resourceRefs": [reference("Thing", f"t{at}", group) for at, group in enumerate(groups)]}
    parts = [thing("Thing", f"t{at}", group, said=WELL) for at, group in enumerate(groups)]
    found = trace(thing("Platform", "shop", "example.org", spec={"crossplane": refs}, said=WELL), parts)
    assert [each.part.cloud for each in found.parts] == ["aws", "gcp", "helm", ""]
    assert found.clouds == ["aws", "gcp", "helm"]
    assert next(as_text(found)) == "Platform team/shop is well · aws, gcp, helm"


@pytest.mark.parametrize(
    ("group", "kind", "cloud"),
    [
        ("eks.aws.upbound.io", "Cluster", "aws"),
        ("containerservice.azure.com", "ManagedCluster", "azure"),
        ("container.cnrm.cloud.google.com", "ContainerCluster", "gcp"),
        ("infrastructure.cluster.x-k8s.io", "AWSMachine", "aws"),
        ("infrastructure.cluster.x-k8s.io", "DockerMachine", "docker"),
        ("apps", "Deployment", ""),
        ("apiextensions.crossplane.io", "Composition", ""),
        ("example.org", "Shop", ""),
    ],
)
def test_where_something_is_told_by_its_group_and_kind(group: str, kind: str, cloud: str) -> None:
    assert Part(group, kind, "x").cloud == cloud


def test_what_may_not_be_read_is_not_at_fault() -> None:
    refs = {"resourceRefs": [reference("Bucket", "b"), reference("Queue", "q")]}
    root = thing("App", "shop", spec=refs, said=WELL)
    queue = Part("aws.example.com", "Queue", "q", "team")
    unread = {Part("aws.example.com", "Bucket", "b", "team"): "you may not read buckets"}
    found = trace(root, [], unread, {queue})
    assert [each.part for each in found.culprits] == [queue]
    assert found.culprits[0].words.startswith("it does not exist · no kind Queue of aws.example.com is served")
    assert found.parts[0].words == "you may not read buckets"
    assert found.parts[0].health is Health.UNKNOWN
    assert as_json(found)["parts"][0]["exists"] is None


def test_a_usage_of_another_namespace_keeps_nothing_here() -> None:
    use = {"of": {**reference("Cluster", ""), "resourceRef": {"name": "shop"}}}
    other = thing("Usage", "order", "protection.crossplane.io", spec=use, namespace="elsewhere")
    assert trace(thing("Cluster", "shop", said=WELL), [other]).kept_by == ()
    there = {"of": {**reference("Cluster", ""), "resourceRef": {"name": "shop", "namespace": "team"}}}
    wide = thing("ClusterUsage", "order", "protection.crossplane.io", spec=there, namespace="")
    assert trace(thing("Cluster", "shop", said=WELL), [wide]).kept_by == ("in use (Usage order)",)


def test_what_goes_tells_what_it_waits_for() -> None:
    meta: dict[str, Any] = {"deletionTimestamp": "2026-11-27T12:00:00Z", "finalizers": ["example.com/nodes"]}
    found = trace(thing("Cluster", "shop", said=WELL, **meta), [])
    assert "being deleted, waits for example.com/nodes" in found.words
    assert found.health is Health.PROGRESSING


def test_what_has_no_conditions_is_not_waited_for() -> None:
    refs = {"resourceRefs": [{"apiVersion": "v1", "kind": "Service", "name": "web"}]}
    service = thing("Service", "web", "", spec={"ports": []})
    service["apiVersion"] = "v1"
    assert trace(thing("App", "shop", spec=refs, said=WELL), [service]).culprits == []
    assert not trace(thing("Bucket", "fresh"), []).is_well


def test_what_waits_is_calmer_than_what_is_wrong() -> None:
    refs = {"resourceRefs": [reference("NodeGroup", "a"), reference("Role", "r")]}
    slow = {"Ready": (False, "Creating", "no quota"), "Synced": (True, "ReconcileSuccess", "")}
    parts = [thing("NodeGroup", "a", said=BROKEN), thing("Role", "r", said=slow)]
    found = trace(thing("App", "shop", spec=refs, said=WAITS), parts)
    assert [each.health for _, each in found.all()] == [Health.PROGRESSING, Health.BAD, Health.WARN]


def test_a_part_leads_up_to_its_claim_or_to_who_controls_it() -> None:
    owners = [{"kind": "Watcher", "name": "w"}, {**reference("XShop", "shop-x7"), "controller": True}]
    assert above_of(thing("Bucket", "b", ownerReferences=owners)) == Part("aws.example.com", "XShop", "shop-x7", "team")
    claim = {"claimRef": {**reference("Shop", "shop"), "namespace": "team"}}
    composite = thing("XShop", "shop-x7", spec=claim, namespace="")
    assert above_of(composite) == Part("aws.example.com", "Shop", "shop", "team")
    assert above_of(thing("Shop", "shop")) is None


def shared_network() -> Any:
    """A platform of a cluster and a database that are both made of one network, which a subnet holds up."""
    both = {"resourceRefs": [reference("Network", "net"), reference("Database", "main"), reference("Cluster", "main")]}
    network = {"resourceRefs": [reference("Subnet", "a")]}
    database = {"resourceRefs": [reference("Network", "net")]}
    cluster = {"resourceRefs": [reference("Pool", "p"), reference("Network", "net")]}
    parts = [
        thing("Network", "net", spec=network, said=WAITS),
        thing("Database", "main", spec=database, said=WAITS),
        thing("Cluster", "main", spec=cluster, said=WAITS),
        thing("Pool", "p", spec={"resourceRefs": [reference("Database", "main")]}, said=WAITS),
        thing("Subnet", "a", said=BROKEN),
    ]
    return trace(thing("Platform", "shop", spec=both, said=WAITS), parts)


def test_what_several_are_made_of_is_counted_once_and_told_where_it_comes_first() -> None:
    found = shared_network()
    assert sorted(each.part.name for _, each in found.all()) == ["a", "main", "main", "net", "p", "shop"]
    assert [each.part.kind for each in found.culprits] == [
        "Subnet", "Network", "Database", "Pool", "Cluster", "Platform",
    ]  # fmt: skip
    lines = [(len(each.lasts), each.found.part.kind, each.is_again) for each in found.outline()]
    assert lines == [
        (0, "Platform", False),
        (1, "Network", False),
        (2, "Subnet", False),
        (1, "Database", False),
        (2, "Network", True),
        (1, "Cluster", False),
        (2, "Pool", False),
        (3, "Database", True),
        (2, "Network", True),
    ]
    assert [str(each) for each in found.wholes_of(found.parts[0].part)] == [
        "Platform team/shop", "Database team/main", "Cluster team/main",
    ]  # fmt: skip
    text = list(as_text(found))
    assert text.count("    ✗ Network team/net · see above") == 2
    assert sum(line.strip().startswith("✗ Subnet") for line in text) == 1
    [network, database, _] = as_json(found)["parts"]
    assert (network["again"], len(network["parts"])) == (False, 1)
    assert [(each["again"], each["parts"]) for each in database["parts"]] == [(True, [])]


def test_a_whole_of_many_ways_is_followed_in_time() -> None:
    levels = [[thing("Level", f"l{at}{side}", said=WELL) for side in "ab"] for at in range(11)]
    for upper, lower in pairwise(levels):
        for each in upper:
            refs = [reference("Level", below["metadata"]["name"]) for below in lower]
            each["spec"] = {"resourceRefs": refs * 3 + [reference("Level", f"{refs[0]['name']}-{n}") for n in range(4)]}
    root = thing("Root", "r", spec={"resourceRefs": [reference("Level", f"l0{side}") for side in "ab"]}, said=WELL)
    found = trace(root, [each for level in levels for each in level])
    assert sum(1 for _ in found.all()) == 1 + 22 + 4 * 10
    assert sum(1 for _ in found.outline()) < 400


def test_conditions_that_are_not_as_they_should_be_are_told_besides() -> None:
    said = {
        "Ready": (False, "NotReady", "* InfrastructureReady: quota exceeded * NodeHealthy: waits"),
        "InfrastructureReady": (False, "NotReady", "quota exceeded"),
        "BootstrapConfigReady": (False, "NotReady", "no token"),
        "ScalingUp": (True, "ScalingUp", "from 1 to 2 replicas"),
        "Remediating": (False, "NotRemediating", "nothing"),
        "UpToDate": (False, "NotUpToDate", "of an older version"),
    }
    found = trace(thing("Machine", "a", "cluster.x-k8s.io", said=said), [])
    assert found.more == ("BootstrapConfigReady: no token", "ScalingUp: from 1 to 2 replicas")
    assert not found.tells_synced
    assert trace(thing("Cluster", "a", said=WAITS), []).tells_synced
    failed = {
        **WAITS,
        "LastAsyncOperation": (False, "CreateFailure", "quota"),
        "AsyncOperation": (True, "Finished", ""),
    }
    assert trace(thing("Cluster", "a", said=failed), []).more == ("LastAsyncOperation: quota",)
