"""What a cluster costs and what could be saved: each kind of advice found, and a control where there is nothing."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from kubegenie_tui.cli.costs import lines
from kubegenie_tui.costs import machines
from kubegenie_tui.costs.bill import bill
from kubegenie_tui.costs.world import World
from kubegenie_tui.domain.costs import Advice, Bill, spot_note
from kubegenie_tui.domain.looks import Look
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.providers.price_sheet import load_sheet

NOW = 1_795_000_000.0
"""2026-11-18."""
OLD = "2026-10-01T00:00:00Z"
YOUNG = "2026-11-17T00:00:00Z"
REGION = "us-east-1"
SIZE = "m5.xlarge"
SPOT_TAINT = "kubernetes.azure.com/scalesetpriority"


def meta(name: str, namespace: str = "shop", **more: Any) -> dict[str, Any]:
    return {"name": name, "namespace": namespace, "uid": f"uid-{name}", "creationTimestamp": OLD, **more}


def node(name: str, cpu: str = "4", memory: str = "16Gi", **labels: str) -> Manifest:
    known = {"topology.kubernetes.io/region": REGION, "node.kubernetes.io/instance-type": SIZE, **labels}
    return {
        "metadata": {"name": name, "labels": known},
        "spec": {"providerID": f"aws:///{REGION}a/i-{name}"},
        "status": {"allocatable": {"cpu": cpu, "memory": memory}},
    }


def pod(name: str, on: str = "n1", cpu: str = "500m", memory: str = "1Gi", **more: Any) -> Manifest:
    asked = {"resources": {"requests": {"cpu": cpu, "memory": memory}}}
    return {
        "metadata": meta(name, **more.pop("metadata", {})),
        "spec": {"nodeName": on, "containers": [asked], **more},
        "status": {"phase": "Running"},
    }


def volume(name: str, phase: str = "Bound", claim: str = "", gigabytes: int = 100) -> Manifest:
    return {
        "metadata": {"name": name},
        "spec": {
            "capacity": {"storage": f"{gigabytes}Gi"},
            "csi": {"driver": "ebs.csi.aws.com"},
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": {"namespace": "shop", "name": claim},
        },
        "status": {"phase": phase},
    }


def claim(name: str, of: str) -> Manifest:
    return {"metadata": meta(name), "spec": {"volumeName": of, "storageClassName": "gp3"}, "status": {"phase": "Bound"}}


def balancer(name: str) -> Manifest:
    address = [{"hostname": "abc.elb.amazonaws.com"}]
    return {
        "metadata": meta(name),
        "spec": {"type": "LoadBalancer"},
        "status": {"loadBalancer": {"ingress": address}},
    }


def endpoints(of: str, *addresses: str) -> Manifest:
    labels = {"kubernetes.io/service-name": of}
    return {"metadata": meta(f"{of}-x", labels=labels), "endpoints": [{"addresses": [each]} for each in addresses]}


def billed(
    usage: dict[str, tuple[int, int]] | None = None,
    version: str = "v1.34.2",
    looks: Sequence[Look] = (),
    **objects: Sequence[Manifest],
) -> Bill:
    known = {"slices": "endpointslices.discovery.k8s.io", "deployments": "deployments.apps", "sets": "replicasets.apps"}
    known |= {"stateful": "statefulsets.apps", "volumes": "persistentvolumes", "claims": "persistentvolumeclaims"}
    known |= {"jobs": "jobs.batch", "cronjobs": "cronjobs.batch", "classes": "storageclasses.storage.k8s.io"}
    given = {known.get(kind, kind): found for kind, found in objects.items()}
    there = {"nodes": [node("n1")], "jobs.batch": (), "cronjobs.batch": (), **given}
    return bill(World(there, usage or {}, version, looks=looks), NOW)


def only(found: Bill, rule: str) -> Advice:
    [advice] = [each for each in found.advice if each.rule == rule]
    return advice


def rules(found: Bill) -> set[str]:
    return {each.rule for each in found.advice}


def test_a_cluster_costs_its_parts() -> None:
    spot = node("n3", **{"karpenter.sh/capacity-type": "spot"})
    found = billed(
        nodes=[node("n1"), node("n2"), spot], volumes=[volume("v", claim="data")], services=[balancer("web")],
        slices=[endpoints("web", "10.0.0.1")], claims=[claim("data", "v")],
    )  # fmt: skip
    sheet = load_sheet("eks")
    machine = sheet.node(REGION, SIZE)
    assert machine is not None
    assert found.estimate is not None
    costs = {each.what: each.count * each.hourly for each in found.estimate.prices}
    assert costs["control plane (eks)"] == sheet.control_plane["standard"]
    assert costs[SIZE] == pytest.approx(2 * machine.hourly)
    assert costs["volumes, 100 GB"] * 730 == pytest.approx(8.0)
    assert costs["load balancers"] == sheet.network[REGION]["load_balancer"]
    spots = f"{SIZE} spot"
    assert spots in costs if machine.spot_hourly is not None else spots in found.estimate.unpriced
    assert found.estimate.as_of == sheet.as_of


def test_machines_that_no_sheet_knows_cost_nobody_knows_what() -> None:
    found = billed(nodes=[{"metadata": {"name": "rack-7"}, "status": {"allocatable": {"cpu": "4", "memory": "8Gi"}}}])
    assert found.estimate is None


def test_a_size_without_a_price_is_named() -> None:
    found = billed(nodes=[node("n1", **{"node.kubernetes.io/instance-type": "zz9.huge"})])
    assert found.estimate is not None
    assert found.estimate.unpriced == ("zz9.huge",)


def test_volumes_that_nobody_holds_or_mounts() -> None:
    mounted = pod("web", volumes=[{"persistentVolumeClaim": {"claimName": "used"}}])
    again = {
        "metadata": meta("db"),
        "spec": {"replicas": 0, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
    }
    found = billed(
        pods=[mounted],
        stateful=[again],
        volumes=[volume("gone", "Released", "old"), volume("a", claim="used"), volume("b", claim="left"),
                 volume("c", claim="data-db-0")],
        claims=[claim("used", "a"), claim("left", "b"), claim("data-db-0", "c")],
    )  # fmt: skip
    assert only(found, "unattached-volume").monthly == pytest.approx(8.0)
    advice = only(found, "unmounted-claim")
    assert advice.about is not None
    assert (advice.about.name, advice.steps[0].ref) == ("left", advice.about)


DISKS = [
    ("ebs.csi.aws.com", "vol-1", f"aws ec2 delete-volume --volume-id vol-1 --region {REGION}"),
    (
        "pd.csi.storage.gke.io",
        "projects/shop-1/zones/us-east1-b/disks/pvc-1",
        "gcloud compute disks delete pvc-1 --zone us-east1-b --project shop-1",
    ),
    (
        "pd.csi.storage.gke.io",
        "projects/shop-1/regions/us-east1/disks/pvc-1",
        "gcloud compute disks delete pvc-1 --region us-east1 --project shop-1",
    ),
    ("disk.csi.azure.com", "/subscriptions/1/disks/a b", "az disk delete --ids '/subscriptions/1/disks/a b'"),
    ("disk.csi.azure.com", "elsewhere", "the tools of disk.csi.azure.com"),
    ("driver.longhorn.io", "pvc-1", "the tools of driver.longhorn.io"),
]


@pytest.mark.parametrize(("driver", "handle", "command"), DISKS)
def test_a_disk_that_stays_and_is_paid_for_is_told_with_the_plan_for_its_volume(
    driver: str, handle: str, command: str
) -> None:
    retained = volume("gone", "Released", "old")
    retained["spec"]["csi"] = {"driver": driver, "volumeHandle": handle}
    advice = only(billed(volumes=[retained]), "unattached-volume")
    disk = f"the disk {handle} ({driver})"
    left = f"Deleted here, it leaves {disk}, which is paid for until it is removed there: {command}"
    assert left in advice.evidence
    assert advice.stays == left
    assert advice.title == f"Volume gone is held by no claim, and would leave {disk}"
    assert "a cluster has no credentials of its cloud" in advice.not_here
    assert advice.next_step.endswith("then delete the volume here, and the disk there")
    assert [(step.verb, step.ref) for step in advice.steps] == [(Verb.DELETE, advice.about)]


@pytest.mark.parametrize(
    ("policy", "finalizer", "goes"),
    [
        ("Delete", "external-provisioner.volume.kubernetes.io/finalizer", True),
        ("Delete", "kubernetes.io/pv-protection", False),
        ("Retain", "external-provisioner.volume.kubernetes.io/finalizer", False),
    ],
)
def test_a_volume_whose_disk_goes_with_it_leaves_nothing(policy: str, finalizer: str, *, goes: bool) -> None:
    free = volume("free", "Available")
    free["spec"]["persistentVolumeReclaimPolicy"] = policy
    free["metadata"]["finalizers"] = [finalizer]
    advice = only(billed(volumes=[free]), "unattached-volume")
    assert (advice.stays == "", advice.not_here == "") == (goes, goes)
    assert advice.title == "Volume free is held by no claim"
    assert ("its disk goes with it" in advice.next_step) == goes
    assert [step.verb for step in advice.steps] == [Verb.DELETE]


@pytest.mark.parametrize(("policy", "stays"), [("Retain", True), ("Delete", False)])
def test_a_claim_whose_volume_is_retained_says_what_stays(policy: str, *, stays: bool) -> None:
    held = volume("pv", claim="left")
    held["spec"] |= {"persistentVolumeReclaimPolicy": policy, "csi": {"driver": DISKS[0][0], "volumeHandle": "vol-1"}}
    advice = only(billed(volumes=[held], claims=[claim("left", "pv")]), "unmounted-claim")
    left = (
        f"Volume pv stays with the disk vol-1 (ebs.csi.aws.com), which is paid for until it is removed: {DISKS[0][2]}"
    )
    assert advice.stays == (left if stays else "")
    assert (left in advice.evidence) == stays
    assert advice.steps


def test_a_load_balancer_that_leads_nowhere() -> None:
    found = billed(
        services=[balancer("web"), balancer("dead")], slices=[endpoints("web", "10.0.0.1"), endpoints("dead")]
    )
    advice = only(found, "idle-load-balancer")
    assert advice.about is not None
    assert advice.about.name == "dead"


def test_a_version_in_extended_support() -> None:
    advice = only(billed(version="v1.31.9-eks-1"), "extended-support")
    assert advice.monthly == pytest.approx(0.5 * 730)
    assert advice.evidence == (
        "its standard support ended on 2025-11-26 (endoflife.date/amazon-eks, 2026-02-14)",
        "extended support ends on 2026-11-26",
    )
    assert "a control plane is upgraded by its cloud" in advice.not_here
    assert "extended-support" not in rules(billed(version="v1.35.1"))
    found = billed(version="v1.31.9")
    assert found.estimate is not None
    assert found.estimate.prices[0].hourly == 0.6


def test_a_version_in_extended_support_of_gke() -> None:
    machine = node("n1", **{"cloud.google.com/gke-nodepool": "default"})
    machine["spec"]["providerID"] = "gce://shop/us-east1-b/n1"
    found = billed(version="v1.33.5-gke.900", nodes=[machine])
    advice = only(found, "extended-support")
    assert advice.monthly == pytest.approx(0.5 * 730)
    assert "2026-08-03" in advice.evidence[0]
    assert "Extended channel" in advice.evidence[1]
    assert len(advice.evidence) == 2
    assert found.estimate is not None
    assert found.estimate.prices[0].hourly == 0.6
    current = billed(version="v1.35.0-gke.1", nodes=[machine])
    assert "extended-support" not in rules(current)
    assert current.estimate is not None
    assert current.estimate.prices[0].hourly == 0.1


def test_nodes_that_would_not_be_needed() -> None:
    nodes = [node("n1"), node("n2"), node("n3")]
    pods = [pod("a", "n1", "1"), pod("b", "n2", "1"), pod("c", "n3", "1")]
    found = billed(nodes=nodes, pods=pods)
    advice = only(found, "spare-nodes")
    assert advice.title == "2 of 3 nodes would not be needed"
    machine = load_sheet("eks").node(REGION, SIZE)
    assert machine is not None
    assert advice.monthly == pytest.approx(2 * machine.hourly * 730)
    [step] = advice.steps
    assert (step.verb, step.ref.name, step.body) == (Verb.PATCH, "n1", {"spec": {"unschedulable": True}})
    full = [pod("a", "n1", "3500m"), pod("b", "n2", "3500m"), pod("c", "n3", "3500m")]
    assert "spare-nodes" not in rules(billed(nodes=nodes, pods=full))


def test_memory_counts_as_much_as_cpu() -> None:
    nodes = [node("n1"), node("n2")]
    pods = [pod("a", "n1", "100m", "9Gi"), pod("b", "n2", "100m", "9Gi")]
    assert "spare-nodes" not in rules(billed(nodes=nodes, pods=pods))


def test_the_largest_saving_comes_first() -> None:
    found = billed(
        version="v1.31.0", volumes=[volume("small", "Released"), volume("large", "Released", gigabytes=1000)]
    )
    figures = [each.monthly or 0 for each in found.advice]
    assert figures == sorted(figures, reverse=True)
    assert found.saving == pytest.approx(sum(figures))


def deployment_on(size: str, count: int, **spec: Any) -> dict[str, Any]:
    owner = {"kind": "ReplicaSet", "uid": "uid-rs", "controller": True}
    return {
        "deployments": [
            {"metadata": meta("web"), "spec": {"template": {"spec": spec}}, "status": {"readyReplicas": count}}
        ],
        "sets": [{"metadata": {**meta("web-1"), "uid": "uid-rs", "ownerReferences": [{"uid": "uid-web"}]}}],
        "pods": [pod(f"web-{at}", metadata={"ownerReferences": [owner]}) for at in range(count)],
        "nodes": [node("n1", **{"node.kubernetes.io/instance-type": size})],
    }


@pytest.fixture
def spot(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sheet that knows what spot machines cost."""
    sheet = load_sheet("eks")
    price = msgspec.structs.replace(sheet.nodes[REGION][SIZE], spot_hourly=0.05)
    with_spot = msgspec.structs.replace(sheet, nodes={REGION: {SIZE: price}})
    monkeypatch.setattr(machines, "load_sheet", lambda _: with_spot)


