"""Kubernetes objects as plain dictionaries, and the few things one asks of every one of them."""

from datetime import UTC, datetime
from typing import Any

Object = dict[str, Any]
"""A Kubernetes object as JSON gives it. What the store hands out is shared: never change it, build a new one."""


def timestamp(at: float) -> str:
    """Seconds since the epoch as the API writes them: `2026-11-25T20:09:20Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def meta(obj: Object) -> Object:
    """The object's metadata, empty when it has none."""
    found: Object = obj.get("metadata") or {}
    return found


def name_of(obj: Object) -> str:
    """The object's name, empty when it has none."""
    return str(meta(obj).get("name", ""))


def namespace_of(obj: Object) -> str:
    """The object's namespace, empty when it has none."""
    return str(meta(obj).get("namespace", ""))


def labels_of(obj: Object) -> dict[str, str]:
    """The object's labels, empty when it has none."""
    return meta(obj).get("labels") or {}


def controller_of(obj: Object) -> Object | None:
    """The owner reference that is the controller, if there is one."""
    return next((owner for owner in meta(obj).get("ownerReferences") or () if owner.get("controller")), None)


def owner_reference(owner: Object) -> Object:
    """A controller's owner reference, for its children."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name_of(owner),
        "uid": meta(owner)["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def with_meta(obj: Object, **fields: Any) -> Object:
    """A copy of the object with some metadata fields replaced."""
    return {**obj, "metadata": {**meta(obj), **fields}}
