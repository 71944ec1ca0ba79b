"""The clusters that a Crossplane composes: composites and v1 claims with the cluster of a cloud among their parts."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import Forbidden
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.tracing import Traced
from kubegenie_tui.providers.api import FoundCluster
from kubegenie_tui.providers.crossplane.preconditions import EXTENSIONS
from kubegenie_tui.providers.crossplane.state import brief
from kubegenie_tui.providers.managing import SECRETS

if TYPE_CHECKING:
    from kubegenie_tui.providers.managing import Server

_AT_ONCE = 4
"""Composites that are looked at at the same time."""
_CLUSTERS = (("eks.aws", "Cluster"), ("container.gcp", "Cluster"), ("containerservice.azure", "KubernetesCluster"))
"""How the groups begin, of both scopes of the providers, and the kinds."""


async def composed_clusters(server: "Server", name: str = "") -> list[tuple[Manifest, Traced]]:
    """Each with all that it is made of; a composite that belongs to a claim is told of as the claim.

    Args:
        server: of the managing cluster.
        name: of those that are looked at; all without it.
    """
    turn = asyncio.Semaphore(_AT_ONCE)

    async def whole(root: Manifest) -> tuple[Manifest, Traced]:
        async with turn:
            return root, await server.trace(root, anew=False)

    roots = [each for each in await _roots(server) if name in ("", text_at(each, "metadata.name"))]
    found = await asyncio.gather(*map(whole, roots))
    return [(root, traced) for root, traced in found if any(_is_cluster(each) for _, each in traced.all())]


async def _roots(server: "Server") -> list[Manifest]:
    """The composites and claims of the namespace, whatever they are made of."""
    definitions = await server.kind(EXTENSIONS, "CompositeResourceDefinition")
    found: list[Manifest] = []
    for definition in await server.list(definitions) if definitions else []:
        called = text_at(definition, "spec.claimNames.kind") or text_at(definition, "spec.names.kind")
        kind = await server.kind(text_at(definition, "spec.group"), called)
        if kind is not None:
            head = {"apiVersion": kind.api_version, "kind": kind.kind}
            found += [{**head, **each} for each in await server.list(kind)]
    return found


def found_cluster(root: Manifest, whole: Traced) -> FoundCluster:
    """A composite or a claim as what was found."""
    parameters = mapping_at(root, "spec.parameters") or mapping_at(root, "spec")
    name, region = text_at(root, "metadata.name"), text_at(parameters, "region")
    return FoundCluster(name, region=region, version=text_at(parameters, "version"), state=brief(whole))


async def secret_of(server: "Server", cluster: str) -> Manifest | None:
    """The Secret with its kubeconfig: ours has a name of its own, and a claim names its own."""
    found = await server.get(SECRETS, f"{cluster}-kubeconfig")
    if found is not None:
        return found
    named = await composed_clusters(server, cluster)
    name = next((text_at(root, "spec.writeConnectionSecretToRef.name") for root, _ in named), "")
    return await server.get(SECRETS, name) if name else None


def _is_cluster(found: Traced) -> bool:
    return any(found.part.group.startswith(group) and found.part.kind == kind for group, kind in _CLUSTERS)


async def cluster_of_google(server: "Server", cluster: str) -> Manifest | None:
    """The cluster of Google's that one is made of, as far as it may be read; None when it is of another cloud."""
    wholes = await composed_clusters(server, cluster)
    parts = (each.part for _, whole in wholes for _, each in whole.all() if _is_cluster(each))
    part = next((each for each in parts if each.cloud == "gcp"), None)
    if part is None:
        return None
    kind = await server.kind(part.group, part.kind)
    try:
        found = await server.get(kind, part.name, part.namespace) if kind else None
    except Forbidden:
        found = None
    return found or {}
