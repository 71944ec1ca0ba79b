"""What the server would say to all that a cluster would be composed of: asked of it before anything is made."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import ClusterError, Forbidden, OverQuota, SpecRefused
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.providers.crossplane.asked import DIGEST
from kubegenie_tui.providers.crossplane.rendering import NAME, Rendered, render, writes_kubeconfig

if TYPE_CHECKING:
    from kubegenie_tui.domain.kind import Kind
    from kubegenie_tui.providers.managing import Server


async def trial(server: "Server", composition: Manifest, cluster: Manifest) -> list[str]:
    """What would be refused of what Crossplane would compose, and what cannot be told beforehand.

    Raises:
        SpecRefused: nothing could be composed, or its nodes would not be spot ones though that is asked for.
        ClusterError: the Composition or the cluster itself would be refused.
    """
    there = await _tried(server, composition)
    words = [_differs(there)] if there and _digest(there) != _digest(composition) else []
    await _tried(server, cluster)
    rendered = render(there or composition, cluster)
    if rendered.refused:
        raise SpecRefused("Nothing would be composed", rendered.refused[0], "mend the Composition", field="composition")
    _require_spot(there or composition, cluster, rendered)
    words += filter(None, await asyncio.gather(*(_refusal(server, each) for each in rendered.resources)))
    return [*dict.fromkeys(words), *_untold(rendered, text_at(cluster, "metadata.name"))]


async def _tried(server: "Server", asked: Manifest) -> Manifest | None:
    """What has the name already; otherwise it is tried, where its kind is served and we may."""
    kind = await _kind(server, asked)
    if kind is None:
        return None
    there = await server.get(kind, text_at(asked, "metadata.name"))
    if there is None:
        await server.try_create(kind, asked)
    return there


async def _refusal(server: "Server", asked: Manifest) -> str:
    """Why the server would refuse a part; empty when it would not, or does not serve its kind yet."""
    kind = await _kind(server, asked)
    if kind is None:
        return ""
    try:
        await server.try_create(kind, asked)
    except ClusterError as error:
        if isinstance(error, Forbidden) and not isinstance(error, OverQuota):
            return f"{kind.id} were not tried: you may not create them, and need not"
        name = mapping_at(asked, "metadata.annotations").get(NAME)
        return f"{name} ({kind.kind}) would be refused: {error.why or error.what}"
    return ""


async def _kind(server: "Server", asked: Manifest) -> "Kind | None":
    return await server.kind(text_at(asked, "apiVersion").rpartition("/")[0], text_at(asked, "kind"))


def _require_spot(composition: Manifest, cluster: Manifest, rendered: Rendered) -> None:
    """That is known when the cluster is asked for, and not to be changed: a Composition may be an older one of ours."""
    spec, parameters = mapping_at(cluster, "spec"), mapping_at(cluster, "spec.parameters")
    if not parameters.get("spot") or rendered.unknown:
        return
    demanded = {**cluster, "spec": {**spec, "parameters": {**parameters, "spot": False}}}
    if render(composition, demanded).resources == rendered.resources:
        what = f"Composition {text_at(composition, 'metadata.name')} makes nothing of spec.parameters.spot"
        raise SpecRefused(what, "its nodes would not be spot ones", "patch it into what it composes", field="spot")


def _digest(found: Manifest) -> str:
    return str(mapping_at(found, "metadata.annotations").get(DIGEST, ""))


def _differs(there: Manifest) -> str:
    return (
        f"Composition {text_at(there, 'metadata.name')} is there already, and not as in your file: it is used as it is"
    )


def _untold(rendered: Rendered, cluster: str) -> Iterator[str]:
    if rendered.unknown:
        more = f" and {len(rendered.unknown) - 1} more" if len(rendered.unknown) > 1 else ""
        yield f"only Crossplane can tell: {rendered.unknown[0]}{more}"
    if not writes_kubeconfig(rendered, cluster):
        yield f"nothing writes the Secret {cluster}-kubeconfig: the cluster cannot be registered"