def test_where_no_spot_price_is_known_the_command_that_fetches_them_is_told() -> None:
    azure = {**node("n2", **{"topology.kubernetes.io/region": "west europe"}), "spec": {"providerID": "azure:///n2"}}
    is_spot = node("n3", **{"karpenter.sh/capacity-type": "spot", "topology.kubernetes.io/region": "eu-west-1"})
    found = billed(nodes=[node("n1"), azure, is_spot, {"metadata": {"name": "rack-7"}}])
    eks, aks = f"kubegenie costs refresh eks --region {REGION}", "kubegenie costs refresh aks --region 'west europe'"
    assert found.no_spot == (aks, eks)
    told = "No spot prices are known for machines here, so none is called a spot candidate: "
    assert spot_note(found) == f"{told}{aks}; {eks}"
    assert f"{told}{aks}; {eks}." in lines(found)


@pytest.mark.usefixtures("spot")
def test_where_spot_prices_are_known_nothing_is_to_be_fetched() -> None:
    assert billed().no_spot == ()
    assert spot_note(billed()) == ""


@pytest.mark.usefixtures("spot")
def test_what_could_run_on_spot_machines() -> None:
    assert "spot-candidate" in rules(billed(**deployment_on(SIZE, 3)))
    assert "spot-candidate" not in rules(billed(**deployment_on(SIZE, 1)))
    kept = {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}
    assert "spot-candidate" not in rules(billed(**deployment_on(SIZE, 3, **kept)))


