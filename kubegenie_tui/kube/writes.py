"""The only requests that change a cluster. Each takes an `Approval`; what takes none only asks what would happen."""

from typing import Any

import msgspec

from kubegenie_tui.domain.approval import Approval
from kubegenie_tui.domain.errors import ServerFailed, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.domain.plan import Step, Verb
from kubegenie_tui.kube.client import Client

FIELD_MANAGER = "kubegenie"
"""Whom the server notes as the owner of the fields we write."""
APPLY = "application/apply-patch+yaml"
_METHODS = {Verb.CREATE: "POST", Verb.APPLY: "PATCH", Verb.PATCH: "PATCH", Verb.REPLACE: "PUT", Verb.DELETE: "DELETE"}


async def write(client: Client, approval: Approval, kind: Kind, step: Step) -> Manifest:
    """Carry out one step; the object, or the Status, that the server answers with.

    Raises:
        UsageError: the step names no object that was looked at.
        Conflict: the object is not the one, or not in the state, that was looked at.
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    assert approval.plan, "an approval is of a plan"
    if step.verb is not Verb.CREATE and not (step.uid or step.verb is Verb.APPLY):
        raise UsageError(f"{step.ref} was not looked at before it is changed", next_step="preview the plan first")
    return await _send(client, kind, step, dry=False)


async def dry_run(client: Client, kind: Kind, step: Step) -> Manifest:
    """What the server would make of a step: admission, defaults and validation, and nothing kept.

    Raises:
        ClusterError, CredentialError, KubeconfigError: as `Client.get`.
    """
    return await _send(client, kind, step, dry=True)


async def _send(client: Client, kind: Kind, step: Step, *, dry: bool) -> Manifest:
    name = "" if step.verb is Verb.CREATE and not step.subresource else step.ref.name
    path = kind.path(step.ref.namespace, name, step.subresource)
    answer = await client.request(
        _METHODS[step.verb],
        path,
        params=_params(step) | ({"dryRun": "All"} if dry else {}),
        headers={"Content-Type": _content_type(step), "Accept": "application/json"},
        body=msgspec.json.encode(_body(step, dry=dry)),
    )
    try:
        found: Manifest = msgspec.json.decode(answer.body, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ServerFailed(
            "The server's answer to a change is not an object", str(error), "look at it again"
        ) from error
    return found


def _params(step: Step) -> dict[str, str]:
    if step.verb is Verb.DELETE or step.subresource == "eviction":
        return {}
    params = {"fieldManager": step.manager or FIELD_MANAGER}
    if step.verb is Verb.APPLY:
        params["force"] = "true" if step.force else "false"
    else:
        params["fieldValidation"] = "Strict"
    return params


def _content_type(step: Step) -> str:
    if step.verb is Verb.APPLY:
        return APPLY
    return step.patch.value if step.verb is Verb.PATCH else "application/json"


def _body(step: Step, *, dry: bool) -> Any:
    """The body with what guards it: a write to another object, or to another state of it, is refused by the server.

    A deletion takes its options from the body alone, where there is one: `dryRun` in the URL would not be heard.
    """
    guards = {key: value for key, value in (("uid", step.uid), ("resourceVersion", step.resource_version)) if value}
    if step.verb is Verb.DELETE:
        return {"kind": "DeleteOptions", "apiVersion": "v1", **_delete_options(step, guards, dry=dry)}
    if step.subresource == "eviction":
        return {**step.body, "deleteOptions": _delete_options(step, {"uid": step.uid} if step.uid else {}, dry=dry)}
    if isinstance(step.body, list):
        return [{"op": "test", "path": f"/metadata/{key}", "value": value} for key, value in guards.items()] + step.body
    if step.verb is Verb.CREATE or not isinstance(step.body, dict):
        return step.body
    return {**step.body, "metadata": {**step.body.get("metadata", {}), **guards}}


def _delete_options(step: Step, guards: dict[str, str], *, dry: bool) -> dict[str, Any]:
    options = {
        "propagationPolicy": step.propagation,
        "gracePeriodSeconds": step.grace,
        "preconditions": guards,
        "dryRun": ["All"] if dry else [],
    }
    return {key: value for key, value in options.items() if value not in ("", None, {}, [])}
