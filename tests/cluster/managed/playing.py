"""What plays a controller on a managing cluster: the official client in a thread, which looks again and again."""

import base64
import json
import threading
from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from kubernetes import client
from kubernetes.client.exceptions import ApiException

if TYPE_CHECKING:
    from collections.abc import Callable

BEAT_SECONDS = 0.05
Where = tuple[str, str, str]
"""Group, version and plural."""


class Player:
    """`with Player(api, namespace):` it plays in one namespace until the end, and then raises what went wrong."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self.custom, self.core = client.CustomObjectsApi(api), client.CoreV1Api(api)
        self.extensions = client.ApiextensionsV1Api(api)
        self.namespace = namespace
        self.server = str(api.configuration.host)
        self._reach = api.configuration
        self.broken: dict[str, str] = {}
        """What does not come about, with the reason that is told."""
        self.seen: Callable[[str], object] = bool
        """Told again and again of the steps whose objects are there, as `cluster going` of one that is to go."""
        self._over = threading.Event()
        self._wrong: list[BaseException] = []
        self._thread = threading.Thread(target=self._play)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
        if self._wrong:
            raise self._wrong[0]

    @abstractmethod
    def beat(self) -> None:
        """Bring everything one step on."""

    def tell(self, step: str, made: dict[str, Any]) -> None:
        """What a step made is there."""
        self.seen(f"{step} going" if made["metadata"].get("deletionTimestamp") else step)

    def all(self, where: Where) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = self.custom.list_namespaced_custom_object(
                where[0], where[1], self.namespace, where[2]
            )["items"]
        except ApiException as error:
            if error.status == 404:
                return []
            raise
        return found

    def create(self, where: Where, body: dict[str, Any]) -> None:
        """Once; refused when a field is unknown."""
        try:
            self.custom.create_namespaced_custom_object(
                where[0], where[1], self.namespace, where[2], body, field_validation="Strict"
            )
        except ApiException as error:
            if error.status != 409:
                raise

    def merge(self, where: Where, name: str, body: dict[str, Any], part: str = "") -> None:
        call = self.custom.patch_namespaced_custom_object_status if part else self.custom.patch_namespaced_custom_object
        call(where[0], where[1], self.namespace, where[2], name, body)

    def delete(self, where: Where, name: str) -> None:
        self.custom.delete_namespaced_custom_object(where[0], where[1], self.namespace, where[2], name)

    @property
    def certificate(self) -> dict[str, str]:
        """Who the admin of the cluster is, as a kubeconfig has it."""
        reach = self._reach
        return {"client-certificate-data": _content(reach.cert_file), "client-key-data": _content(reach.key_file)}

    def secret(self, name: str, key: str, user: Mapping[str, Any]) -> None:
        """A kubeconfig for the cluster that was made, which is this one, with who its user is."""
        cluster = {"server": self.server, "certificate-authority-data": _content(self._reach.ssl_ca_cert)}
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "admin@made",
            "contexts": [{"name": "admin@made", "context": {"cluster": "made", "user": "admin"}}],
            "clusters": [{"name": "made", "cluster": cluster}],
            "users": [{"name": "admin", "user": user}],
        }
        data = {key: base64.b64encode(json.dumps(kubeconfig).encode()).decode()}
        body = {"metadata": {"name": name}, "data": data}
        try:
            self.core.create_namespaced_secret(self.namespace, body)
        except ApiException as error:
            if error.status != 409:
                raise

    def forget_secret(self, name: str) -> None:
        """As what collects garbage does with the Secret of a cluster that is gone."""
        try:
            self.core.delete_namespaced_secret(name, self.namespace)
        except ApiException as error:
            if error.status != 404:
                raise

    def _play(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            try:
                self.beat()
            except ApiException as error:
                if error.status not in (404, 409):
                    self._wrong.append(error)
                    return
            except BaseException as error:
                self._wrong.append(error)
                return


def _content(file: str) -> str:
    return base64.b64encode(Path(file).read_bytes()).decode()


def condition(name: str, status: bool, reason: str, message: str = "") -> dict[str, Any]:
    return {
        "type": name,
        "status": str(status),
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-11-27T12:00:00Z",
    }


def owner(of: dict[str, Any]) -> list[dict[str, Any]]:
    meta = of["metadata"]
    return [
        {
            "apiVersion": of["apiVersion"], "kind": of["kind"], "name": meta["name"], "uid": meta["uid"],
            "controller": True, "blockOwnerDeletion": True,
        }
    ]  # fmt: skip
