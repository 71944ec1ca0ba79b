"""Services, endpoint slices, ingresses and network policies as a table shows them."""

from sys import intern

import msgspec

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.row import Column, Measure, Row
from kubegenie_tui.domain.shapes.base import Meta, Part, joined, on_its_way, row_of, seconds, shape
from kubegenie_tui.domain.shapes.selectors import LabelSelector, selector_text

_SHOWN = 3
"""How many addresses or hosts a cell shows before it only counts."""


class _ServicePort(Part, frozen=True):
    protocol: str = "TCP"
    port: int = 0
    node_port: int = 0


class _ServiceSpec(Part, frozen=True):
    ports: list[_ServicePort] | None = None
    selector: dict[str, str] | None = None
    cluster_ip: str = msgspec.field(name="clusterIP", default="")
    type: str = "ClusterIP"
    external_ips: list[str] | None = msgspec.field(name="externalIPs", default=None)
    external_name: str = ""


class _IngressPoint(Part, frozen=True):
    ip: str = ""
    hostname: str = ""


class _LoadBalancer(Part, frozen=True):
    ingress: list[_IngressPoint] | None = None


class _LoadBalanced(Part, frozen=True):
    load_balancer: _LoadBalancer = _LoadBalancer()


class _Service(Part, frozen=True):
    metadata: Meta
    spec: _ServiceSpec = _ServiceSpec()
    status: _LoadBalanced = _LoadBalanced()


def _points(status: _LoadBalanced) -> list[str]:
    return [point.ip or point.hostname for point in status.load_balancer.ingress or () if point.ip or point.hostname]


def _service(service: _Service) -> Row:
    spec = service.spec
    waits = spec.type == "LoadBalancer" and not _points(service.status)
    health = on_its_way(seconds(service.metadata.creation_timestamp)) if waits else Health.OK
    cells = (
        intern(spec.type),
        spec.cluster_ip or "<none>",
        _external(service),
        joined([_port(port) for port in spec.ports or ()]) or "<none>",
        joined([f"{key}={value}" for key, value in (spec.selector or {}).items()]) or "<none>",
    )
    return row_of(service.metadata, cells, health)


def _external(service: _Service) -> str:
    """As kubectl's EXTERNAL-IP. Source: getServiceExternalIP in k8s.io/kubernetes/pkg/printers/internalversion."""
    spec, extra = service.spec, service.spec.external_ips or []
    if spec.type == "ExternalName":
        return spec.external_name
    if spec.type == "LoadBalancer":
        return joined([*_points(service.status), *extra]) or "<pending>"
    return joined(list(extra)) or "<none>"


def _port(port: _ServicePort) -> str:
    return f"{port.port}:{port.node_port}/{port.protocol}" if port.node_port else f"{port.port}/{port.protocol}"


class _EndpointConditions(Part, frozen=True):
    ready: bool | None = None


class _Endpoint(Part, frozen=True):
    addresses: list[str] | None = None
    conditions: _EndpointConditions = _EndpointConditions()


class _SlicePort(Part, frozen=True):
    port: int | None = None


class _EndpointSlice(Part, frozen=True):
    metadata: Meta
    address_type: str = ""
    endpoints: list[_Endpoint] | None = None
    ports: list[_SlicePort] | None = None


def _endpoint_slice(endpoint_slice: _EndpointSlice) -> Row:
    endpoints = endpoint_slice.endpoints or []
    ready = sum(endpoint.conditions.ready is not False for endpoint in endpoints)
    health = Health.OK if ready and ready == len(endpoints) else Health.WARN if endpoints else Health.IDLE
    addresses = [address for endpoint in endpoints for address in endpoint.addresses or ()]
    cells = (
        f"{ready}/{len(endpoints)}",
        _some(addresses),
        joined([str(port.port) if port.port is not None else "*" for port in endpoint_slice.ports or ()]) or "<unset>",
        intern(endpoint_slice.address_type),
    )
    return row_of(endpoint_slice.metadata, cells, health)


def _some(values: list[str]) -> str:
    more = f" + {len(values) - _SHOWN} more..." if len(values) > _SHOWN else ""
    return f"{','.join(values[:_SHOWN])}{more}" if values else "<none>"


class _IngressRule(Part, frozen=True):
    host: str = ""


class _IngressTls(Part, frozen=True):
    secret_name: str = ""


class _IngressSpec(Part, frozen=True):
    ingress_class_name: str = ""
    tls: list[_IngressTls] | None = None
    rules: list[_IngressRule] | None = None


class _Ingress(Part, frozen=True):
    metadata: Meta
    spec: _IngressSpec = _IngressSpec()
    status: _LoadBalanced = _LoadBalanced()


def _ingress(ingress: _Ingress) -> Row:
    spec = ingress.spec
    hosts = [rule.host for rule in spec.rules or () if rule.host]
    cells = (
        intern(spec.ingress_class_name) or "<none>",
        _some(hosts) if hosts else "*",
        joined(_points(ingress.status)),
        "80, 443" if spec.tls else "80",
    )
    return row_of(ingress.metadata, cells, Health.OK)


class _PolicySpec(Part, frozen=True):
    pod_selector: LabelSelector = LabelSelector()
    policy_types: list[str] | None = None


class _NetworkPolicy(Part, frozen=True):
    metadata: Meta
    spec: _PolicySpec = _PolicySpec()


def _network_policy(policy: _NetworkPolicy) -> Row:
    cells = (selector_text(policy.spec.pod_selector), joined(policy.spec.policy_types or []))
    return row_of(policy.metadata, cells, Health.OK)


SERVICES = shape(
    _Service,
    _service,
    Column("TYPE", Measure.TEXT, 0),
    Column("CLUSTER-IP", Measure.TEXT, 1),
    Column("EXTERNAL-IP", Measure.STATUS, 1),
    Column("PORT(S)", Measure.TEXT, 0),
    Column("SELECTOR", Measure.TEXT, 9),
    patience=120,
)
ENDPOINT_SLICES = shape(
    _EndpointSlice,
    _endpoint_slice,
    Column("READY", Measure.RATIO, 0),
    Column("ENDPOINTS", Measure.TEXT, 0),
    Column("PORTS", Measure.TEXT, 1),
    Column("ADDRESSTYPE", Measure.TEXT, 2),
)
INGRESSES = shape(
    _Ingress,
    _ingress,
    Column("CLASS", Measure.TEXT, 1),
    Column("HOSTS", Measure.TEXT, 0),
    Column("ADDRESS", Measure.TEXT, 1),
    Column("PORTS", Measure.TEXT, 2),
)
NETWORK_POLICIES = shape(
    _NetworkPolicy,
    _network_policy,
    Column("POD-SELECTOR", Measure.TEXT, 0),
    Column("POLICY TYPES", Measure.TEXT, 1),
)
