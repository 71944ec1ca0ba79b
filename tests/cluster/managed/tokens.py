"""Tokens of the admin of a cluster that was made, which is the managing one: each is good until there is another."""

import time

from kubernetes import client

from tests.cluster.heard import PATIENCE

_NAME = "made"


class Tokens:
    """Of a service account, which is another one after each renewal: what was given before is refused from then on."""

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        self._core, self._access = client.CoreV1Api(api), client.RbacAuthorizationV1Api(api)
        self._reviews = client.AuthenticationV1Api(api)
        self._namespace = namespace
        self._token = ""

    @property
    def current(self) -> str:
        if not self._token:
            role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
            subject = {"kind": "ServiceAccount", "name": _NAME, "namespace": self._namespace}
            body = {"metadata": {"name": f"{_NAME}-{self._namespace}"}, "subjects": [subject], "roleRef": role}
            self._access.create_cluster_role_binding(body)
            self._token = self._given()
        return self._token

    def renew(self) -> None:
        """Returns when the server refuses the old one: it remembers for some seconds whom it let in."""
        old = self.current
        self._core.delete_namespaced_service_account(_NAME, self._namespace)
        self._token = self._given()
        deadline = time.monotonic() + PATIENCE
        while self._reviews.create_token_review({"spec": {"token": old}}).status.authenticated:
            assert time.monotonic() < deadline, "the old token is still good"
            time.sleep(0.1)

    def _given(self) -> str:
        self._core.create_namespaced_service_account(self._namespace, {"metadata": {"name": _NAME}})
        given = self._core.create_namespaced_service_account_token(_NAME, self._namespace, {"spec": {}})
        token: str = given.status.token
        return token
