"""Monitors of the Prometheus operator that find nothing to scrape.

Source: its API reference, ServiceMonitor and PodMonitor: https://prometheus-operator.dev/docs/api-reference/api/.
"""

from collections.abc import Iterator

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import labels_of
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.nearness import did_you_mean, nearest
from kubegenie_tui.domain.relations.label_selector import selects

MONITORS = "servicemonitors.monitoring.coreos.com"


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Those that look into their own namespace alone: of the others it is not certain what they find."""
    for monitor in snapshot.all(MONITORS):
        space = ref_of(MONITORS, monitor).namespace
        elsewhere = mapping_at(monitor, "spec.namespaceSelector")
        if elsewhere.get("any") is True or set(texts_at(elsewhere, "matchNames")) - {space}:
            continue
        if "services" in snapshot.kinds():
            yield from _of_own(snapshot, monitor, snapshot.within("services", space))


def _of_own(snapshot: Snapshot, monitor: Manifest, services: list[Manifest]) -> Iterator[Finding]:
    selector = mapping_at(monitor, "spec.selector")
    found = [each for each in services if not selector or selects(selector, labels_of(each))]
    if not found:
        yield _of_nothing(monitor, selector, services)
        return
    names = {text_at(port, "name") for each in found for port in mappings_at(each, "spec.ports")} - {""}
    for number, endpoint in enumerate(mappings_at(monitor, "spec.endpoints")):
        if (port := text_at(endpoint, "port")) and port not in names:
            has = did_you_mean(near) if (near := nearest(port, names, 0.35)) else f"; it has {', '.join(sorted(names))}"
            why = f"service {ref_of('services', found[0]).name} has no port {port}{has}"
            yield _finding(monitor, why, f"spec.endpoints[{number}].port", Severity.WARNING, "name the port as it is")


def _of_nothing(monitor: Manifest, selector: Manifest, services: list[Manifest]) -> Finding:
    """A warning where a service has one of the values under another key, or one near to it."""
    pairs = mapping_at(selector, "matchLabels")
    for service in services:
        labels = labels_of(service)
        if any(_is_slip(key, str(value), labels) for key, value in pairs.items()):
            has = ", ".join(f"{key}={value}" for key, value in labels.items())
            why = f"no service has the labels it selects; {ref_of('services', service).name} has {has}"
            return _finding(monitor, why, "spec.selector", Severity.WARNING, "select labels that the service has")
    why = "no service of its namespace has the labels it selects"
    return _finding(monitor, why, "spec.selector", Severity.NOTICE, "select labels that a service has")


def _is_slip(key: str, value: str, labels: dict[str, str]) -> bool:
    return value in labels.values() or bool(nearest(value, [labels[key]] if key in labels else [], 0.35))


def _finding(monitor: Manifest, why: str, field: str, severity: Severity, step: str) -> Finding:
    ref = ref_of(MONITORS, monitor)
    return Finding(
        "monitor-selects-nothing", severity, f"service monitor {ref.name} scrapes nothing", why, ref, field,
        (fact(MONITORS, monitor, field),), (ref,), 0.9, (step,),
    )  # fmt: skip