@pytest.mark.usefixtures("spot")
def test_spot_machines_are_preferred_beside_what_is_preferred_already() -> None:
    zone = {"weight": 1, "preference": {"matchExpressions": [{"key": "zone", "operator": "Exists"}]}}
    preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    parts = deployment_on(SIZE, 3, affinity={"nodeAffinity": {preferred: [zone]}})
    [step] = only(billed(**parts), "spot-candidate").steps
    spec = step.body["spec"]["template"]["spec"]
    first, *ours = spec["affinity"]["nodeAffinity"][preferred]
    assert first == zone
    assert [each["preference"]["matchExpressions"][0]["key"] for each in ours] == [
        "eks.amazonaws.com/capacityType",
        "karpenter.sh/capacity-type",
    ]
    assert "tolerations" not in spec
    assert only(billed(**deployment_on(SIZE, 3, affinity=spec["affinity"])), "spot-candidate").steps == ()


@pytest.mark.usefixtures("spot")
def test_the_taint_of_spot_machines_is_borne_where_there_is_one() -> None:
    [step] = on_aks(tolerations=[{"key": "gpu", "operator": "Exists"}])
    borne = step.body["spec"]["template"]["spec"]["tolerations"]
    assert [each["key"] for each in borne] == ["gpu", "kubernetes.azure.com/scalesetpriority"]
    preferring = step.body["spec"]["template"]["spec"]["affinity"]
    [step] = on_aks(affinity=preferring)
    assert step.body == {"spec": {"template": {"spec": {"tolerations": borne[1:]}}}}
    assert on_aks(affinity=preferring, tolerations=borne) == ()


@pytest.mark.usefixtures("spot")
@pytest.mark.parametrize(
    "borne",
    [
        {"key": SPOT_TAINT, "operator": "Equal", "value": "spot", "effect": "NoSchedule"},
        {"key": SPOT_TAINT, "value": "spot"},
        {"key": SPOT_TAINT, "operator": "Exists"},
        {"operator": "Exists"},
    ],
)
def test_a_taint_that_is_borne_already_is_not_borne_twice(borne: Manifest) -> None:
    [step] = on_aks(tolerations=[borne])
    assert step.body["spec"]["template"]["spec"].keys() == {"affinity"}


def on_aks(**spec: Any) -> Sequence[Step]:
    """What is done for a deployment that could run on spot machines of Azure."""
    parts = deployment_on(SIZE, 3, **spec)
    for each in parts["nodes"]:
        each["spec"]["providerID"] = "azure:///subscriptions/1/n1"
    return only(billed(**parts), "spot-candidate").steps
