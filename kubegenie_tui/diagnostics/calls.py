"""Whom the workloads of a cluster call, as far as their variables say: hosts, and the services that these mean.

Source: Kubernetes' documentation, "DNS for Services and Pods".
"""

import re
from collections.abc import Iterator

import msgspec

from kubegenie_tui.diagnostics.pods import Workload, labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Evidence
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS

_KINDS = ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "cronjobs.batch")
_SCHEMES = "https?|wss?|rediss?|postgres(?:ql)?|mysql|mariadb|mongodb|amqps?|nats|grpc|ldaps?|smtp|tcp|kafka|memcached"
_HOST = r"(?P<host>[a-z](?:[a-z0-9.-]*[a-z0-9])?)"
_URL = re.compile(rf"(?<![\w+.-])(?P<scheme>{_SCHEMES})://(?:[^@/\s]*@)?{_HOST}(?![\w$.-])(?::(?P<port>\d+))?")
_PAIR = re.compile(rf"^{_HOST}:(?P<port>\d{{2,5}})$")
_BARE = re.compile(rf"^{_HOST}$")
_NAMES_HOST = re.compile(r"[A-Z0-9]_?(?:HOST|HOSTNAME|ADDR|ADDRESS|SERVER|ENDPOINT)$")
_OF_ITSELF = re.compile(r"LISTEN|BIND|ADVERTISE|VIRTUAL_HOST|^HOST|PROXY")
"""Variables that name what a program is, not whom it calls."""
_USUAL_PORTS = {"http": 80, "https": 443}


class Call(msgspec.Struct, frozen=True):
    """One host that a container is told to call."""

    workload: Workload
    host: str
    port: int
    """0 when it is not told."""
    says: Evidence
    """The variable or the key of a ConfigMap that says so."""
    is_plain: bool
    """Whether a host's name stands there and nothing that proves it to be one."""

    @property
    def namespace(self) -> str:
        """Where the caller lives."""
        return self.workload.ref.namespace

    @property
    def client(self) -> Manifest:
        """A pod of the caller."""
        return pod_of(self.workload)


def pod_of(workload: Workload) -> Manifest:
    """A pod as a workload makes them, as far as selectors of policies look at it."""
    labels = labels_of(mapping_at(workload.manifest, workload.spec_path.removesuffix(".spec")))
    return {"metadata": {"namespace": workload.ref.namespace, "labels": labels}}


def workloads(snapshot: Snapshot) -> Iterator[Workload]:
    """Those that have pods, or will have again."""
    for kind in _KINDS:
        for item in snapshot.all(kind):
            yield Workload(kind, item, TEMPLATE_PATHS[kind])


def calls(snapshot: Snapshot) -> Iterator[Call]:
    """Every call of every workload; programs on the own host are left out."""
    for workload in workloads(snapshot):
        yield from calls_of(snapshot, workload)


def calls_of(snapshot: Snapshot, workload: Workload) -> Iterator[Call]:
    """Every call of one workload."""
    known = _own_names(workload)
    for name, value, says in _variables(snapshot, workload):
        for host, port, is_plain in _hosts(name, value):
            if host not in known and not _OF_ITSELF.search(name):
                yield Call(workload, host, port, says, is_plain)


def service_of(snapshot: Snapshot, namespace: str, host: str) -> ObjectRef | None:
    """The service that a host's name means when a pod of this namespace looks it up; None outside of the cluster."""
    parts = host.rstrip(".").split(".")
    if "svc" in parts[2:4]:
        at = parts.index("svc", 2)
        return ObjectRef("services", parts[at - 2], parts[at - 1])
    if len(parts) == 1:
        return ObjectRef("services", host, namespace)
    if len(parts) == 2 and snapshot.get("services", namespace, parts[1]):
        return ObjectRef("services", parts[1], namespace)
    if len(parts) in (2, 3) and snapshot.get("namespaces", "", parts[-1]):
        return ObjectRef("services", parts[-2], parts[-1])
    return None


def _own_names(workload: Workload) -> frozenset[str]:
    aliases = mappings_at(workload.pod_spec, "hostAliases")
    told = [name for alias in aliases for name in texts_at(alias, "hostnames")]
    containers = [text_at(each, "name") for each in mappings_at(workload.pod_spec, "containers")[1:]]
    return frozenset(("localhost", text_at(workload.pod_spec, "hostname"), *told, *containers))


def _variables(snapshot: Snapshot, workload: Workload) -> Iterator[tuple[str, str, Evidence]]:
    """Name, value and source of each variable that is not secret."""
    for list_name in ("initContainers", "containers"):
        for container in mappings_at(workload.pod_spec, list_name):
            path = f"{workload.spec_path}.{list_name}[{text_at(container, 'name')}]"
            for variable in mappings_at(container, "env"):
                name, value = text_at(variable, "name"), text_at(variable, "value")
                source = mapping_at(variable, "valueFrom.configMapKeyRef")
                if value:
                    yield name, value, Evidence(workload.ref, f"{path}.env[{name}].value", value)
                elif source:
                    yield from _of_config(snapshot, workload, text_at(source, "name"), text_at(source, "key"))
            for origin in mappings_at(container, "envFrom"):
                for key, value, says in _of_config(snapshot, workload, text_at(origin, "configMapRef.name")):
                    yield f"{text_at(origin, 'prefix')}{key}", value, says


def _of_config(
    snapshot: Snapshot, workload: Workload, name: str, only: str = ""
) -> Iterator[tuple[str, str, Evidence]]:
    config = snapshot.get("configmaps", workload.ref.namespace, name)
    for key, value in mapping_at(config, "data").items():
        if isinstance(value, str) and only in ("", key):
            yield key, value, Evidence(ref_of("configmaps", config or {}), f"data.{key}", value[:200])


def _hosts(name: str, value: str) -> Iterator[tuple[str, int, bool]]:
    """Hosts of a value with their ports: of addresses, of pairs with a port, and alone where the name says so."""
    addresses = list(_URL.finditer(value))
    for found in addresses:
        yield found["host"], int(found["port"] or _USUAL_PORTS.get(found["scheme"], 0)), False
    if addresses:
        return
    for part in value.split(","):
        if (pair := _PAIR.match(part.strip())) is not None:
            yield pair["host"], int(pair["port"]), False
        elif _NAMES_HOST.search(name) and (alone := _BARE.match(part.strip())) is not None:
            yield alone["host"], 0, True
