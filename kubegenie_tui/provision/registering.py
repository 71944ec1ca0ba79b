"""A cluster that was made becomes one of the list, and is reached as its provider says."""

import asyncio
from typing import TYPE_CHECKING

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.creation import Work
from kubegenie_tui.providers.adopting import adopted

if TYPE_CHECKING:
    from kubegenie_tui.provision.makers import Maker
    from kubegenie_tui.store.clusters import Clusters


async def registered(clusters: "Clusters", maker: "Maker", work: Work) -> str:
    """Register the cluster of a work, or what leads to it anew; the URL of its API server.

    Raises:
        KubeGenieError: it cannot be reached, or not be kept.
    """
    name = work.outline.name
    kubeconfig = await maker.ask("kubeconfig", name)
    endpoint, secrets = await asyncio.to_thread(adopted, kubeconfig, f"{maker.name} {name}", trusted=True)
    await clusters.save(Registration(name, endpoint=endpoint, origin=maker.name), secrets)
    return endpoint.server


def is_of(registration: Registration, work: Work) -> bool:
    """Whether it is the one that this work made."""
    endpoint = registration.endpoint
    return registration.name == work.outline.name and endpoint is not None and endpoint.server == work.server
