"""metrics.k8s.io: what pods and nodes use, as the world says."""

from collections.abc import Callable

from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.selecting import selector
from kubegenie_tui.demo.api.statuses import not_found
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Stored
from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.world.usage import MeasuredPod, container_usage, node_usages

GROUP = "metrics.k8s.io"
Measure = Callable[[Stored], Object | None]


def metrics(cluster: Cluster, call: Call) -> Object:
    """Answer a GET or LIST of metrics.

    Raises:
        Refusal: 404 for what does not run.
    """
    kind, version = call.resource.kind, call.resource.api_version
    measure = _pods(cluster) if call.resource.plural == "pods" else _nodes(cluster)
    if call.name:
        stored = cluster.collection(call.resource.plural).items.get((call.namespace, call.name))
        found = measure(stored) if stored else None
        if found is None:
            raise not_found(call.resource, f"{call.namespace}/{call.name}".strip("/"))
        return {"kind": kind, "apiVersion": version, **found}
    test = selector(call.resource, call.query)
    chosen = [
        each for each in cluster.collection(call.resource.plural).ordered(call.namespace) if not test or test(each)
    ]
    items = [found for stored in chosen if (found := measure(stored))]
    return {"kind": f"{kind}List", "apiVersion": version, "metadata": {}, "items": items}


def _pods(cluster: Cluster) -> Measure:
    now, stamp = cluster.clock.now(), cluster.clock.stamp()

    def measure(stored: Stored) -> Object | None:
        pod = stored.part(MeasuredPod)
        statuses = (pod.get("status") or {}).get("containerStatuses") or ()
        running = {each["name"] for each in statuses if "running" in each["state"]}
        containers = [
            {"name": each["name"], "usage": _amounts(*container_usage(pod, each, now))}
            for each in pod["spec"]["containers"]
            if each["name"] in running
        ]
        return {**_common(stored, stamp), "containers": containers} if containers else None

    return measure


def _nodes(cluster: Cluster) -> Measure:
    usages, stamp = node_usages(cluster), cluster.clock.stamp()
    return lambda stored: {**_common(stored, stamp), "usage": _amounts(*usages[stored.key[1]])}


def _common(stored: Stored, now: str) -> Object:
    namespace, name = stored.key
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), "creationTimestamp": now}
    return {"metadata": {**metadata, "labels": stored.labels}, "timestamp": now, "window": "15s"}


def _amounts(millicores: float, kibibytes: float) -> Object:
    return {"cpu": f"{millicores * 1_000_000:.0f}n", "memory": f"{kibibytes:.0f}Ki"}
