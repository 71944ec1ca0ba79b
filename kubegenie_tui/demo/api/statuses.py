"""Refusals: the Status objects a kube-apiserver answers with, in its own words."""

from collections.abc import Mapping

from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.objects import Object

Cause = tuple[str, str, str]
"""Why something is invalid: a reason (`FieldValueRequired`), a message and a field."""


class Refusal(Exception):
    """A request is answered with a failure Status."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        details: Object | None = None,
        headers: Mapping[str, str] | None = None,
        metadata: Object | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.headers = dict(headers or {})
        self.metadata = metadata or {}

    def status(self) -> Object:
        """The Status object."""
        body: Object = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": self.metadata,
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        return {**body, "code": self.code}


def named(resource: Resource, name: str) -> Object:
    """The details that say which object is meant."""
    details = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in details.items() if value}


def not_found(resource: Resource, name: str) -> Refusal:
    """404 for an object."""
    return Refusal(404, "NotFound", f'{resource.id} "{name}" not found', named(resource, name))


def no_such_resource() -> Refusal:
    """404 for a resource that a known group does not have."""
    return Refusal(404, "NotFound", "the server could not find the requested resource", {})


def exists(resource: Resource, name: str) -> Refusal:
    """409 for a create of what is there."""
    return Refusal(409, "AlreadyExists", f'{resource.id} "{name}" already exists', named(resource, name))


def conflict(resource: Resource, name: str, why: str) -> Refusal:
    """409 for a write that builds on something else than what is stored."""
    message = f'Operation cannot be fulfilled on {resource.id} "{name}": {why}'
    return Refusal(409, "Conflict", message, named(resource, name))


def bad_request(message: str) -> Refusal:
    """400."""
    return Refusal(400, "BadRequest", message)


def forbidden(resource: Resource, name: str, why: str) -> Refusal:
    """403 by authorization or by admission."""
    quoted = f' "{name}"' if name else ""
    return Refusal(403, "Forbidden", f"{resource.id}{quoted} is forbidden: {why}", named(resource, name))


def invalid(qualified_kind: str, name: str, *causes: Cause) -> Refusal:
    """422 for an object or for options (`DeleteOptions.meta.k8s.io`)."""
    problems = [f"{field}: {message}" for _, message, field in causes]
    text = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
    kind, _, group = qualified_kind.partition(".")
    details = {"name": name, "group": group, "kind": kind}
    return Refusal(
        422,
        "Invalid",
        f'{qualified_kind} "{name}" is invalid: {text}',
        {
            **{key: value for key, value in details.items() if value},
            "causes": [{"reason": reason, "message": message, "field": field} for reason, message, field in causes],
        },
    )


def expired(message: str) -> Refusal:
    """410: a resourceVersion or a continue token is too old."""
    return Refusal(410, "Expired", message)


def version_too_large(wanted: int, current: int) -> Refusal:
    """504: nothing that new exists."""
    return Refusal(
        504,
        "Timeout",
        f"Timeout: Too large resource version: {wanted}, current: {current}",
        {
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        },
        {"Retry-After": "1"},
    )


def method_not_allowed() -> Refusal:
    """405."""
    return Refusal(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {})
