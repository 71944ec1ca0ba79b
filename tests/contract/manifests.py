"""What the tests create."""

from typing import Any

Object = dict[str, Any]


def config_map(
    name: str, *, labels: dict[str, str] | None = None, finalizers: tuple[str, ...] = (), **data: str
) -> Object:
    metadata: Object = {"name": name}
    if labels:
        metadata["labels"] = labels
    if finalizers:
        metadata["finalizers"] = list(finalizers)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, **({"data": data} if data else {})}


def container(name: str = "main", image: str = "nginx:1.27", **more: Any) -> Object:
    return {"name": name, "image": image, "ports": [{"containerPort": 80}], **more}


def pod(name: str, *containers: Object, **spec: Any) -> Object:
    body = {"containers": list(containers) or [container()], **spec}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": {"app": name}}, "spec": body}


def deployment(name: str = "web", image: str = "nginx:1.27", **spec: Any) -> Object:
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container(image=image)]}}
    body = {"selector": {"matchLabels": {"app": name}}, "template": template, **spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": body}


def budget(name: str, app: str) -> Object:
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": app}}}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": spec}


def eviction(name: str, namespace: str) -> Object:
    return {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name, "namespace": namespace}}


def definition(group: str, plural: str = "widgets", kind: str = "Widget") -> Object:
    properties = {"size": {"type": "integer"}, "colour": {"type": "string", "enum": ["red", "blue"]}}
    spec = {"type": "object", "required": ["size"], "properties": properties}
    schema = {"type": "object", "properties": {"spec": spec, "status": {"type": "object"}}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        "additionalPrinterColumns": [
            {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
            {"name": "Colour", "type": "string", "jsonPath": ".spec.colour"},
        ],
    }
    names = {"kind": kind, "plural": plural, "singular": kind.lower(), "shortNames": ["wd"]}
    body = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    head = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    return {**head, "metadata": {"name": f"{plural}.{group}"}, "spec": body}


def widget(path: str, name: str, **spec: Any) -> Object:
    """An object of the definition whose group is at `path`."""
    return {"apiVersion": path.removeprefix("/apis/"), "kind": "Widget", "metadata": {"name": name}, "spec": spec}
