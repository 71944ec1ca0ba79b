"""A cluster that was made becomes one of the list, and is reached as its provider says."""

import asyncio
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kubegenie_tui.domain.cluster import Registration, owner_of
from kubegenie_tui.domain.creation import Work
from kubegenie_tui.domain.endpoint import VARIABLE
from kubegenie_tui.providers.adopting import adopted

if TYPE_CHECKING:
    from kubegenie_tui.providers.describing import Described
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.store.store import Store


async def registered(store: "Store", maker: "Maker", work: Work) -> str:
    """Register the cluster of a work; the URL of its API server.

    Raises:
        KubeGenieError: nothing leads to it yet, or it cannot be kept.
    """
    name = work.outline.name
    found = await _way_in(maker, name)
    await store.clusters.save(Registration(name, endpoint=found.endpoint, origin=maker.name), found.secrets)
    return found.endpoint.server


async def reached_anew(store: "Store", maker: "Maker", work: Work) -> None:
    """Let the plugin that logs in to the cluster of a work do so as its provider is told now; all else stays.

    Raises:
        KubeGenieError: nothing leads to it, or it cannot be kept.
    """
    for each in await store.clusters.all():
        before = each.endpoint
        if before is None or before.plugin is None or not is_of(each, work):
            continue
        found = await _way_in(maker, each.name)
        left = {field: where for field, where in before.secrets.items() if not field.startswith(VARIABLE)}
        kept = {
            field: await store.safe.reveal(owner_of(each.name), field)
            for field, where in left.items()
            if where.how == "safe"
        }
        now = found.endpoint
        endpoint = replace(before, plugin=now.plugin, secrets={**left, **now.secrets}, saved=now.saved)
        await store.clusters.save(replace(each, endpoint=endpoint), {**kept, **found.secrets})


def is_of(registration: Registration, work: Work) -> bool:
    """Whether it is the one that this work made."""
    endpoint = registration.endpoint
    return registration.name == work.outline.name and endpoint is not None and endpoint.server == work.server


async def _way_in(maker: "Maker", name: str) -> "Described":
    kubeconfig = await maker.ask("kubeconfig", name)
    return await asyncio.to_thread(adopted, kubeconfig, f"{maker.name} {name}", trusted=True)
