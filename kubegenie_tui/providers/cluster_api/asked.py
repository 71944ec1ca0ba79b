"""The Cluster that is applied for a spec, in the version that the server prefers."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.creation import TAG
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at

if TYPE_CHECKING:
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.cluster_api.cluster_api_spec import ClusterApiSpec, WorkerPool

GROUP = "cluster.x-k8s.io"
MINIMUM = f"{GROUP}/cluster-api-autoscaler-node-group-min-size"
MAXIMUM = f"{GROUP}/cluster-api-autoscaler-node-group-max-size"
PRESENT = "v1beta2"
LARGEST = 1000
"""Nodes of a pool."""
VERSION = re.compile(r"^v?[0-9]+\.[0-9]+\.[0-9]+([-+].+)?$")
_OLD = "v1beta1"
"""The version in which a class is a name, and no reference."""
_TYPES: Mapping[str, tuple[type | tuple[type, ...], str, str]] = {
    "array": (list, "a list", """'{}=["a","b"]'"""),
    "object": (dict, "an object", """'{}={{"a":"b"}}'"""),
    "integer": (int, "a whole number", "{}=3"),
    "number": ((int, float), "a number", "{}=0.5"),
    "boolean": (bool, "true or false", "{}=true"),
}
"""Of JSON schemas, but text: what they are here, in words, and how one is typed."""


def cluster_asked(
    spec: "ClusterApiSpec", kind: "Kind", namespace: str, work: str, types: Mapping[str, str]
) -> Manifest:
    """The object.

    Args:
        spec: what is wanted.
        kind: Cluster, as it is served.
        namespace: where it is described.
        work: whose it is.
        types: of the variables of its class, as JSON schemas name them.
    """
    topology: dict[str, Any] = {
        **({"class": spec.cluster_class} if kind.version == _OLD else {"classRef": {"name": spec.cluster_class}}),
        "version": spec.kubernetes,
        "controlPlane": {"replicas": spec.control_planes},
    }
    if spec.pools:
        topology["workers"] = {"machineDeployments": [_pool(each) for each in spec.pools]}
    if spec.variable_texts:
        values = {name: _value(text, types.get(name, "")) for name, text in spec.variable_texts.items()}
        topology["variables"] = [{"name": name, "value": value} for name, value in values.items()]
    ranges = {"pods": spec.pod_range, "services": spec.service_range}
    network = {name: {"cidrBlocks": [each]} for name, each in ranges.items() if each}
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {"name": spec.name, "namespace": namespace, "labels": {TAG: work}},
        "spec": {**({"clusterNetwork": network} if network else {}), "topology": topology},
    }


def bounds_asked(least: int, most: int) -> dict[str, str]:
    """The annotations of a pool that scales itself: its number of nodes is left to the cluster-autoscaler.

    Source: cluster-autoscaler/cloudprovider/clusterapi, README.
    """
    return {MINIMUM: str(least), MAXIMUM: str(most)}


def variable_types(cluster_class: Manifest) -> dict[str, str]:
    """The types of the variables that a class has, by name."""
    given = mappings_at(cluster_class, "spec.variables")
    own = {text_at(each, "name"): text_at(each, "schema.openAPIV3Schema.type") for each in given}
    for each in mappings_at(cluster_class, "status.variables"):
        for definition in mappings_at(each, "definitions"):
            own.setdefault(text_at(each, "name"), text_at(definition, "schema.openAPIV3Schema.type"))
    return own


def variable_words(cluster_class: Manifest) -> dict[str, str]:
    """`string, required` of each variable that a class has, by name."""
    needed = required_variables(cluster_class)
    types = variable_types(cluster_class)
    return {name: ", ".join(filter(None, (kind, "required" * (name in needed)))) for name, kind in types.items()}


def misfit(name: str, text: str, kind: str) -> str:
    """What is wrong with the text of a variable for this type of a JSON schema, in words; empty when nothing is."""
    python, words, example = _TYPES.get(kind, (object, "", ""))
    value = _value(text, kind)
    is_it = isinstance(value, python) and (kind == "boolean" or not isinstance(value, bool))
    return "" if is_it or not words else f"{name} takes {words}, such as {example.format(name)}"


def required_variables(cluster_class: Manifest) -> set[str]:
    """The variables without which a class makes nothing."""
    return {
        text_at(each, "name") for each in mappings_at(cluster_class, "spec.variables") if each.get("required") is True
    }


def worker_classes(cluster_class: Manifest) -> list[str]:
    """The classes of workers that a class has."""
    return [text_at(each, "class") for each in mappings_at(cluster_class, "spec.workers.machineDeployments")]


def _pool(pool: "WorkerPool") -> Manifest:
    asked: Manifest = {"class": pool.worker_class, "name": pool.name}
    if pool.autoscale:
        return {**asked, "metadata": {"annotations": bounds_asked(pool.minimum, pool.maximum)}}
    return {**asked, "replicas": pool.count}


def _value(text: str, kind: str) -> Any:
    """A text that looks like a number stays one where the class wants text: 1.30 is a version."""
    if kind == "string":
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
