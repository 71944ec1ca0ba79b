"""Cells of everything that is no workload, as pkg/printers/internalversion/printers.go of Kubernetes prints them."""

from collections.abc import Callable
from typing import Any

from kubegenie_tui.demo.api.print_workloads import age, holds, selector_text, since
from kubegenie_tui.demo.state.objects import Object, controller_of, meta, name_of

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}


def _service(obj: Object, now: float) -> list[Any]:
    spec = obj["spec"]
    kind = spec.get("type", "ClusterIP")
    cluster_ip = spec.get("clusterIP") or "<none>"
    ports = ",".join(_port(port) for port in spec.get("ports") or ()) or "<none>"
    selector = selector_text({"matchLabels": spec.get("selector")})
    return [name_of(obj), kind, cluster_ip, _external(obj, kind), ports, age(obj, now), selector]


def _port(port: Object) -> str:
    node = f":{port['nodePort']}" if port.get("nodePort") else ""
    return f"{port['port']}{node}/{port.get('protocol', 'TCP')}"


def _external(obj: Object, kind: str) -> str:
    spec = obj["spec"]
    if kind == "ExternalName":
        return str(spec["externalName"])
    balancer = ((obj.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    addresses = [each.get("ip") or each.get("hostname") for each in balancer] + list(spec.get("externalIPs") or ())
    return ",".join(addresses) or ("<pending>" if kind == "LoadBalancer" else "<none>")


def _first_three(values: list[str], empty: str) -> str:
    more = f" + {len(values) - 3} more..." if len(values) > 3 else ""
    return ",".join(values[:3]) + more if values else empty


def _endpoint_slice(obj: Object, now: float) -> list[Any]:
    ports = [str(each["port"]) for each in obj.get("ports") or () if each.get("port")]
    addresses = [address for each in obj.get("endpoints") or () for address in each["addresses"]]
    return [
        name_of(obj), obj["addressType"], _first_three(ports, "<unset>"), _first_three(addresses, "<unset>"),
        age(obj, now)
    ]  # fmt: skip


def _endpoints(obj: Object, now: float) -> list[Any]:
    found = [
        f"{address['ip']}:{port['port']}"
        for subset in obj.get("subsets") or ()
        for port in subset.get("ports") or ()
        for address in subset.get("addresses") or ()
    ]
    return [name_of(obj), _first_three(found, "<none>"), age(obj, now)]


def _ingress(obj: Object, now: float) -> list[Any]:
    spec, balancer = obj["spec"], (obj.get("status") or {}).get("loadBalancer") or {}
    hosts = [rule["host"] for rule in spec.get("rules") or () if rule.get("host")]
    addresses = [each.get("ip") or each.get("hostname") for each in balancer.get("ingress") or ()]
    ports = "80, 443" if spec.get("tls") else "80"
    klass = spec.get("ingressClassName") or "<none>"
    return [name_of(obj), klass, _first_three(hosts, "*"), ",".join(addresses), ports, age(obj, now)]


_NODE_INFO = ("kubeletVersion", "osImage", "kernelVersion", "containerRuntimeVersion")


def _node(obj: Object, now: float) -> list[Any]:
    info = {**dict.fromkeys(_NODE_INFO, "<unknown>"), **obj["status"]["nodeInfo"]}
    ready = "Ready" if holds(obj, "Ready") else "NotReady"
    state = f"{ready},SchedulingDisabled" if obj["spec"].get("unschedulable") else ready
    prefix = "node-role.kubernetes.io/"
    roles = sorted(label.removeprefix(prefix) for label in meta(obj).get("labels") or () if label.startswith(prefix))
    addresses = {each["type"]: each["address"] for each in obj["status"].get("addresses") or ()}
    return [
        name_of(obj), state, ",".join(roles) or "<none>", age(obj, now), info["kubeletVersion"],
        addresses.get("InternalIP", "<none>"), addresses.get("ExternalIP", "<none>"), info["osImage"],
        info["kernelVersion"], info["containerRuntimeVersion"],
    ]  # fmt: skip


def _claim(obj: Object, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    phase = "Terminating" if meta(obj).get("deletionTimestamp") else status.get("phase", "Pending")
    volume = spec.get("volumeName", "")
    modes, size = ("", "")
    if volume:
        modes = ",".join(_MODES[mode] for mode in status.get("accessModes") or ())
        size = (status.get("capacity") or {}).get("storage", "")
    return [
        name_of(obj), phase, volume, size, modes, spec.get("storageClassName", ""),
        spec.get("volumeAttributesClassName") or "<unset>", age(obj, now), spec.get("volumeMode", "Filesystem"),
    ]  # fmt: skip


def _volume(obj: Object, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    phase = "Terminating" if meta(obj).get("deletionTimestamp") else status.get("phase", "Pending")
    claim = spec.get("claimRef")
    return [
        name_of(obj), spec["capacity"]["storage"], ",".join(_MODES[mode] for mode in spec["accessModes"]),
        spec.get("persistentVolumeReclaimPolicy", "Retain"), phase,
        f"{claim['namespace']}/{claim['name']}" if claim else "",
        spec.get("storageClassName", ""), spec.get("volumeAttributesClassName") or "<unset>", status.get("reason", ""),
        age(obj, now), spec.get("volumeMode", "Filesystem"),
    ]  # fmt: skip


def _event(obj: Object, now: float) -> list[Any]:
    involved, source = obj["involvedObject"], obj.get("source") or {}
    first, last = obj.get("firstTimestamp"), obj.get("lastTimestamp") or obj.get("firstTimestamp")
    target = (
        f"{involved['kind'].lower()}/{involved['name']}" if involved.get("name") else involved.get("kind", "").lower()
    )
    where = ", ".join(filter(None, (source.get("component") or obj.get("reportingComponent"), source.get("host"))))
    return [
        since(last, now), obj.get("type", ""), obj.get("reason", ""), target, involved.get("fieldPath", ""), where,
        obj.get("message", "").strip(), since(first, now), obj.get("count") or 1, name_of(obj),
    ]  # fmt: skip


def _autoscaler(obj: Object, now: float) -> list[Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    reference = f"{spec['scaleTargetRef']['kind']}/{spec['scaleTargetRef']['name']}"
    current = {each["resource"]["name"]: each["resource"]["current"] for each in status.get("currentMetrics") or ()}
    targets = [_target(each["resource"], current) for each in spec.get("metrics") or ()]
    lowest = spec.get("minReplicas") or "<unset>"
    replicas = status.get("currentReplicas", 0)
    return [
        name_of(obj), reference, ", ".join(targets) or "<none>", str(lowest), spec["maxReplicas"], replicas,
        age(obj, now)
    ]  # fmt: skip


def _target(metric: Object, current: Object) -> str:
    used = current.get(metric["name"], {}).get("averageUtilization")
    return f"{metric['name']}: {'<unknown>' if used is None else f'{used}%'}/{metric['target']['averageUtilization']}%"


def _disruption_budget(obj: Object, now: float) -> list[Any]:
    spec, allowed = obj["spec"], (obj.get("status") or {}).get("disruptionsAllowed", 0)
    limits = [str(spec[key]) if key in spec else "N/A" for key in ("minAvailable", "maxUnavailable")]
    return [name_of(obj), *limits, allowed, age(obj, now)]


def _quota(obj: Object, now: float) -> list[Any]:
    status = obj.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    texts = {key: f"{key}: {used.get(key, '0')}/{hard[key]}" for key in sorted(hard)}
    requests = ", ".join(text for key, text in texts.items() if not key.startswith("limits"))
    limits = ", ".join(text for key, text in texts.items() if key.startswith("limits"))
    return [name_of(obj), requests, limits, age(obj, now)]


def _binding(obj: Object, now: float) -> list[Any]:
    def named(kind: str) -> str:
        subjects = [each for each in obj.get("subjects") or () if each["kind"] == kind]
        return ", ".join(
            f"{each['namespace']}/{each['name']}" if "namespace" in each else each["name"] for each in subjects
        )

    role = f"{obj['roleRef']['kind']}/{obj['roleRef']['name']}"
    return [name_of(obj), role, age(obj, now), named("User"), named("Group"), named("ServiceAccount")]


def _storage_class(obj: Object, now: float) -> list[Any]:
    default = (meta(obj).get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true"
    return [
        name_of(obj) + (" (default)" if default else ""), obj["provisioner"], obj.get("reclaimPolicy", "Delete"),
        obj.get("volumeBindingMode", "Immediate"), obj.get("allowVolumeExpansion", False), age(obj, now),
    ]  # fmt: skip


def _definition(obj: Object, now: float) -> list[Any]:
    spec = obj["spec"]
    versions = ",".join(each["name"] for each in spec["versions"] if each["served"])
    short = ",".join(spec["names"].get("shortNames") or ())
    return [
        name_of(obj), spec["scope"], versions, meta(obj)["creationTimestamp"], spec["group"], spec["names"]["kind"],
        short,
        str(holds(obj, "Established")),
    ]  # fmt: skip


def _revision(obj: Object, now: float) -> list[Any]:
    owner = controller_of(obj)
    text = f"{owner['kind'].lower()}.{owner['apiVersion'].partition('/')[0]}/{owner['name']}" if owner else "<none>"
    return [name_of(obj), text, obj["revision"], age(obj, now)]


def _sizes(*maps: str) -> Callable[[Object], int]:
    return lambda obj: sum(len(obj.get(key) or ()) for key in maps)


def _simple(*cells: Callable[[Object], Any]) -> Callable[[Object, float], list[Any]]:
    return lambda obj, now: [name_of(obj), *(cell(obj) for cell in cells), age(obj, now)]


CLUSTER_PRINTERS: dict[str, Callable[[Object, float], list[Any]]] = {
    "services": _service,
    "endpointslices.discovery.k8s.io": _endpoint_slice,
    "endpoints": _endpoints,
    "ingresses.networking.k8s.io": _ingress,
    "nodes": _node,
    "persistentvolumeclaims": _claim,
    "persistentvolumes": _volume,
    "events": _event,
    "horizontalpodautoscalers.autoscaling": _autoscaler,
    "poddisruptionbudgets.policy": _disruption_budget,
    "resourcequotas": _quota,
    "rolebindings.rbac.authorization.k8s.io": _binding,
    "clusterrolebindings.rbac.authorization.k8s.io": _binding,
    "storageclasses.storage.k8s.io": _storage_class,
    "customresourcedefinitions.apiextensions.k8s.io": _definition,
    "controllerrevisions.apps": _revision,
    "configmaps": _simple(_sizes("data", "binaryData")),
    "secrets": _simple(lambda obj: obj.get("type", "Opaque"), _sizes("data")),
    "namespaces": _simple(lambda obj: obj["status"]["phase"]),
    "leases.coordination.k8s.io": _simple(lambda obj: obj["spec"].get("holderIdentity", "")),
    "networkpolicies.networking.k8s.io": _simple(lambda obj: selector_text(obj["spec"].get("podSelector"))),
    "ingressclasses.networking.k8s.io": _simple(lambda obj: obj["spec"]["controller"], lambda obj: "<none>"),
    "priorityclasses.scheduling.k8s.io": lambda obj, now: [
        name_of(obj), obj["value"], obj.get("globalDefault", False), age(obj, now), obj.get("preemptionPolicy", "")
    ],
    "apiservices.apiregistration.k8s.io": _simple(
        lambda obj: "{namespace}/{name}".format(**obj["spec"]["service"]) if obj["spec"].get("service") else "Local",
        lambda obj: str(holds(obj, "Available")),
    ),
}  # fmt: skip
