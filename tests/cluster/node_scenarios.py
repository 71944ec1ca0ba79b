"""Applications that no node takes for what was done to the nodes, and what a person lets a model do about it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from kubernetes import client

from tests.cluster.faults import Object, deployment
from tests.cluster.rule_parts import daemons
from tests.cluster.scenarios import Scenario, do, pods, ready

NODES = ("node-1", "node-2", "node-3")
APP = "deployments.apps app"
PLACED = "cannot be placed"
LABELS = ("disk", "zone", "rack")
"""Of nodes, that scenarios use."""


@dataclass(frozen=True)
class NodeScenario(Scenario):
    """One application, with what is done to the nodes beforehand."""

    nodes: dict[str, Object] = field(default_factory=dict)
    """What is merged into nodes, by name."""
    was_well: bool = False
    """Whether the application ran before that was done."""


def of_all(body: Object) -> dict[str, Object]:
    return dict.fromkeys(NODES, body)


def cordoned(**labels: str) -> Object:
    return {"metadata": {"labels": labels}, "spec": {"unschedulable": True}}


def labelled(**labels: str) -> Object:
    return {"metadata": {"labels": labels}}


def tainted(effect: str = "NoSchedule") -> Object:
    return {"spec": {"taints": [{"key": "dedicated", "value": "batch", "effect": effect}]}}


def untouched() -> Object:
    """Takes away whatever a scenario has done to a node."""
    return {"metadata": {"labels": dict.fromkeys(LABELS)}, "spec": {"unschedulable": None, "taints": None}}


def selecting(**labels: str) -> Object:
    return deployment("app", pod={"nodeSelector": labels})


def runs_on(*nodes: str) -> Callable[[client.ApiClient, str], bool]:
    """Whether all pods run, and only there."""

    def check(api: client.ApiClient, namespace: str) -> bool:
        found = client.CoreV1Api(api).list_namespaced_pod(namespace).items
        running = {each.spec.node_name for each in found if each.status.phase == "Running"}
        return ready(api, namespace) and running == set(nodes) and all(each.spec.node_name for each in found)

    return check


def daemons_run(api: client.ApiClient, namespace: str) -> bool:
    status = client.AppsV1Api(api).read_namespaced_daemon_set("app", namespace).status
    return bool(status.desired_number_scheduled) and status.number_ready == status.desired_number_scheduled


def tolerated(effect: str) -> tuple[Object, ...]:
    wanted = [{"key": "dedicated", "operator": "Equal", "value": "batch", "effect": effect}]
    return (pods("deployments", "app", tolerations=wanted),)


def required(key: str, value: str) -> Object:
    term = {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}}


def spread(key: str) -> Object:
    constraint = {
        "maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": "app"}},
    }  # fmt: skip
    return deployment("app", replicas=3, pod={"topologySpreadConstraints": [constraint]})


NODE_SCENARIOS = (
    NodeScenario(
        "all-cordoned", "nodes node-1", (deployment("app"),), (do("uncordon", "nodes", "node-2"),),
        runs_on("node-2"), (PLACED, "cordoned", *NODES), of_all(cordoned()),
    ),
    NodeScenario(
        "cordoned-where-it-fits", "nodes node-3", (selecting(disk="ssd"),), (), runs_on("node-3"),
        (PLACED, "cordoned", "node-3"), {"node-3": cordoned(disk="ssd")},
    ),
    NodeScenario(
        "cordoned-all-that-fit", "nodes node-2", (selecting(disk="ssd"),), (do("uncordon", "nodes", "node-3"),),
        runs_on("node-3"), (PLACED, "cordoned", "node-2", "node-3"), {name: cordoned(disk="ssd") for name in NODES[1:]},
    ),
    NodeScenario(
        "cordoned-and-tainted", "nodes node-3", (selecting(disk="ssd"),),
        (do("uncordon", "nodes", "node-3"), do("taint", "nodes", "node-3", taints="dedicated-")), runs_on("node-3"),
        (PLACED, "cordoned"),
        {"node-3": {**labelled(disk="ssd"), "spec": {"unschedulable": True, **tainted()["spec"]}}},
    ),
    NodeScenario(
        "tainted", APP, (deployment("app"),), (do("taint", "nodes", "node-1", taints="dedicated:NoSchedule-"),),
        runs_on("node-1"), (PLACED, "taint", "dedicated"), of_all(tainted()),
    ),
    NodeScenario(
        "not-tolerated", APP, (deployment("app"),), tolerated("NoSchedule"), ready,
        (PLACED, "taint", "dedicated"), of_all(tainted()),
    ),
    NodeScenario(
        "driven-away", APP, (deployment("app"),), tolerated("NoExecute"), ready,
        (PLACED, "taint", "dedicated"), of_all(tainted("NoExecute")), was_well=True,
    ),
    NodeScenario(
        "tainted-beside-cordoned", APP, (deployment("app"),), (do("taint", "nodes", "node-1", taints="dedicated-"),),
        runs_on("node-1"), (PLACED, "taint", "dedicated"),
        {"node-1": tainted(), "node-2": cordoned(), "node-3": cordoned()},
    ),
    NodeScenario(
        "unlabelled", APP, (selecting(disk="ssd"),), (do("label", "nodes", "node-2", pairs="disk=ssd"),),
        runs_on("node-2"), (PLACED, "no node has", "disk=ssd"),
    ),
    NodeScenario(
        "labelled-otherwise", APP, (selecting(disk="ssd"),),
        (pods("deployments", "app", nodeSelector={"disk": "nvme"}),), runs_on("node-1"),
        (PLACED, "disk=ssd", "nvme"), {"node-1": labelled(disk="nvme"), "node-2": labelled(disk="spinning")},
    ),
    NodeScenario(
        "unlabelled-for-its-affinity", APP, (deployment("app", pod={"affinity": required("zone", "b")}),),
        (do("label", "nodes", "node-3", pairs="zone=b"),), runs_on("node-3"), (PLACED, "affinity"),
        of_all(labelled(zone="a")),
    ),
    NodeScenario(
        "unlabelled-for-its-spread", APP, (spread("rack"),),
        tuple(do("label", "nodes", name, pairs=f"rack=r{name[-1]}") for name in NODES), ready, (PLACED, "rack"),
    ),
    NodeScenario(
        "unlabelled-for-daemons", "daemonsets.apps app", (daemons(disk="ssd"),),
        (do("label", "nodes", "node-2", pairs="disk=ssd"),), daemons_run, ("disk=ssd",),
    ),
)  # fmt: skip
