"""Objects to wish something of, and the way from an operation's word to its plan."""

import shlex
from collections.abc import Sequence
from typing import Any

import msgspec

from kubegenie_tui.changes.operations.catalogue import operation_named
from kubegenie_tui.changes.operations.operation import Request
from kubegenie_tui.changes.operations.target import Target
from kubegenie_tui.changes.operations.words import read_words
from kubegenie_tui.domain.plan import Plan
from tests.ui.played_cluster import KINDS, PlayedCluster

NOW = 1_764_100_000.0
Object = dict[str, Any]


def target(kind_id: str, name: str, namespace: str = "shop", **manifest: Any) -> Target:
    """An object by its kind, with `spec`, `status` and what else it has."""
    kind = KINDS.resolve(kind_id)
    namespace = namespace if kind.namespaced else ""
    metadata = {"name": name, "namespace": namespace, "uid": f"uid-{name}"} | manifest.pop("metadata", {})
    whole = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **manifest}
    return Target(kind, name, namespace, "prod-eu", whole)


def without_subresource(found: Target, subresource: str) -> Target:
    """As an older server has it."""
    kind = msgspec.structs.replace(found.kind, subresources=found.kind.subresources - {subresource})
    return msgspec.structs.replace(found, kind=kind)


def workload(kind_id: str = "deployments", name: str = "web", **spec: Any) -> Target:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {
            "containers": [
                {
                    "name": "app",
                    "image": "web:1",
                    "resources": {"requests": {"cpu": "100m"}},
                    "ports": [{"containerPort": 80}],
                },
                {"name": "proxy", "image": "envoy:1"},
            ],
            "initContainers": [{"name": "migrate", "image": "migrate:1"}],
        },
    }
    return target(
        kind_id,
        name,
        spec={"replicas": 3, "selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    )


def pod(name: str = "web-1", namespace: str = "shop", owner: str = "ReplicaSet", **more: Any) -> Target:
    owners = [{"kind": owner, "name": "web", "uid": "uid-web", "controller": True}] if owner else []
    metadata = {"labels": {"app": "web"}, "ownerReferences": owners} | more.pop("metadata", {})
    spec = {"containers": [{"name": "app", "image": "web:1"}]} | more.pop("spec", {})
    return target("pods", name, namespace, metadata=metadata, spec=spec, status={"phase": "Running", **more})


async def plan_of(line: str, targets: Sequence[Target], cluster: PlayedCluster | None = None) -> Plan:
    """What is planned when `line` is typed with these chosen."""
    word, *words = shlex.split(line)
    operation, cluster = operation_named(word), cluster or PlayedCluster()
    operation.require(targets[0].kind, len(targets))
    fields = await operation.fields(cluster, targets)
    answers, missing = read_words(operation, fields, words)
    assert not missing, missing
    return await operation.build(Request(cluster, targets, NOW, "ab12", answers))
