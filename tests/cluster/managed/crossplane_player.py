"""Plays Crossplane, its function that patches and transforms, its providers, and the collector of what has no owner."""

import copy
import itertools
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from kubernetes import client
from kubernetes.client.exceptions import ApiException

from tests.cluster.heard import PATIENCE
from tests.cluster.managed.composing import CLUSTERS
from tests.cluster.managed.playing import BEAT_SECONDS, Player, Where, condition, owner
from tests.cluster.managed.tokens import Tokens
from tests.cluster.managed.usages import Usages

DEFINITIONS = "compositeresourcedefinitions"
COMPOSITIONS = "compositions"
EXTENSIONS = "apiextensions.crossplane.io"
XRS = ("kubegenie.io", "v1alpha1", "kubernetesclusters")
SHARED = (("v1", COMPOSITIONS), ("v2", DEFINITIONS))
"""What clusters share, in the order in which it goes."""
FOREGROUND = "foregroundDeletion"
HELD = "kubegenie.io/held"


class CrossplanePlayer(Player):
    """What is in `broken`, by kind, is not ready with that message; a kind in `holding` does not go.

    While it `is_behind`, nothing is composed, and while `providers_wait` they look at nothing. With
    `issues_certificates` a cluster of Google has one for its admin, as GKE issues it to who asks for it; without, as
    GKE is by itself, its kubeconfig does not say who its user is.
    """

    def __init__(self, api: client.ApiClient, namespace: str) -> None:
        super().__init__(api, namespace)
        self.holding: dict[str, str] = {}
        self.no_function = ""
        self.is_behind = False
        self.providers_wait = False
        self.issues_certificates = True
        self.tokens = Tokens(api, namespace)
        self.usages = Usages(self)
        self._asked: dict[str, dict[str, Any]] = {}
        """The spec that each part had when it was last asked for: what does not change is not written again."""
        self._there: dict[Where, dict[str, dict[str, Any]]] = {}
        """What there was at the begin of a beat, by name."""

    def beat(self) -> None:
        self._there.clear()
        found = self.all(XRS)
        for each in self.listed("v2", DEFINITIONS):
            self.tell("definition", each)
            self._define(each)
        for each in self.listed("v1", COMPOSITIONS):
            name = each["metadata"]["name"]
            self.tell(f"composition/{name.removeprefix('kubernetesclusters-').removesuffix('.kubegenie.io')}", each)
            self._hold(each)
        self.usages.see_to()
        for each in found:
            self.tell("cluster", each)
            if each["metadata"].get("deletionTimestamp"):
                self._going(each)
            elif not self.is_behind:
                self._compose(each)

    def clear(self) -> None:
        """Take away what is left of a test, and wait until it is gone."""
        self.no_function, self.is_behind, self.providers_wait = "", False, False
        self.broken.clear()
        self.holding.clear()
        for each in self.all(XRS):
            where = (*XRS[:2], self.namespace, XRS[2], each["metadata"]["name"])
            self.custom.delete_namespaced_custom_object(*where, propagation_policy="Foreground")
        self._wait_while(lambda: self.all(XRS))
        for version, plural in SHARED:
            for each in self.listed(version, plural):
                self.custom.delete_cluster_custom_object(EXTENSIONS, version, plural, each["metadata"]["name"])
        self._wait_while(lambda: [found for each in SHARED for found in self.listed(*each)])

    def _wait_while(self, there: Callable[[], list[dict[str, Any]]]) -> None:
        deadline = time.monotonic() + PATIENCE
        while (left := there()) and not self._wrong:
            assert time.monotonic() < deadline, f"{[each['metadata']['name'] for each in left]} did not go"
            time.sleep(BEAT_SECONDS)

    def listed(self, version: str, plural: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.custom.list_cluster_custom_object(EXTENSIONS, version, plural)["items"]
        return found

    def _hold(self, composition: dict[str, Any]) -> None:
        """So that it does not go before that is told."""
        meta = composition["metadata"]
        finalizers = [] if meta.get("deletionTimestamp") else [HELD]
        if meta.get("finalizers", []) != finalizers:
            body = {"metadata": {"finalizers": finalizers}}
            self.custom.patch_cluster_custom_object(EXTENSIONS, "v1", COMPOSITIONS, meta["name"], body)

    def _define(self, definition: dict[str, Any]) -> None:
        name, meta = definition["metadata"]["name"], definition["metadata"]
        if meta.get("deletionTimestamp"):
            self._undefine(name)
            return
        if definition.get("status", {}).get("conditions"):
            return
        try:
            self.extensions.create_custom_resource_definition(kind_of(definition))
        except ApiException as error:
            if error.status != 409:
                raise
        finalizers = {"metadata": {"finalizers": ["defined.apiextensions.crossplane.io"]}}
        self.custom.patch_cluster_custom_object(EXTENSIONS, "v2", DEFINITIONS, name, finalizers)
        status = {"status": {"conditions": [condition("Established", True, "WatchingCompositeResource")]}}
        self.custom.patch_cluster_custom_object_status(EXTENSIONS, "v2", DEFINITIONS, name, status)

    def _undefine(self, name: str) -> None:
        try:
            self.extensions.delete_custom_resource_definition(name)
        except ApiException as error:
            if error.status != 404:
                raise
        self.custom.patch_cluster_custom_object(EXTENSIONS, "v2", DEFINITIONS, name, {"metadata": {"finalizers": []}})

    def _compose(self, xr: dict[str, Any]) -> None:
        name = xr["metadata"]["name"]
        reference = xr["spec"]["crossplane"]["compositionRef"]["name"]
        composition = self.custom.get_cluster_custom_object(EXTENSIONS, "v1", COMPOSITIONS, reference)
        if self.no_function:
            told = [
                condition("Synced", False, "ReconcileError", self.no_function),
                condition("Ready", False, "Creating"),
            ]
            self._tell_of(XRS, xr, told)
            return
        bodies = [rendered(each, composition, xr) for each in resources_of(composition)]
        keys = ("apiVersion", "kind", "name")
        references = [{key: {**each, **each["metadata"]}[key] for key in keys} for each in bodies]
        machinery = {"compositionRevisionRef": {"name": f"{reference}-1"}, "resourceRefs": references}
        if xr["spec"]["crossplane"].get("resourceRefs") != references:
            self.merge(XRS, name, {"spec": {"crossplane": machinery}})
        ready = [self._manage(each, xr) for each in bodies]
        waiting = [each["metadata"]["name"] for each, well in zip(bodies, ready, strict=True) if not well]
        why = f"Unready resources: {', '.join(waiting)}" if waiting else ""
        told = [
            condition("Synced", True, "ReconcileSuccess"),
            condition("Ready", not waiting, "Creating" if waiting else "Available", why),
        ]
        seen = xr["metadata"]["generation"]
        told = [{**each, "observedGeneration": seen} for each in told]
        self._tell_of(XRS, xr, told)

    def _manage(self, body: dict[str, Any], xr: dict[str, Any]) -> bool:
        """Make it and say how it is; whether it is ready."""
        where, name = where_of(body), body["metadata"]["name"]
        if (found := self._known(where).get(name)) is None:
            self.create(where, {**body, "metadata": {**body["metadata"], "ownerReferences": owner(xr)}})
            return False
        if self._asked.get(f"{where} {name}") != body["spec"]:
            self.merge(where, name, {"spec": body["spec"]})
            self._asked[f"{where} {name}"] = body["spec"]
        if self.providers_wait:
            return True
        error = self._without_account(body)
        why = self.broken.get(body["kind"], "")
        synced = condition("Synced", not error, "ReconcileError" if error else "ReconcileSuccess", error)
        ready = condition("Ready", not (error or why), "Creating" if error or why else "Available", why)
        seen = found["metadata"]["generation"]
        self._tell_of(where, found, [{**each, "observedGeneration": seen} for each in (synced, ready)])
        if where == CLUSTERS["gcp"] and "atProvider" not in found.get("status", {}):
            self.merge(where, name, {"status": {"atProvider": {"endpoint": urlsplit(self.server).netloc}}}, "status")
        if not error and (secret := body["spec"].get("writeConnectionSecretToRef")):
            self.secret(secret["name"], "kubeconfig", self._user(body["kind"]))
        return not (error or why)

    def _user(self, kind: str) -> dict[str, str]:
        """Who we are in the kubeconfig that a provider writes: of EKS, of AKS, of GKE."""
        match kind:
            case "ClusterAuth":
                return {"token": self.tokens.current}
            case "KubernetesCluster":
                return {**self.certificate, "token": "of-the-admin"}
        return self.certificate if self.issues_certificates else {}

    def refresh_tokens(self, cluster: str) -> None:
        """As ClusterAuth does every ten minutes; the old token is none from now on."""
        self.tokens.renew()
        self.forget_secret(f"{cluster}-kubeconfig")
        self.secret(f"{cluster}-kubeconfig", "kubeconfig", self._user("ClusterAuth"))

    def _without_account(self, body: dict[str, Any]) -> str:
        account = body["spec"].get("providerConfigRef")
        if account is None:
            return ""
        group = re.sub(r"^[a-z0-9]+\.(?=(aws|gcp|azure)\.m\.)", "", body["apiVersion"].partition("/")[0])
        where = (group, "v1beta1", "clusterproviderconfigs")
        if where not in self._there:
            listed = self.custom.list_cluster_custom_object(*where)["items"]
            self._there[where] = {each["metadata"]["name"]: each for each in listed}
        if account["name"] in self._there[where]:
            return ""
        return f'cannot get referenced ProviderConfig: ClusterProviderConfig.{group} "{account["name"]}" not found'

    def _known(self, where: Where) -> dict[str, dict[str, Any]]:
        if where not in self._there:
            self._there[where] = {each["metadata"]["name"]: each for each in self.all(where)}
        return self._there[where]

    def _tell_of(self, where: Where, found: dict[str, Any], told: list[dict[str, Any]]) -> None:
        if found.get("status", {}).get("conditions") != told:
            self.merge(where, found["metadata"]["name"], {"status": {"conditions": told}}, "status")

    def _going(self, xr: dict[str, Any]) -> None:
        left = 0
        for reference in xr["spec"]["crossplane"].get("resourceRefs", []):
            where = where_of(reference)
            found = self._known(where).get(reference["name"])
            if found is None:
                continue
            if why := self.holding.get(reference["kind"]):
                told = [condition("Synced", False, "ReconcileError", why), condition("Ready", False, "Deleting")]
                self._tell_of(where, found, told)
            else:
                self.usages.delete(where, reference["name"])
            left += 1
        if not left:
            self.forget_secret(f"{xr['metadata']['name']}-kubeconfig")
            kept = [each for each in xr["metadata"].get("finalizers", []) if each != FOREGROUND]
            self.merge(XRS, xr["metadata"]["name"], {"metadata": {"finalizers": kept}})


def kind_of(definition: dict[str, Any]) -> dict[str, Any]:
    """The kind that Crossplane makes of a definition, with its own machinery in the spec."""
    spec = copy.deepcopy(definition["spec"])
    versions = []
    for each in spec["versions"]:
        schema = each["schema"]["openAPIV3Schema"]
        keep = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        schema["properties"]["spec"]["properties"]["crossplane"] = keep
        schema["properties"]["status"] = keep
        versions.append(
            {
                "name": each["name"], "served": True, "storage": True, "schema": {"openAPIV3Schema": schema},
                "subresources": {"status": {}},
            }
        )  # fmt: skip
    names = {**spec["names"], "categories": ["composite"]}
    body = {"group": spec["group"], "names": names, "scope": spec["scope"], "versions": versions}
    return {"metadata": {"name": definition["metadata"]["name"]}, "spec": body}


def resources_of(composition: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = composition["spec"]["pipeline"][0]["input"]["resources"]
    return found


def rendered(resource: dict[str, Any], composition: dict[str, Any], xr: dict[str, Any]) -> dict[str, Any]:
    """What function-patch-and-transform makes of one resource."""
    body: dict[str, Any] = copy.deepcopy(resource["base"])
    sets = {each["name"]: each["patches"] for each in composition["spec"]["pipeline"][0]["input"].get("patchSets", [])}
    for patch in resource.get("patches", []):
        for each in sets[patch["patchSetName"]] if patch.get("type") == "PatchSet" else [patch]:
            value = at(xr, each["fromFieldPath"])
            if value is None:
                continue
            for transform in each.get("transforms", []):
                value = transformed(value, transform)
            put(body, keys_of(each["toFieldPath"]), value)
    meta = {**body.get("metadata", {}), "name": f"{xr['metadata']['name']}-{resource['name']}"}
    return {**body, "metadata": {**meta, "namespace": xr["metadata"].get("namespace", "default")}}


def transformed(value: Any, transform: dict[str, Any]) -> Any:
    """Those transforms that our Compositions use."""
    match transform["type"]:
        case "string":
            return transform["string"]["fmt"] % value
        case "convert":
            assert transform["convert"] == {"toType": "string"}
            return str(value).lower() if isinstance(value, bool) else str(value)
    return transform["map"][value]


def keys_of(path: str) -> list[str | int]:
    return [int(each) if each.isdigit() else each for each in re.findall(r"[^.\[\]]+", path)]


def at(found: Any, path: str) -> Any:
    for key in keys_of(path):
        try:
            found = found[key]
        except (KeyError, IndexError):
            return None
    return found


def put(body: Any, keys: list[str | int], value: Any) -> None:
    for key, following in itertools.pairwise(keys):
        body = body.setdefault(key, [] if isinstance(following, int) else {})
    if isinstance(body, list):
        body.append(value)
    else:
        body[keys[-1]] = value


def where_of(body: dict[str, Any]) -> Where:
    group, _, version = body["apiVersion"].partition("/")
    return group, version, f"{body['kind'].lower()}s"
