"""Services: an EndpointSlice that follows the pods a selector finds."""

from typing import TYPE_CHECKING

from kubegenie_tui.demo.state.objects import Object, labels_of, meta, name_of, namespace_of, owner_reference
from kubegenie_tui.demo.world.hashing import hash_of
from kubegenie_tui.demo.world.pods import ready, selected_pods

if TYPE_CHECKING:
    from kubegenie_tui.demo.world.world import World

SLICES = "endpointslices.discovery.k8s.io"


def reconcile(world: "World", namespace: str, name: str) -> None:
    """Write down which pods are behind a service."""
    service = world.cluster.get("services", name, namespace)
    if service is None:
        return
    selector = service["spec"].get("selector")
    if not selector or service["spec"].get("type") == "ExternalName":
        return
    pods = selected_pods(world.cluster, namespace, {"matchLabels": selector})
    backed = [pod for pod in pods if (pod.get("status") or {}).get("podIP") and pod["status"]["phase"] == "Running"]
    known = [
        each
        for each in world.cluster.list(SLICES, namespace)
        if labels_of(each).get("kubernetes.io/service-name") == name
    ]
    content = {
        "addressType": "IPv4",
        "endpoints": [_endpoint(pod) for pod in backed],
        "ports": [_port(port, pods) for port in service["spec"].get("ports") or ()],
    }
    if known:
        world.cluster.replace({**known[0], **content})
    else:
        world.cluster.create({**_new_slice(world, service), **content}, manager="kube-controller-manager")


def _new_slice(world: "World", service: Object) -> Object:
    labels = {
        **labels_of(service),
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name_of(service),
    }
    metadata = {
        "name": f"{name_of(service)}-{world.cluster.suffix()}",
        "generateName": f"{name_of(service)}-",
        "namespace": namespace_of(service),
        "labels": labels,
        "ownerReferences": [owner_reference(service)],
    }
    return {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata}


def _endpoint(pod: Object) -> Object:
    is_ready = ready(pod)
    reference = {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": meta(pod)["uid"]}
    leaving = bool(meta(pod).get("deletionTimestamp"))
    return {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": is_ready, "serving": is_ready, "terminating": leaving},
        "targetRef": reference,
        "nodeName": pod["spec"]["nodeName"],
    }


def _port(port: Object, pods: list[Object]) -> Object:
    target = port.get("targetPort", port["port"])
    if isinstance(target, str):
        named = [
            each["containerPort"]
            for pod in pods
            for container in pod["spec"]["containers"]
            for each in container.get("ports") or ()
            if each.get("name") == target
        ]
        target = named[0] if named else port["port"]
    return {"name": port.get("name", ""), "port": target, "protocol": port.get("protocol", "TCP")}


def cluster_ip(service: Object) -> str:
    """A virtual address for a service."""
    number = hash_of(f"{namespace_of(service)}/{name_of(service)}")
    return f"10.96.{number % 250}.{number // 250 % 250 + 2}"
