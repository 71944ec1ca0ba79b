"""Objects of operators that are not there: one of a kind that can be paused, and one that waits for a yes."""

import time
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.object_ref import ObjectRef
from tests.cluster.making import define

PATIENCE = 30.0
INSTALL_PLAN = Kind("operators.coreos.com", "v1alpha1", "installplans", "InstallPlan", True)


class CustomThings:
    """The official client's view of them."""

    def __init__(self, official: client.ApiClient, paused: Kind, namespace: str) -> None:
        self._custom = client.CustomObjectsApi(official)
        self._kinds = {each.id: each for each in (paused, INSTALL_PLAN)}
        self._namespace = namespace
        self.app, self.held, self.waiting = (
            ObjectRef(kind.id, name, namespace)
            for kind, name in ((paused, "app"), (paused, "held"), (INSTALL_PLAN, "install"))
        )

    def look(self, ref: ObjectRef) -> Any:
        """What one says and wants."""
        found = self._custom.get_namespaced_custom_object(*self._where(ref), ref.name)
        return found["metadata"].get("annotations"), found["spec"]

    def specs(self) -> list[Any]:
        """What each of them wants."""
        return [self.look(ref)[1] for ref in (self.app, self.held, self.waiting)]

    def all_like(self, ref: ObjectRef) -> dict[str, Any]:
        """What each object of the same kind wants, by name."""
        found = self._custom.list_namespaced_custom_object(*self._where(ref))["items"]
        return {each["metadata"]["name"]: each["spec"] for each in found}

    def patch(self, ref: ObjectRef, body: Any) -> None:
        self._custom.patch_namespaced_custom_object(*self._where(ref), ref.name, body)

    def _where(self, ref: ObjectRef) -> tuple[str, str, str, str]:
        kind = self._kinds[ref.kind]
        return kind.group, kind.version, self._namespace, kind.plural


@contextmanager
def custom_things(official: client.ApiClient, namespace: str) -> Iterator[CustomThings]:
    """They are there, and their kinds are served, meanwhile."""
    group = f"t{uuid.uuid4().hex[:8]}.toolkit.fluxcd.io"
    paused = Kind(group, "v1", "kustomizations", "Kustomization", True)
    kinds = paused, INSTALL_PLAN
    for kind in kinds:
        _patiently(409, partial(define, official, kind))  # one of that name may still be on its way out
    names = {"approved": False, "clusterServiceVersionNames": ["web.v1"]}
    try:
        for kind, name, spec in (
            (paused, "app", {"path": "./app", "suspend": False}),
            (paused, "held", {"path": "./held", "suspend": True}),
            (INSTALL_PLAN, "install", names),
        ):
            body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": name}, "spec": spec}
            create = client.CustomObjectsApi(official).create_namespaced_custom_object
            _patiently(404, partial(create, kind.group, kind.version, namespace, kind.plural, body))
        _until_told(official, kinds)
        yield CustomThings(official, paused, namespace)
    finally:
        for kind in kinds:
            client.ApiextensionsV1Api(official).delete_custom_resource_definition(kind.id)


def _patiently(status: int, ask: Callable[[], Any]) -> None:
    """Ask until the server says something else than this."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            ask()
        except ApiException as error:
            if error.status != status or time.monotonic() > deadline:
                raise
        else:
            return


def _until_told(official: client.ApiClient, kinds: Collection[Kind]) -> None:
    """The server tells of a new kind a moment after it serves it."""
    deadline, told = time.monotonic() + PATIENCE, set[str]()
    while not {kind.group for kind in kinds} <= told:
        assert time.monotonic() < deadline, "the kinds were never told"
        told = {each.name for each in client.ApisApi(official).get_api_versions().groups}
