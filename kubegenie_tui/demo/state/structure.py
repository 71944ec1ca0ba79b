"""The shape of Kubernetes objects as far as merging needs it: lists that are maps in disguise, fields of one piece.

Source: the x-kubernetes-list-map-keys, -list-type, -map-type and patchMergeKey marks of the 1.37 OpenAPI document.
"""

import json
from typing import Any

LIST_KEYS: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "containerStatuses": (),
    "volumes": ("name",),
    "env": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
    "conditions": ("type",),
    "ownerReferences": ("uid",),
    "addresses": ("type",),
    "podIPs": ("ip",),
    "hostIPs": ("ip",),
    "webhooks": ("name",),
    "secrets": ("name",),
}
"""Lists whose items are told apart by these fields, by the list's own name."""

SETS = frozenset({"finalizers"})
ATOMIC = frozenset(
    {
        "selector", "matchLabels", "nodeSelector", "secretKeyRef", "configMapKeyRef", "fieldRef", "resourceFieldRef",
        "claimRef",
        "involvedObject", "scaleTargetRef", "roleRef", "podSelector", "namespaceSelector", "labelSelector",
    }
)  # fmt: skip
"""Maps that are owned and replaced as one piece."""
MAPS = frozenset(
    {
        "labels",
        "annotations",
        "data",
        "binaryData",
        "stringData",
        "requests",
        "limits",
        "capacity",
        "allocatable",
        "hard",
        "used",
    }
)
"""Maps with free keys: that they exist is a fact of its own."""
OPTIONAL = frozenset(
    {
        "ownerReferences", "env", "volumes", "volumeMounts", "ports", "conditions", "rollingUpdate",
    }
)  # fmt: skip
"""Lists and maps whose existence is a field of its own too."""
DEFAULTS = {"protocol": "TCP"}
"""What a key field is when it is not given."""


def list_keys(name: str, items: list[Any]) -> tuple[str, ...]:
    """The fields that tell the items of a list apart; empty when the list is one piece."""
    if name == "ports" and items and isinstance(items[0], dict):
        if "containerPort" in items[0]:
            return ("containerPort", "protocol")
        return ("port", "protocol") if "port" in items[0] else ()
    keys = LIST_KEYS.get(name, ())
    return keys if keys and all(isinstance(item, dict) and keys[0] in item for item in items) else ()


def merge_key(name: str, items: list[Any]) -> str:
    """The field by which a strategic merge patch finds an item; empty when it replaces the list."""
    keys = list_keys(name, [item for item in items if isinstance(item, dict) and "$patch" not in item] or items)
    return keys[0] if keys else ""


def item_key(keys: tuple[str, ...], item: Any) -> str:
    """How managedFields name an item: `k:{"name":"app"}`."""
    found = {key: item.get(key, DEFAULTS.get(key)) for key in keys}
    return "k:" + json.dumps({key: value for key, value in found.items() if value is not None}, separators=(",", ":"))
