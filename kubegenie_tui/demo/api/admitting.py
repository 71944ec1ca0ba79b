"""Admission: what the server adds to a new object that belongs to nobody, and the quotas that refuse it."""

import copy

from kubegenie_tui.demo.api.statuses import forbidden
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object, name_of, with_meta
from kubegenie_tui.demo.world.pods import POD_ADMITTED, TOKEN_MOUNT, TOKEN_VOLUME, qos_class
from kubegenie_tui.demo.world.upkeep import quota_problem


def admitted(cluster: Cluster, resource: Resource, obj: Object) -> Object:
    """A new object as it is stored.

    Raises:
        Refusal: 403 when a quota is exceeded.
    """
    if obj["kind"] == "Namespace":
        return {**obj, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
    if obj["kind"] == "PersistentVolumeClaim":
        return with_meta({**obj, "status": {"phase": "Pending"}}, finalizers=["kubernetes.io/pvc-protection"])
    if obj["kind"] == "CustomResourceDefinition":
        return {**obj, "status": _established(obj)}
    if obj["kind"] == "Pod":
        if problem := quota_problem(cluster, obj):
            raise forbidden(resource, name_of(obj), problem)
        return _pod(obj)
    return {**obj, "status": {}} if "status" in resource.subresources and not resource.custom else obj


def _established(definition: Object) -> Object:
    """The status of a definition that is served."""
    conditions = [
        {"type": kind, "status": "True", "reason": reason, "message": message}
        for kind, reason, message in (
            ("NamesAccepted", "NoConflicts", "no conflicts found"),
            ("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        )
    ]
    stored = [each["name"] for each in definition["spec"]["versions"] if each.get("storage")]
    return {"acceptedNames": definition["spec"]["names"], "conditions": conditions, "storedVersions": stored}


def _pod(obj: Object) -> Object:
    spec = {**POD_ADMITTED, **obj["spec"]}
    containers = [
        {**each, "volumeMounts": [*(each.get("volumeMounts") or ()), TOKEN_MOUNT]} for each in spec["containers"]
    ]
    spec |= {"containers": containers, "volumes": [*(spec.get("volumes") or ()), TOKEN_VOLUME]}
    return copy.deepcopy({**obj, "spec": spec, "status": {"phase": "Pending", "qosClass": qos_class(obj)}})
