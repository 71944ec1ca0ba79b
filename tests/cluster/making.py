"""Objects of any kind made through the official client, with the statuses that a controller would have written."""

import copy
import json
import re
import time
from collections.abc import Iterable
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from kubegenie_tui.domain.builtin_kinds import BUILTIN_KINDS
from kubegenie_tui.domain.kind import Kind
from tests.cluster.faults import Object
from tests.official import ask

SERVED_WITHIN = 20.0
"""Seconds until the server serves a kind that has just been defined."""
_MORE = (
    Kind("resource.k8s.io", "v1", "resourceclaims", "ResourceClaim"),
    Kind("resource.k8s.io", "v1", "resourceclaimtemplates", "ResourceClaimTemplate"),
    Kind("resource.k8s.io", "v1", "deviceclasses", "DeviceClass", False),
    Kind("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy", False),
    Kind(
        "admissionregistration.k8s.io",
        "v1",
        "validatingadmissionpolicybindings",
        "ValidatingAdmissionPolicyBinding",
        False,
    ),
)
"""Kinds of Kubernetes of which the product knows only by discovery."""
_UID = re.compile(r"\$UID (\S+) ([\w.-]+)")
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
_MERGE = {**_HEADERS, "Content-Type": "application/merge-patch+json"}
_SCHEMA = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def until_counted(official: client.ApiClient, quota: str, namespace: str) -> None:
    """Wait until a quota is heeded: before that, pods that it forbids may still be let in."""
    deadline = time.monotonic() + SERVED_WITHIN
    while not client.CoreV1Api(official).read_namespaced_resource_quota(quota, namespace).status.hard:
        if time.monotonic() > deadline:
            raise TimeoutError(f"quota {namespace}/{quota} is not counted")
        time.sleep(0.1)


def define(official: client.ApiClient, kind: Kind) -> None:
    """A custom kind with a status, of any shape."""
    version = {
        "name": kind.version, "served": True, "storage": True, "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": _SCHEMA},
    }  # fmt: skip
    spec = {
        "group": kind.group, "scope": "Namespaced" if kind.namespaced else "Cluster", "versions": [version],
        "names": {"plural": kind.plural, "singular": kind.kind.lower(), "kind": kind.kind},
    }  # fmt: skip
    metadata = {"name": kind.id, "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"}}
    client.ApiextensionsV1Api(official).create_custom_resource_definition({"metadata": metadata, "spec": spec})


class Maker:
    """Makes objects; `$NS` in them stands for their namespace, `$UID services app` for the uid of what is in it."""

    def __init__(self, official: client.ApiClient, custom: tuple[Kind, ...] = ()) -> None:
        self._official = official
        self._kinds = {(each.api_version, each.kind): each for each in (*BUILTIN_KINDS, *_MORE, *custom)}

    def of_cluster(self, objects: Iterable[Object]) -> list[Object]:
        """Those that belong to no namespace: policies among them need a moment until they are kept."""
        return [each for each in objects if not self._kinds[each["apiVersion"], each["kind"]].namespaced]

    def make(self, written: Object, namespace: str) -> None:
        """Create an object, then write its status if it has one."""
        text = _UID.sub(lambda of: self._uid(of[1], of[2], namespace), json.dumps(copy.deepcopy(written)))
        body = json.loads(text.replace("$NS", namespace))
        kind, status = self._kinds[body["apiVersion"], body["kind"]], body.pop("status", None)
        self._create(kind, namespace, body)
        if status is not None:
            path = kind.path(namespace, body["metadata"]["name"], "status")
            self.call("PATCH", path, {"status": status}, _MERGE)
        if kind.id == "resourcequotas":
            until_counted(self._official, body["metadata"]["name"], namespace)

    def _create(self, kind: Kind, namespace: str, body: Any) -> None:
        deadline = time.monotonic() + SERVED_WITHIN
        while True:
            try:
                return self.call("POST", kind.path(namespace), body)
            except ApiException as error:
                if error.status != 404 or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)  # the kind is not served yet

    def _uid(self, kind_id: str, name: str, namespace: str) -> str:
        kind = next(each for each in self._kinds.values() if each.id == kind_id)
        told = ask(self._official, "GET", kind.path(namespace, name), _HEADERS)
        return str(json.loads(told)["metadata"]["uid"])

    def patch(self, kind_id: str, name: str, body: Any, namespace: str = "") -> None:
        """Merge a patch into an object."""
        kind = next(each for each in self._kinds.values() if each.id == kind_id)
        self.call("PATCH", kind.path(namespace, name), body, _MERGE)

    def delete(self, kind_id: str, name: str, namespace: str) -> None:
        """Ask for an object's end."""
        kind = next(each for each in self._kinds.values() if each.id == kind_id)
        self.call("DELETE", kind.path(namespace, name), None)

    def call(self, method: str, path: str, body: Any, headers: dict[str, str] = _HEADERS) -> None:
        ask(self._official, method, path, headers, body)
