"""What a container finds when it starts: variables and volumes from ConfigMaps and Secrets, or why it cannot start."""

import base64
from collections.abc import Iterator

from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, name_of, namespace_of

_SOURCES = {"secretKeyRef": "secrets", "configMapKeyRef": "configmaps"}


class CannotStart(Exception):
    """A ConfigMap, Secret or key is missing; the text is the kubelet's."""


def environment(cluster: Cluster, pod: Object, container: Object) -> dict[str, str]:
    """The container's environment variables.

    Raises:
        CannotStart: something that is not optional is missing.
    """
    found = {
        "HOSTNAME": name_of(pod),
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "KUBERNETES_SERVICE_HOST": "10.96.0.1",
        "KUBERNETES_SERVICE_PORT": "443",
    }
    for source in container.get("envFrom") or ():
        for kind, field in (("secrets", "secretRef"), ("configmaps", "configMapRef")):
            if reference := source.get(field):
                found |= _values(cluster, kind, pod, reference)
    for variable in container.get("env") or ():
        value = _value(cluster, pod, variable)
        if value is not None:
            found[variable["name"]] = value
    return found


def missing_volume(cluster: Cluster, pod: Object) -> str:
    """Why the pod's volumes cannot be mounted; empty when they can."""
    for volume, kind, name in _mounted(pod):
        if cluster.get(kind, name, namespace_of(pod)) is None:
            noun = kind.removesuffix("s")
            return f'MountVolume.SetUp failed for volume "{volume}" : {noun} "{name}" not found'
    return ""


def _mounted(pod: Object) -> Iterator[tuple[str, str, str]]:
    for volume in pod["spec"].get("volumes") or ():
        secret, config = volume.get("secret"), volume.get("configMap")
        if secret and not secret.get("optional"):
            yield volume["name"], "secrets", secret["secretName"]
        if config and not config.get("optional"):
            yield volume["name"], "configmaps", config["name"]


def _value(cluster: Cluster, pod: Object, variable: Object) -> str | None:
    source = variable.get("valueFrom")
    if not source:
        return str(variable.get("value", ""))
    if "fieldRef" in source:
        return _field(pod, source["fieldRef"]["fieldPath"])
    for field, kind in _SOURCES.items():
        if reference := source.get(field):
            values = _values(cluster, kind, pod, reference)
            if reference["key"] not in values and not reference.get("optional"):
                noun = "Secret" if kind == "secrets" else "ConfigMap"
                where = f"{namespace_of(pod)}/{reference['name']}"
                raise CannotStart(f"couldn't find key {reference['key']} in {noun} {where}")
            return values.get(reference["key"])
    return None


def _values(cluster: Cluster, kind: str, pod: Object, reference: Object) -> dict[str, str]:
    holder = cluster.get(kind, reference["name"], namespace_of(pod))
    if holder is None:
        if reference.get("optional"):
            return {}
        raise CannotStart(f'{kind.removesuffix("s")} "{reference["name"]}" not found')
    data: dict[str, str] = holder.get("data") or {}
    if kind == "configmaps":
        return data
    return {key: base64.b64decode(value).decode("utf-8", "replace") for key, value in data.items()}


def _field(pod: Object, path: str) -> str:
    value: object = pod
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return str(value or "")


def mounted_files(cluster: Cluster, pod: Object, container: Object) -> dict[str, str]:
    """The files that ConfigMaps, Secrets and the service account put into a container, by path."""
    account = "/var/run/secrets/kubernetes.io/serviceaccount"
    files = {f"{account}/namespace": namespace_of(pod), f"{account}/token": "demo"}
    places = {each["name"]: each["mountPath"] for each in container.get("volumeMounts") or ()}
    for volume, kind, name in _mounted(pod):
        if volume in places and cluster.get(kind, name, namespace_of(pod)):
            values = _values(cluster, kind, pod, {"name": name})
            files |= {f"{places[volume]}/{key}": value for key, value in values.items()}
    return files
