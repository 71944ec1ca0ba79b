"""OpenAPI v3: an index of groups, and for each what clients look up: paths, kinds, and which options a PATCH takes."""

import hashlib

from kubegenie_tui.demo.api.representing import encode
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object
from kubegenie_tui.demo.state.schemas import GVK, METADATA, REF, recorded_name, with_references

_METHODS = {
    "get": "get",
    "list": "get",
    "create": "post",
    "update": "put",
    "patch": "patch",
    "delete": "delete",
    "deletecollection": "delete",
}


def index(cluster: Cluster) -> Object:
    """`/openapi/v3`."""
    contents: dict[str, list[Object]] = {}
    for resource in cluster.catalog:
        contents.setdefault(_root(resource), []).extend((resource.discovery, resource.structure))
    return {"paths": {root: {"serverRelativeURL": _url(root, content)} for root, content in contents.items()}}


def _url(root: str, content: list[Object]) -> str:
    """Where a document is; it changes with the document."""
    return f"/openapi/v3/{root}?hash={hashlib.sha512(encode(content)).hexdigest().upper()}"


def document(cluster: Cluster, root: str) -> Object | None:
    """The document of one group-version, such as `apis/apps/v1`; None when there is none."""
    resources = [resource for resource in cluster.catalog if _root(resource) == root]
    if not resources:
        return None
    recorded = [METADATA, *filter(None, map(recorded_name, resources))]
    own = {_schema_name(resource): _schema(resource) for resource in resources if not recorded_name(resource)}
    schemas = with_references(recorded) | own
    paths: Object = {}
    for resource in resources:
        paths |= _paths(resource)
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": cluster.version},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _root(resource: Resource) -> str:
    return f"apis/{resource.group}/{resource.version}" if resource.group else f"api/{resource.version}"


def _schema_name(resource: Resource) -> str:
    reversed_group = ".".join(reversed(resource.group.split(".")))
    return recorded_name(resource) or f"{reversed_group}.{resource.version}.{resource.kind}"


def _gvk(resource: Resource) -> Object:
    return {"group": resource.group, "version": resource.version, "kind": resource.kind}


def _schema(resource: Resource) -> Object:
    """The schema of a kind that is not recorded: a custom one, or a metric."""
    text, structure = {"type": "string"}, resource.structure or {"type": "object"}
    head = {"apiVersion": text, "kind": text, "metadata": {"$ref": REF + METADATA}}
    return {**structure, "properties": {**head, **(structure.get("properties") or {})}, GVK: [_gvk(resource)]}


def _paths(resource: Resource) -> Object:
    scope = "/namespaces/{namespace}" if resource.namespaced else ""
    collection = f"/{_root(resource)}{scope}/{resource.plural}"
    paths: Object = {collection: {}, f"{collection}/{{name}}": {}}
    for verb, method in _METHODS.items():
        if verb in resource.verbs:
            path = collection if verb in ("list", "create", "deletecollection") else f"{collection}/{{name}}"
            paths[path][method] = _operation(resource, verb)
    return {path: operations for path, operations in paths.items() if operations}


def _operation(resource: Resource, verb: str) -> Object:
    names = (
        ("dryRun", "fieldManager", "fieldValidation", "force")
        if verb == "patch"
        else ("dryRun", "fieldManager", "fieldValidation")
    )
    options = names if verb in ("create", "update", "patch") else ()
    content = {"application/json": {"schema": {"$ref": REF + _schema_name(resource)}}}
    return {
        "operationId": f"{verb}{resource.kind}",
        "parameters": [
            {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}} for name in options
        ],
        "responses": {"200": {"description": "OK", "content": content}},
        "x-kubernetes-action": verb,
        GVK: _gvk(resource),
    }
