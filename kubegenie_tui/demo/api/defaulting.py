"""What the server fills in when a field is not given: the defaults that people see."""

import base64
import copy
from collections.abc import Callable
from typing import Any

from kubegenie_tui.demo.state.objects import Object, labels_of, name_of, with_meta
from kubegenie_tui.demo.world.network import cluster_ip
from kubegenie_tui.demo.world.pods import POD_DEFAULTS

_CONTAINER: Object = {
    "resources": {},
    "terminationMessagePath": "/dev/termination-log",
    "terminationMessagePolicy": "File",
}
_PROBE: Object = {"timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
_EMPTY_IS_ABSENT = frozenset({"data", "binaryData", "labels", "annotations", "nodeSelector", "matchLabels"})


def defaulted(obj: Object) -> Object:
    """A copy of an object of a built-in kind with the server's defaults."""
    fill, tidy = _KINDS.get(obj["kind"]), _tidied(obj)
    return fill(tidy) if fill else tidy


def _tidied(value: Any) -> Any:
    """A copy without what the server leaves out when it is empty: lists, and maps of a few names."""
    if isinstance(value, list):
        return [_tidied(each) for each in value]
    if not isinstance(value, dict):
        return value
    whole = {key: _tidied(each) for key, each in value.items()}
    return {key: each for key, each in whole.items() if each != [] and not (each == {} and key in _EMPTY_IS_ABSENT)}


def _fill(target: Object, **defaults: object) -> None:
    for key, value in defaults.items():
        if target.get(key) is None:
            target[key] = copy.deepcopy(value)


def _pod_spec(spec: Object, *, template: bool) -> None:
    _fill(spec, **{key: value for key, value in POD_DEFAULTS.items() if not template or key != "enableServiceLinks"})
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        image = container.get("image", "")
        tagged = ":" in image.rpartition("/")[2] and not image.endswith(":latest")
        _fill(container, **_CONTAINER, imagePullPolicy="IfNotPresent" if tagged else "Always")
        for port in container.get("ports") or ():
            _fill(port, protocol="TCP")
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            if probe in container:
                _fill(container[probe], **_PROBE)
                if "httpGet" in container[probe]:
                    _fill(container[probe]["httpGet"], path="/", scheme="HTTP")
        for variable in container.get("env") or ():
            if "fieldRef" in (variable.get("valueFrom") or {}):
                _fill(variable["valueFrom"]["fieldRef"], apiVersion="v1")


def _template(obj: Object) -> None:
    _pod_spec(obj["spec"].setdefault("template", {}).setdefault("spec", {}), template=True)


def _pod(obj: Object) -> Object:
    _pod_spec(obj["spec"], template=False)
    return obj


def _deployment(obj: Object) -> Object:
    spec = obj["spec"]
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600, strategy={"type": "RollingUpdate"})
    if spec["strategy"].setdefault("type", "RollingUpdate") == "RollingUpdate":
        rolling = spec["strategy"].setdefault("rollingUpdate", {})
        _fill(rolling, maxUnavailable="25%", maxSurge="25%")
    _template(obj)
    return obj


def _replica_set(obj: Object) -> Object:
    _fill(obj["spec"], replicas=1)
    _template(obj)
    return obj


def _stateful_set(obj: Object) -> Object:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
    _fill(obj["spec"], replicas=1, podManagementPolicy="OrderedReady", updateStrategy=strategy, revisionHistoryLimit=10)
    _template(obj)
    return obj


def _daemon_set(obj: Object) -> Object:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    _fill(obj["spec"], updateStrategy=strategy, revisionHistoryLimit=10)
    _template(obj)
    return obj


def _job(obj: Object) -> Object:
    _fill(obj["spec"], parallelism=1, completions=1, backoffLimit=6, completionMode="NonIndexed", suspend=False)
    _template(obj)
    return obj


def _cron_job(obj: Object) -> Object:
    _fill(obj["spec"], concurrencyPolicy="Allow", suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    job = obj["spec"].setdefault("jobTemplate", {})
    job.setdefault("spec", {})
    _template(job)
    return obj


def _service(obj: Object) -> Object:
    spec = obj["spec"]
    _fill(spec, type="ClusterIP", sessionAffinity="None")
    for port in spec.get("ports") or ():
        _fill(port, protocol="TCP", targetPort=port.get("port"))
    if spec["type"] != "ExternalName":
        _fill(
            spec,
            clusterIP=cluster_ip(obj),
            internalTrafficPolicy="Cluster",
            ipFamilies=["IPv4"],
            ipFamilyPolicy="SingleStack",
        )
        _fill(spec, clusterIPs=[spec["clusterIP"]])
    obj.setdefault("status", {"loadBalancer": {}})
    return obj


def _namespace(obj: Object) -> Object:
    labels = {**labels_of(obj), "kubernetes.io/metadata.name": name_of(obj)}
    return with_meta(obj, labels=labels)


def _claim(obj: Object) -> Object:
    _fill(obj["spec"], storageClassName="standard", volumeMode="Filesystem")
    return obj


def _secret(obj: Object) -> Object:
    given = obj.pop("stringData", None) or {}
    if given:
        encoded = {key: base64.b64encode(value.encode()).decode() for key, value in given.items()}
        obj["data"] = {**(obj.get("data") or {}), **encoded}
    _fill(obj, type="Opaque")
    return obj


def _definition(obj: Object) -> Object:
    names = obj["spec"]["names"]
    _fill(names, singular=names["kind"].lower(), listKind=f"{names['kind']}List")
    _fill(obj["spec"], conversion={"strategy": "None"})
    return obj


_KINDS: dict[str, Callable[[Object], Object]] = {
    "Pod": _pod,
    "Deployment": _deployment,
    "ReplicaSet": _replica_set,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "Job": _job,
    "CronJob": _cron_job,
    "Service": _service,
    "Namespace": _namespace,
    "PersistentVolumeClaim": _claim,
    "Secret": _secret,
    "CustomResourceDefinition": _definition,
}
