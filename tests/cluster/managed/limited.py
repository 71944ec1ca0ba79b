"""Somebody on a managing cluster who may do no more than what is granted, and that can be changed as they go."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from kubernetes import client

from tests.cluster.heard import PATIENCE
from tests.control_plane import ControlPlane

RBAC = "rbac.authorization.k8s.io"
Rights = Mapping[str, str]
"""Verbs, separated by spaces, by `plural.group`: in one namespace, or everywhere after `*/`."""


class Limited:
    """A user of the managing cluster, whom the admin's certificate speaks for."""

    def __init__(self, plane: ControlPlane, api: client.ApiClient, place: str, directory: Path) -> None:
        self.name = f"maker-of-{place}"
        self.kubeconfig = directory / "limited"
        self._granted: dict[str, str] = {}
        self._access, self._reviews = client.RbacAuthorizationV1Api(api), client.AuthorizationV1Api(api)
        self._place = place
        tree = yaml.safe_load(plane.kubeconfig.read_text())
        [context] = [each["context"] for each in tree["contexts"] if each["name"] == plane.name]
        [admin] = [each["user"] for each in tree["users"] if each["name"] == context["user"]]
        admin["as"] = self.name
        self.kubeconfig.write_text(yaml.safe_dump(tree))
        self.kubeconfig.chmod(0o600)
        about: dict[str, Any] = {"metadata": {"name": self.name}}
        subjects = [{"apiGroup": RBAC, "kind": "User", "name": self.name}]
        self._access.create_cluster_role({**about, "rules": []})
        self._access.create_namespaced_role(place, {**about, "rules": []})
        role = {"apiGroup": RBAC, "name": self.name}
        bound = {**about, "subjects": subjects}
        self._access.create_cluster_role_binding({**bound, "roleRef": {**role, "kind": "ClusterRole"}})
        self._access.create_namespaced_role_binding(place, {**bound, "roleRef": {**role, "kind": "Role"}})

    def may(self, rights: Rights) -> None:
        """These, and nothing else of what was granted before; returns when the server has heard of it."""
        about = {"metadata": {"name": self.name}}
        here, everywhere = [
            [rule_of(kind, verbs) for kind, verbs in rights.items() if kind.startswith("*/") == wide]
            for wide in (False, True)
        ]
        self._access.replace_namespaced_role(self.name, self._place, {**about, "rules": here})
        self._access.replace_cluster_role(self.name, {**about, "rules": everywhere})
        for kind in {**self._granted, **rights}:
            before, now = self._granted.get(kind, "").split(), rights.get(kind, "").split()
            for verb in {*before, *now}:
                self._heard(verb, kind, allowed=verb in now)
        self._granted = dict(rights)

    def may_not(self, verb: str, kind: str) -> None:
        """One right less."""
        left = [each for each in self._granted[kind].split() if each != verb]
        self.may({**self._granted, kind: " ".join(left)})

    def may_too(self, verb: str, kind: str) -> None:
        """One right more."""
        self.may({**self._granted, kind: f"{self._granted.get(kind, '')} {verb}"})

    def _heard(self, verb: str, kind: str, *, allowed: bool) -> None:
        plural, _, group = kind.removeprefix("*/").partition(".")
        place = "" if kind.startswith("*/") else self._place
        asked: dict[str, Any] = {"verb": verb, "resource": plural, "group": group, "namespace": place}
        body, deadline = {"spec": {"user": self.name, "resourceAttributes": asked}}, time.monotonic() + PATIENCE
        while self._reviews.create_subject_access_review(body).status.allowed != allowed:
            assert time.monotonic() < deadline, f"the server never heard of {verb} {kind}"
            time.sleep(0.02)


def rule_of(kind: str, verbs: str) -> dict[str, list[str]]:
    """As a role has it."""
    plural, _, group = kind.removeprefix("*/").partition(".")
    return {"apiGroups": [group], "resources": [plural], "verbs": verbs.split()}
