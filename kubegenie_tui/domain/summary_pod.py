"""Pods in words."""

from collections.abc import Iterator

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.summary_container import container_sections, volume_rows
from kubegenie_tui.domain.summary_section import Field, Section, field, joined, pairs, section, when

_DEFAULT_TOLERATIONS = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")


def pod(manifest: Manifest, related: list[Manifest], now: float) -> Iterator[Section]:
    """Where it runs, each container, and what it mounts."""
    spec, status = mapping_at(manifest, "spec"), mapping_at(manifest, "status")
    yield section(
        "",
        field("Reason", joined((text_at(status, "reason"), text_at(status, "message")), ": ")),
        field("Node", _node(spec, status)),
        field("Pod IP", joined(text_at(ip, "ip") for ip in mappings_at(status, "podIPs")) or text_at(status, "podIP")),
        field("Started", when(text_at(status, "startTime"), now)),
        field("Service account", text_at(spec, "serviceAccountName")),
        field("QoS class", text_at(status, "qosClass")),
        field("Priority class", text_at(spec, "priorityClassName")),
        field("Restart policy", _unless(text_at(spec, "restartPolicy"), "Always")),
        field("Node selector", pairs(mapping_at(spec, "nodeSelector"))),
    )
    yield from container_sections(manifest, now)
    yield section("Volumes", *volume_rows(spec))
    yield section("Tolerations", *tolerations(spec))


def _node(spec: Manifest, status: Manifest) -> str:
    name, address = text_at(spec, "nodeName"), text_at(status, "hostIP")
    if not name:
        return "none yet"
    return f"{name} ({address})" if address else name


def _unless(value: str, usual: str) -> str:
    return "" if value == usual else value


def tolerations(spec: Manifest) -> Iterator[Field | None]:
    """The tolerations, without the two that every pod gets."""
    for toleration in mappings_at(spec, "tolerations"):
        key = text_at(toleration, "key")
        if key in _DEFAULT_TOLERATIONS:
            continue
        value, seconds = text_at(toleration, "value"), text_at(toleration, "tolerationSeconds")
        effect = text_at(toleration, "effect") or "every effect"
        yield field(joined((key or "every taint", value), "="), joined((effect, seconds and f"for {seconds}s"), " "))
