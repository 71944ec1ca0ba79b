"""metrics.k8s.io: what pods and nodes use, as the world says."""

from kubegenie_tui.demo.api.request import Call
from kubegenie_tui.demo.api.selecting import selector
from kubegenie_tui.demo.api.statuses import not_found
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.collection import Stored
from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.world.usage import container_usage, node_usage

GROUP = "metrics.k8s.io"


def metrics(cluster: Cluster, call: Call) -> Object:
    """Answer a GET or LIST of metrics.

    Raises:
        Refusal: 404 for what does not run.
    """
    kind, version = call.resource.kind, call.resource.api_version
    write = _pod if call.resource.plural == "pods" else _node
    if call.name:
        stored = cluster.collection(call.resource.plural).items.get((call.namespace, call.name))
        found = write(cluster, stored) if stored else None
        if found is None:
            raise not_found(call.resource, f"{call.namespace}/{call.name}".strip("/"))
        return {"kind": kind, "apiVersion": version, **found}
    test = selector(call.resource, call.query)
    chosen = [
        each for each in cluster.collection(call.resource.plural).ordered(call.namespace) if not test or test(each)
    ]
    items = [found for stored in chosen if (found := write(cluster, stored))]
    return {"kind": f"{kind}List", "apiVersion": version, "metadata": {}, "items": items}


def _common(cluster: Cluster, stored: Stored) -> Object:
    now, (namespace, name) = cluster.clock.stamp(), stored.key
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), "creationTimestamp": now}
    return {"metadata": {**metadata, "labels": stored.labels}, "timestamp": now, "window": "15s"}


def _pod(cluster: Cluster, stored: Stored) -> Object | None:
    pod = stored.object
    running = {
        each["name"] for each in (pod.get("status") or {}).get("containerStatuses") or () if "running" in each["state"]
    }
    containers = [
        {"name": each["name"], "usage": _amounts(*container_usage(pod, each, cluster.clock.now()))}
        for each in pod["spec"]["containers"]
        if each["name"] in running
    ]
    return {**_common(cluster, stored), "containers": containers} if containers else None


def _node(cluster: Cluster, stored: Stored) -> Object:
    return {**_common(cluster, stored), "usage": _amounts(*node_usage(cluster, stored.key[1]))}


def _amounts(millicores: float, kibibytes: float) -> Object:
    return {"cpu": f"{millicores * 1_000_000:.0f}n", "memory": f"{kibibytes:.0f}Ki"}
