"""Plays what Crossplane does with Usages: resolves them, marks what they are of, and refuses to delete it at the door.

Source: crossplane, internal/controller/protection/usage and internal/webhook/protection/usage.
"""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from kubernetes import client
from kubernetes.client.exceptions import ApiException

from tests.cluster.heard import PATIENCE
from tests.unit.kube.authority import Authority
from tests.unit.kube.loopback import serve

if TYPE_CHECKING:
    from tests.cluster.managed.playing import Player, Where

USAGES = ("protection.crossplane.io", "v1beta1", "usages")
IN_USE = "crossplane.io/in-use"
_FINALIZER = "usage.apiextensions.crossplane.io"
_ATTEMPT = "usage.crossplane.io/deletion-attempt-with-policy"
_HOOK = "crossplane-no-usages"


class Usages:
    """Those of the namespace of a player; nothing is kept by them before they are `kept`."""

    def __init__(self, player: "Player") -> None:
        self._player = player
        self._asked = asyncio.Event()
        self.is_on = False
        self._hooked = False

    def see_to(self) -> None:
        """One beat of the controller."""
        for each in self._player.all(USAGES) if self._hooked else []:
            if self.is_on and not each["metadata"].get("deletionTimestamp"):
                self._keep(each)
            else:
                self._let_go(each)

    def delete(self, where: "Where", name: str) -> None:
        """As what collects garbage does, which comes back to what it was refused."""
        try:
            self._player.delete(where, name)
        except ApiException as error:
            if error.status not in (404, 409):
                raise

    @asynccontextmanager
    async def kept(self, api: client.ApiClient, directory: Path) -> AsyncIterator[None]:
        """From now on the API server asks for leave to delete what is in use."""
        authority, hooks = Authority(directory), client.AdmissionregistrationV1Api(api)
        async with serve(self._answer, certificate=authority.issue("crossplane")) as url:
            body = _configured(url, authority.certificate.read_bytes(), self._player.namespace)
            await asyncio.to_thread(hooks.create_validating_webhook_configuration, body)
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._heard(api)
                self.is_on = self._hooked = True
                yield
            finally:
                self.is_on = False
                await asyncio.to_thread(hooks.delete_validating_webhook_configuration, _HOOK)

    async def _heard(self, api: client.ApiClient) -> None:
        """Until the server asks before it would delete something that is marked."""
        core, place = client.CoreV1Api(api), self._player.namespace
        body = {"metadata": {"name": "marked", "labels": {IN_USE: "true"}}}
        await asyncio.to_thread(core.create_namespaced_config_map, place, body)
        while not self._asked.is_set():
            await asyncio.to_thread(core.delete_namespaced_config_map, "marked", place, dry_run="All")

    async def _answer(self, request: web.Request) -> web.Response:
        self._asked.set()
        asked = (await request.json())["request"]
        why = await asyncio.to_thread(self._refusal, asked)
        refused = {"allowed": False, "status": {"code": 409, "reason": why}} if why else {"allowed": True}
        answer = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}
        response = web.json_response({**answer, "response": {"uid": asked["uid"], **refused}})
        response.force_close()  # so that the API server keeps no connection that would outlive the test
        return response

    def _refusal(self, asked: dict[str, Any]) -> str:
        found = [each for each in self._player.all(USAGES) if self._is_of(each, asked["oldObject"])]
        if not found:
            return ""
        if not asked.get("dryRun"):
            policy = (asked.get("options") or {}).get("propagationPolicy", "Background")
            where = _where(asked["oldObject"])
            self._player.merge(where, asked["name"], {"metadata": {"annotations": {_ATTEMPT: policy}}})
        first = found[0]
        by, reason = first["spec"].get("by"), first["spec"].get("reason")
        named = f'"{first["metadata"]["name"]}" (in namespace "{self._player.namespace}")'
        why = f" by resource {by['kind']}/{by['resourceRef']['name']}" if by else f' with reason: "{reason}"'
        return f"This resource is in-use by {len(found)} usage(s), including the *v1beta1.Usage {named}{why}."

    def _keep(self, usage: dict[str, Any]) -> None:
        name, spec = usage["metadata"]["name"], usage["spec"]
        resolved = {side: self._resolved(usage, spec[side]) for side in ("of", "by") if side in spec}
        if any(not each["resourceRef"]["name"] for each in resolved.values()):
            return
        if resolved != {side: spec[side] for side in resolved} or _FINALIZER not in usage["metadata"].get(
            "finalizers", []
        ):
            self._player.merge(USAGES, name, {"metadata": {"finalizers": [_FINALIZER]}, "spec": resolved})
        of = resolved["of"]
        self._player.merge(_where(of), of["resourceRef"]["name"], {"metadata": {"labels": {IN_USE: "true"}}})

    def _let_go(self, usage: dict[str, Any]) -> None:
        """One that is composed waits until what uses is gone."""
        name, spec = usage["metadata"]["name"], usage["spec"]
        by, of = spec.get("by"), spec["of"]
        composed = usage["metadata"].get("ownerReferences")
        if self.is_on and by and composed and by["resourceRef"]["name"] in self._names(by):
            return
        others = [each for each in self._player.all(USAGES) if each["metadata"]["name"] != name]
        if not any(_named(each["spec"]["of"]) == _named(of) for each in others) and _named(of)[2] in self._names(of):
            self._player.merge(_where(of), _named(of)[2], {"metadata": {"labels": {IN_USE: None}}})
        self._player.merge(USAGES, name, {"metadata": {"finalizers": []}})

    def _resolved(self, usage: dict[str, Any], side: dict[str, Any]) -> dict[str, Any]:
        """With the name of what has the same controller, where that is how it is chosen."""
        if "resourceRef" in side:
            return side
        [owner] = usage["metadata"]["ownerReferences"]
        found = [
            each["metadata"]["name"]
            for each in self._player.all(_where(side))
            if [one["uid"] for one in each["metadata"].get("ownerReferences", [])] == [owner["uid"]]
        ]
        return {**side, "resourceRef": {"name": found[0] if found else ""}}

    def _names(self, side: dict[str, Any]) -> list[str]:
        return [each["metadata"]["name"] for each in self._player.all(_where(side))]

    def _is_of(self, usage: dict[str, Any], found: dict[str, Any]) -> bool:
        return _named(usage["spec"]["of"]) == (_group(found), found["kind"], found["metadata"]["name"])


def _named(side: dict[str, Any]) -> tuple[str, str, str]:
    return _group(side), side["kind"], side.get("resourceRef", {}).get("name", "")


def _group(body: dict[str, Any]) -> str:
    group: str = body["apiVersion"].partition("/")[0]
    return group


def _where(body: dict[str, Any]) -> "Where":
    group, _, version = body["apiVersion"].partition("/")
    return group, version, f"{body['kind'].lower()}s"


def _configured(url: str, authority: bytes, namespace: str) -> dict[str, Any]:
    """As Crossplane's chart configures it, for one namespace."""
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["DELETE"]}
    hook = {
        "name": "nousages.protection.crossplane.io",
        "clientConfig": {"url": url, "caBundle": base64.b64encode(authority).decode()},
        "rules": [rule],
        "objectSelector": {"matchLabels": {IN_USE: "true"}},
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "failurePolicy": "Fail",
        "sideEffects": "NoneOnDryRun",
        "admissionReviewVersions": ["v1"],
    }
    return {"metadata": {"name": _HOOK}, "webhooks": [hook]}
