"""What the server serves: the aggregated documents with ETags, the classic ones, and `/version`."""

import hashlib
from collections.abc import Iterable
from itertools import groupby

from kubegenie_tui.demo.api.representing import encode
from kubegenie_tui.demo.state.catalog import Resource
from kubegenie_tui.demo.state.cluster import Cluster
from kubegenie_tui.demo.state.objects import Object

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


def wants_aggregated(accept: str) -> bool:
    """Whether a client understands the aggregated documents."""
    return any("g=apidiscovery.k8s.io" in option and "v=v2;" in f"{option};" for option in accept.split(","))


def aggregated(cluster: Cluster, *, core: bool) -> tuple[bytes, str]:
    """The document at `/api` or `/apis`, and its ETag."""
    groups = [
        {
            "metadata": {"name": name, "creationTimestamp": None} if name else {"creationTimestamp": None},
            "versions": versions,
        }
        for name, versions in _groups(cluster, core=core)
    ]
    body = encode(
        {"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": groups}
    )
    return body, f'"{hashlib.sha512(body).hexdigest().upper()}"'


def _groups(cluster: Cluster, *, core: bool) -> list[tuple[str, list[Object]]]:
    chosen = [resource for resource in cluster.catalog if (resource.group == "") is core]
    return [
        (group, [_version(version, list(each)) for version, each in groupby(resources, lambda found: found.version)])
        for group, resources in groupby(chosen, lambda found: found.group)
    ]


def _version(version: str, resources: list[Resource]) -> Object:
    return {"version": version, "resources": [resource.discovery for resource in resources], "freshness": "Current"}


def core_versions(host: str) -> Object:
    """The classic `/api`."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}],
    }


def group_list(cluster: Cluster) -> Object:
    """The classic `/apis`."""
    names = dict.fromkeys(resource.group for resource in cluster.catalog if resource.group)
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(cluster, name) for name in names]}


def group(cluster: Cluster, name: str) -> Object | None:
    """The classic `/apis/GROUP`."""
    found = _group(cluster, name)
    return {"kind": "APIGroup", "apiVersion": "v1", **found} if found["versions"] else None


def _group(cluster: Cluster, name: str) -> Object:
    versions = dict.fromkeys(resource.version for resource in cluster.catalog if resource.group == name)
    entries = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": entries, "preferredVersion": entries[0] if entries else {}}


def resource_list(cluster: Cluster, group_name: str, version: str) -> Object | None:
    """The classic `/api/v1` and `/apis/GROUP/VERSION`."""
    found = [each for each in cluster.catalog if each.group == group_name and each.version == version]
    if not found:
        return None
    return {
        "kind": "APIResourceList",
        **({"apiVersion": "v1"} if group_name else {}),
        "groupVersion": found[0].api_version,
        "resources": [entry for resource in found for entry in _entries(resource)],
    }


def _entries(resource: Resource) -> Iterable[Object]:
    entry = resource.discovery
    yield {
        "name": resource.plural,
        "singularName": entry["singularResource"],
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
        **{key: entry[key] for key in ("shortNames", "categories") if key in entry},
    }
    for sub in entry.get("subresources", ()):
        kind = sub["responseKind"]
        foreign = {"group": kind["group"], "version": kind["version"]} if kind.get("version") else {}
        yield {
            "name": f"{resource.plural}/{sub['subresource']}",
            "singularName": "",
            "namespaced": resource.namespaced,
            **foreign,
            "kind": kind["kind"],
            "verbs": sub["verbs"],
        }


def version(cluster: Cluster) -> Object:
    """`/version`."""
    major, minor, _ = cluster.version.removeprefix("v").split(".", 2)
    return {
        "major": major,
        "minor": minor,
        "gitVersion": cluster.version,
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z",
        "goVersion": "go1.26.8",
        "compiler": "gc",
        "platform": "linux/amd64",
    }


def classic(cluster: Cluster, parts: list[str], host: str) -> Object | None:
    """The classic document at a path such as `/apis/apps/v1`; None when there is none."""
    match parts:
        case ["api"]:
            return core_versions(host)
        case ["apis"]:
            return group_list(cluster)
        case ["api", wanted]:
            return resource_list(cluster, "", wanted)
        case ["apis", name]:
            return group(cluster, name)
        case ["apis", name, wanted]:
            return resource_list(cluster, name, wanted)
    return None
