"""Which pod, and which of its ports, a forward leads to at this moment."""

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from kubegenie_tui.domain.errors import NotFound, UsageError
from kubegenie_tui.domain.forward import TARGETS, ForwardSpec
from kubegenie_tui.domain.kind import Kind, KindIndex
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef

_RETURNING = frozenset({"StatefulSet"})
"""Owners whose pods come back under the same name: another one would be another member."""


class Objects(Protocol):
    """What is asked of a cluster."""

    @property
    def kinds(self) -> KindIndex:
        """What it serves."""

    async def get(self, kind: Kind, name: str, namespace: str = "") -> Manifest:
        """One object."""

    async def pods_selected(self, namespace: str, label_selector: str) -> list[Manifest]:
        """Pods with these labels."""


class Destination(msgspec.Struct, frozen=True):
    """One port of one pod."""

    pod: str
    uid: str
    port: int


async def find_destination(cluster: Objects, spec: ForwardSpec) -> Destination:
    """Where connections go now: the pod itself while it runs, else one that took its place.

    Raises:
        NotFound: there is no running pod.
        UsageError: the target has no such port.
        ClusterError, CredentialError, KubeconfigError: the cluster does not tell.
    """
    target, port = spec.target, spec.port
    if target.kind == "pods":
        pod = await _pod_or_successor(cluster, spec)
    else:
        owner = await _get(cluster, target)
        pod = await _chosen(cluster, owner, target)
        if target.kind == "services":
            port = _target_port(owner, port)
    return Destination(pod["metadata"]["name"], pod["metadata"]["uid"], _port_number(pod, port))


async def is_still_there(cluster: Objects, namespace: str, place: Destination) -> bool:
    """Whether the pod still runs and is the same one."""
    try:
        pod = await _get(cluster, ObjectRef("pods", place.pod, namespace))
    except NotFound:
        return False
    return _runs(pod) and bool(pod["metadata"]["uid"] == place.uid)


async def successor_of(cluster: Objects, ref: ObjectRef) -> ObjectRef | None:
    """What makes pods such as this one; None when nothing does, or its pods return under their names.

    Raises:
        NotFound: there is no such pod.
        ClusterError, CredentialError, KubeconfigError: the cluster does not tell.
    """
    found: ObjectRef | None = None
    maker = _controller(await _get(cluster, ref))
    while maker is not None and maker.get("kind") not in _RETURNING:
        kind = cluster.kinds.find(str(maker.get("kind", "")))
        if kind is None or kind.id not in TARGETS:
            break
        found = ObjectRef(kind.id, str(maker.get("name", "")), ref.namespace, ref.cluster)
        maker = _controller(await _get(cluster, found))
    return found


async def ports_of(cluster: Objects, ref: ObjectRef) -> list[str]:
    """Numbers of the TCP ports that an object declares, the first one first; empty when it declares none.

    Raises:
        ClusterError, CredentialError, KubeconfigError: the cluster does not tell.
    """
    found = await _get(cluster, ref)
    if ref.kind == "services":
        return [text_at(each, "port") for each in _tcp(mappings_at(found, "spec.ports"))]
    spec = mapping_at(found, "spec") if ref.kind == "pods" else mapping_at(found, "spec.template.spec")
    return [text_at(each, "containerPort") for each in _tcp(_container_ports(spec))]


async def _pod_or_successor(cluster: Objects, spec: ForwardSpec) -> Manifest:
    try:
        pod = await _get(cluster, spec.target)
    except NotFound:
        if spec.follows is None:
            raise
    else:
        if _runs(pod):
            return pod
        if spec.follows is None:
            phase = text_at(pod, "status.phase") or "unknown"
            raise NotFound(f"Pod {spec.target.name} does not run", f"its phase is {phase}")
    return await _chosen(cluster, await _get(cluster, spec.follows), spec.follows)


async def _chosen(cluster: Objects, owner: Manifest, ref: ObjectRef) -> Manifest:
    """The pod of an owner that is likeliest to answer: a ready one, the oldest of them."""
    selector = _selector_text(mapping_at(owner, "spec.selector"), plain=ref.kind == "services")
    if not selector:
        raise NotFound(f"{ref.words} selects no pods", "it has no selector", "forward to a pod instead")
    running = [pod for pod in await cluster.pods_selected(ref.namespace, selector) if _runs(pod)]
    if not running:
        raise NotFound(f"No pod of {ref.words} is running", next_step="tried again until one is")
    return min(running, key=lambda pod: (not _ready(pod), text_at(pod, "metadata.creationTimestamp")))


async def _get(cluster: Objects, ref: ObjectRef) -> Manifest:
    return await cluster.get(cluster.kinds.resolve(ref.kind), ref.name, ref.namespace)


def _controller(manifest: Manifest) -> Manifest | None:
    owners = mappings_at(manifest, "metadata.ownerReferences")
    return next((each for each in owners if each.get("controller") is True), None)


def _runs(pod: Manifest) -> bool:
    return text_at(pod, "status.phase") == "Running" and not text_at(pod, "metadata.deletionTimestamp")


def _ready(pod: Manifest) -> bool:
    conditions = mappings_at(pod, "status.conditions")
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _selector_text(selector: Manifest, *, plain: bool) -> str:
    """A selector as the query parameter has it; that of a service has labels alone."""
    labels = selector if plain else mapping_at(selector, "matchLabels")
    terms = [f"{key}={value}" for key, value in labels.items()]
    for each in () if plain else mappings_at(selector, "matchExpressions"):
        key, values = text_at(each, "key"), ",".join(map(str, value_at(each, "values") or ()))
        match text_at(each, "operator"):
            case "In":
                terms.append(f"{key} in ({values})")
            case "NotIn":
                terms.append(f"{key} notin ({values})")
            case "Exists":
                terms.append(key)
            case "DoesNotExist":
                terms.append(f"!{key}")
    return ",".join(terms)


def _target_port(service: Manifest, port: str) -> str:
    """The port of its pods that a port of a service leads to: a number, or a name."""
    ports = _tcp(mappings_at(service, "spec.ports"))
    for each in ports:
        if port in (text_at(each, "port"), text_at(each, "name")):
            return text_at(each, "targetPort") or text_at(each, "port")
    known = ", ".join(text_at(each, "port") for each in ports) or "none"
    raise UsageError(f"The service has no port {port}", f"its TCP ports: {known}", "choose one of them")


def _port_number(pod: Manifest, port: str) -> int:
    if port.isdigit():
        return int(port)
    ports = _container_ports(mapping_at(pod, "spec"))
    for each in ports:
        if text_at(each, "name") == port and (number := number_at(each, "containerPort")):
            return number
    known = ", ".join(name for each in ports if (name := text_at(each, "name"))) or "none"
    raise UsageError(f'The pod has no port named "{port}"', f"its named ports: {known}", "give a number")


def _container_ports(spec: Manifest) -> list[Manifest]:
    sidecars = [each for each in mappings_at(spec, "initContainers") if each.get("restartPolicy") == "Always"]
    containers = [*mappings_at(spec, "containers"), *sidecars]
    return [port for each in containers for port in mappings_at(each, "ports")]


def _tcp(ports: Iterable[Mapping[str, object]]) -> list[Mapping[str, object]]:
    return [each for each in ports if each.get("protocol", "TCP") == "TCP"]
