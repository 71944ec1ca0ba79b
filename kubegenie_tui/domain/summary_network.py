"""Services, their endpoints, and ingresses in words."""

from collections.abc import Iterator

from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at, value_at
from kubegenie_tui.domain.summary_section import Field, Section, counted, field, joined, section, selector

MOST_ENDPOINTS = 12
"""Endpoints that are listed one by one."""


def service(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Addresses, ports and what is behind them; `related` are its endpoint slices."""
    spec = mapping_at(manifest, "spec")
    endpoints = [endpoint for found in related for endpoint in mappings_at(found, "endpoints")]
    yield section(
        "",
        field("Type", text_at(spec, "type")),
        field("Cluster IP", joined(texts_at(spec, "clusterIPs")) or text_at(spec, "clusterIP")),
        field("External name", text_at(spec, "externalName")),
        field("External IPs", joined(texts_at(spec, "externalIPs"))),
        field("Load balancer", _load_balancer(manifest)),
        field("Selector", selector(spec, "selector")),
        field(
            "Session affinity", "" if text_at(spec, "sessionAffinity") == "None" else text_at(spec, "sessionAffinity")
        ),
        _ready_endpoints(endpoints) if text_at(spec, "type") != "ExternalName" else None,
    )
    yield section("Ports", *(_service_port(port) for port in mappings_at(spec, "ports")))
    rows = sorted((_endpoint(endpoint) for endpoint in endpoints), key=lambda row: -row.health if row else 0)
    more = field("", f"and {len(rows) - MOST_ENDPOINTS} more") if len(rows) > MOST_ENDPOINTS else None
    yield section("Endpoints", *rows[:MOST_ENDPOINTS], more)


def ingress(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Class, addresses, rules and certificates."""
    spec = mapping_at(manifest, "spec")
    yield section(
        "",
        field("Class", text_at(spec, "ingressClassName")),
        field("Load balancer", _load_balancer(manifest)),
        field("Default", _backend(mapping_at(spec, "defaultBackend"))),
    )
    yield section("Rules", *(row for rule in mappings_at(spec, "rules") for row in _rule(rule)))
    yield section("TLS", *(_certificate(tls) for tls in mappings_at(spec, "tls")))


def endpoint_slice(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Addresses and whether they are ready."""
    endpoints = mappings_at(manifest, "endpoints")
    yield section("", field("Address type", text_at(manifest, "addressType")), _ready_endpoints(endpoints))
    yield section("Ports", *(_service_port(port) for port in mappings_at(manifest, "ports")))
    yield section("Endpoints", *(_endpoint(endpoint) for endpoint in endpoints[:MOST_ENDPOINTS]))


def _load_balancer(manifest: Manifest) -> str:
    waits = text_at(manifest, "spec.type") == "LoadBalancer"
    addresses = (
        text_at(point, "hostname") or text_at(point, "ip")
        for point in mappings_at(manifest, "status.loadBalancer.ingress")
    )
    return joined(addresses) or ("no address yet" if waits else "")


def _ready_endpoints(endpoints: list[Manifest]) -> Field | None:
    ready = sum(_is_ready(endpoint) for endpoint in endpoints)
    if ready:
        return field("Behind it", f"{ready} of {counted(len(endpoints), 'endpoint')} ready")
    why = "no pod matches the selector" if not endpoints else f"none of {counted(len(endpoints), 'endpoint')} is ready"
    return field("Behind it", f"nothing: {why}", Health.BAD)


def _is_ready(endpoint: Manifest) -> bool:
    return value_at(endpoint, "conditions.ready") is not False


def _endpoint(endpoint: Manifest) -> Field | None:
    target, node = text_at(endpoint, "targetRef.name"), text_at(endpoint, "nodeName")
    words = (joined(texts_at(endpoint, "addresses")), "" if _is_ready(endpoint) else "not ready", node)
    return field(target or "address", joined(words, " · "), Health.OK if _is_ready(endpoint) else Health.WARN)


def _service_port(port: Manifest) -> Field | None:
    number, target, node = text_at(port, "port"), text_at(port, "targetPort"), text_at(port, "nodePort")
    words = f"{number}/{text_at(port, 'protocol') or 'TCP'}"
    if target and target != number:
        words += f" → {target}"
    return field(text_at(port, "name") or number, joined((words, node and f"on every node {node}"), " · "))


def _rule(rule: Manifest) -> Iterator[Field | None]:
    host = text_at(rule, "host") or "every host"
    for path in mappings_at(rule, "http.paths"):
        where = host + (text_at(path, "path") or "/")
        yield field(where, f"→ {_backend(mapping_at(path, 'backend'))}")


def _backend(backend: Manifest) -> str:
    if found := mapping_at(backend, "service"):
        port = text_at(found, "port.number") or text_at(found, "port.name")
        return joined((f"service {text_at(found, 'name')}", port), ":")
    if found := mapping_at(backend, "resource"):
        return joined((text_at(found, "kind"), text_at(found, "name")), "/")
    return ""


def _certificate(tls: Manifest) -> Field | None:
    return field(joined(texts_at(tls, "hosts")) or "every host", f"secret {text_at(tls, 'secretName') or 'none'}")
