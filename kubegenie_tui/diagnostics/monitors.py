"""Monitors of the Prometheus operator that find nothing to scrape.

Source: its API reference, ServiceMonitor and PodMonitor: https://prometheus-operator.dev/docs/api-reference/api/.
"""

from collections.abc import Iterable, Iterator

import msgspec

from kubegenie_tui.diagnostics import corrections
from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.pods import labels_of, ports_of, workload_of
from kubegenie_tui.diagnostics.selectors import selects_nothing, templates
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding, Remedy, Severity
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.nearness import did_you_mean, is_slip, nearest
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.label_selector import selects

MONITORS, POD_MONITORS = "servicemonitors.monitoring.coreos.com", "podmonitors.monitoring.coreos.com"
_WORDS = {MONITORS: "service monitor", POD_MONITORS: "pod monitor"}
_ENDPOINTS = {MONITORS: "endpoints", POD_MONITORS: "podMetricsEndpoints"}
_SWITCHES = ("true", "false", "yes", "no", "enabled", "disabled", "on", "off", "1", "0")
"""Values that say nothing of what has them."""
_DONE = ("Succeeded", "Failed")


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Those that look into their own namespace alone: of the others it is not certain what they find."""
    for monitor in _of_own_namespace(snapshot, MONITORS) if "services" in snapshot.kinds() else ():
        yield from _of_services(snapshot, monitor)
    for monitor in _of_own_namespace(snapshot, POD_MONITORS) if "pods" in snapshot.kinds() else ():
        yield from _of_pods(snapshot, monitor)


def pods_to_read(snapshot: Snapshot) -> list[ObjectRef]:
    """Pods of which only a row is here, and whose ports a monitor names: one of each owner."""
    wanted: dict[str, ObjectRef] = {}
    for monitor in _of_own_namespace(snapshot, POD_MONITORS):
        names = {text_at(each, "port") for each in mappings_at(monitor, f"spec.{_ENDPOINTS[POD_MONITORS]}")}
        for pod in _selected(snapshot, monitor):
            told = {text_at(port, "name") for port in ports_of(workload_of(snapshot, pod).pod_spec)}
            if not names <= {*told, ""} and not _is_whole(pod):
                wanted[_owner(pod)] = ref_of("pods", pod)
    return list(wanted.values())


def _of_own_namespace(snapshot: Snapshot, kind: str) -> Iterator[Manifest]:
    for monitor in snapshot.all(kind):
        elsewhere = mapping_at(monitor, "spec.namespaceSelector")
        others = set(texts_at(elsewhere, "matchNames")) - {ref_of(kind, monitor).namespace}
        if elsewhere.get("any") is not True and not others:
            yield monitor


def _of_services(snapshot: Snapshot, monitor: Manifest) -> Iterator[Finding]:
    selector, services = mapping_at(monitor, "spec.selector"), snapshot.within("services", _space(monitor))
    found = [each for each in services if not selector or selects(selector, labels_of(each))]
    if not found and not snapshot.is_whole("services", _space(monitor)):
        return
    if not found:
        there = [(ref_of("services", each).name, labels_of(each)) for each in services]
        yield _of_nothing(MONITORS, monitor, selector, there)
        return
    names = {text_at(port, "name") for each in found for port in mappings_at(each, "spec.ports")} - {""}
    yield from _of_other_ports(MONITORS, monitor, names, f"service {ref_of('services', found[0]).name}")


def _of_pods(snapshot: Snapshot, monitor: Manifest) -> Iterator[Finding]:
    """By what the pods have, not by their templates alone: a mesh adds containers with ports of their own."""
    selector, space = mapping_at(monitor, "spec.selector"), _space(monitor)
    if selector and selects_nothing(snapshot, space, selector):
        there = [(ref_of(kind, item).name, labels) for kind, item, labels in templates(snapshot, space)]
        yield _of_nothing(POD_MONITORS, monitor, selector, there)
        return
    pods = _selected(snapshot, monitor)
    whole = [pod for pod in pods if _is_whole(pod)]
    if whole and {_owner(pod) for pod in whole} == {_owner(pod) for pod in pods}:
        names = {text_at(port, "name") for pod in whole for port in ports_of(mapping_at(pod, "spec"))} - {""}
        yield from _of_other_ports(POD_MONITORS, monitor, names, workload_of(snapshot, whole[0]).word)


def _selected(snapshot: Snapshot, monitor: Manifest) -> list[Manifest]:
    selector = mapping_at(monitor, "spec.selector")
    return [
        pod
        for pod in snapshot.within("pods", _space(monitor))
        if text_at(pod, "status.phase") not in _DONE and (not selector or selects(selector, labels_of(pod)))
    ]


def _is_whole(pod: Manifest) -> bool:
    return bool(mappings_at(pod, "spec.containers"))


def _owner(pod: Manifest) -> str:
    """The uid of what made the pod, or its own."""
    owners = mappings_at(pod, "metadata.ownerReferences")
    return next((text_at(each, "uid") for each in owners if each.get("controller")), text_at(pod, "metadata.uid"))


def _of_other_ports(kind: str, monitor: Manifest, names: set[str], word: str) -> Iterator[Finding]:
    endpoints = mappings_at(monitor, f"spec.{_ENDPOINTS[kind]}")
    remedy = _of_ports(kind, monitor, endpoints, names)
    for number, endpoint in enumerate(endpoints):
        if (port := text_at(endpoint, "port")) and port not in names:
            near, rest = nearest(port, names, 0.35), f"; it has {', '.join(sorted(names))}" if names else ""
            why = f"{word} has no port {port}{did_you_mean(near) if near else rest}"
            field = f"spec.{_ENDPOINTS[kind]}[{number}].port"
            found = _finding(kind, monitor, why, field, Severity.WARNING, "name the port as it is")
            yield msgspec.structs.replace(found, remedy=remedy)


def _of_ports(kind: str, monitor: Manifest, endpoints: list[Manifest], names: set[str]) -> Remedy | None:
    """For each port that is not there the one whose name is near; the list is written out whole."""
    changed = []
    for endpoint in endpoints:
        port = text_at(endpoint, "port")
        near = port if port in {*names, ""} else nearest(port, names, 0.35)
        if near != port and not corrections.is_alone(port, near, names, 0.35):
            return None
        changed.append({**endpoint, "port": near} if near != port else endpoint)
    return Remedy("patch", ref_of(kind, monitor), patch={"spec": {_ENDPOINTS[kind]: changed}})


def _of_nothing(
    kind: str, monitor: Manifest, selector: Manifest, there: Iterable[tuple[str, dict[str, str]]]
) -> Finding:
    """A warning where something is one label away: it has the value under another key, or a value near to it."""
    pairs, what = mapping_at(selector, "matchLabels"), "service" if kind == MONITORS else "pod"
    there = list(there)
    for name, labels in there:
        missed = [(key, str(value)) for key, value in pairs.items() if labels.get(key) != str(value)]
        if len(missed) == 1 and _is_slip(*missed[0], labels):
            has = ", ".join(f"{key}={value}" for key, value in labels.items())
            why = f"no {what} has the labels it selects; {name} has {has}"
            step = f"select labels that the {what} has"
            found = _finding(kind, monitor, why, "spec.selector", Severity.WARNING, step)
            return msgspec.structs.replace(found, remedy=_of_labels(kind, monitor, selector, there))
    why = f"no {what} of its namespace has the labels it selects"
    return _finding(kind, monitor, why, "spec.selector", Severity.NOTICE, f"select labels that a {what} has")


def _of_labels(
    kind: str, monitor: Manifest, selector: Manifest, there: Iterable[tuple[str, dict[str, str]]]
) -> Remedy | None:
    """The one change of a label by which it selects something."""
    pairs = mapping_at(selector, "matchLabels")
    meant: list[dict[str, str | None]] = []
    for _, labels in there:
        missed = [(key, str(value)) for key, value in pairs.items() if labels.get(key) != str(value)]
        for change in _slips(*missed[0], labels) if len(missed) == 1 else ():
            changed = {key: value for key, value in {**pairs, **change}.items() if value is not None}
            if change not in meant and selects({**selector, "matchLabels": changed}, labels):
                meant.append(change)
    patch = {"spec": {"selector": {"matchLabels": meant[0]}}} if len(meant) == 1 else {}
    return Remedy("patch", ref_of(kind, monitor), patch=patch) if patch else None


def _slips(key: str, value: str, labels: dict[str, str]) -> Iterator[dict[str, str | None]]:
    """What would be written for the value under another key, and for another value under the same key."""
    if value.lower() not in _SWITCHES:
        yield from ({key: None, each: value} for each, held in labels.items() if held == value)
    if is_slip(value, labels.get(key, ""), 0.35):
        yield {key: labels[key]}


def _is_slip(key: str, value: str, labels: dict[str, str]) -> bool:
    is_under_another = value in labels.values() and value.lower() not in _SWITCHES
    return is_under_another or bool(nearest(value, [labels[key]] if key in labels else [], 0.35))


def _space(monitor: Manifest) -> str:
    return text_at(monitor, "metadata.namespace")


def _finding(kind: str, monitor: Manifest, why: str, field: str, severity: Severity, step: str) -> Finding:
    ref = ref_of(kind, monitor)
    return Finding(
        "monitor-selects-nothing", severity, f"{_WORDS[kind]} {ref.name} scrapes nothing", why, ref, field,
        (fact(kind, monitor, field),), (ref,), 0.9, (step,),
    )  # fmt: skip
