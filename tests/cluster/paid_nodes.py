"""Nodes of a real control plane that are machines of a cloud, played by its simulated kubelet."""

from typing import Any

from kubernetes import client

from tests.cluster.keyboard import until


def machines(official: client.ApiClient, cloud: str, region: str, size: str, pool: dict[str, str]) -> None:
    """Two nodes of 8 cores and 32 GiB, in place of those that are there."""
    core = client.CoreV1Api(official)
    core.delete_collection_node()
    for number in (1, 2):
        name = f"{cloud}-{number}"
        labels = {"topology.kubernetes.io/region": region, "node.kubernetes.io/instance-type": size, **pool}
        identifier = {"aws": f"aws:///{region}a/i-{number}", "gce": f"gce://shop-1/{region}-a/{name}"}[cloud]
        metadata = {"name": name, "labels": {**labels, "sim/node": "true"}}
        core.create_node({"metadata": metadata, "spec": {"providerID": identifier}})


def deployment(name: str, replicas: int, cpu: str = "1", **pod_spec: Any) -> dict[str, Any]:
    labels = {"app": name}
    container = {
        "name": "app",
        "image": "nginx:1.28",
        "resources": {"requests": {"cpu": cpu, "memory": "1Gi"}},
    }
    return {
        "metadata": {"name": name},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container], **pod_spec}},
        },
    }


async def runs(official: client.ApiClient, namespace: str, body: dict[str, Any]) -> None:
    """All its pods are ready."""
    apps = client.AppsV1Api(official)
    apps.create_namespaced_deployment(namespace, body)
    wanted = body["spec"]["replicas"]
    await until(
        lambda: apps.read_namespaced_deployment(body["metadata"]["name"], namespace).status.ready_replicas == wanted
    )


async def are_measured(official: client.ApiClient, namespace: str, count: int) -> None:
    """The metrics server of the control plane knows what so many pods use."""
    custom = client.CustomObjectsApi(official)
    await until(
        lambda: (
            len(custom.list_namespaced_custom_object("metrics.k8s.io", "v1beta1", namespace, "pods")["items"]) == count
        )
    )
