"""What a cluster made by itself, as it tells: where no cloud is asked, nobody else knows what would outlive it."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from kubegenie_tui.domain.creation import Leftover
from kubegenie_tui.domain.errors import KubeGenieError, TimedOut
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.objects import list_objects
from kubegenie_tui.providers.adopting import the_context
from kubegenie_tui.providers.api import Registers

SECONDS = 20.0
"""A cluster that has not answered after this long is removed all the same."""
SERVICES = Kind("", "v1", "services", "Service")
VOLUMES = Kind("", "v1", "persistentvolumes", "PersistentVolume", namespaced=False)
_OF_NODES = frozenset({"hostPath", "local"})
"""Volumes that go with their node."""


async def left_inside(provider: Registers, cluster: str) -> list[Leftover]:
    """Load balancers and volumes of a cluster. That they cannot be looked at is one of them, by that name."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _told(await provider.kubeconfig(cluster), cluster)
    except TimeoutError:
        error: KubeGenieError = TimedOut(f"{cluster} did not answer in {SECONDS:.0f} s")
    except KubeGenieError as refused:
        error = refused
    return [Leftover("load balancers and volumes", f"could not be looked up: {error}")]


async def _told(kubeconfig: Mapping[str, Any], cluster: str) -> list[Leftover]:
    client = Client(await asyncio.to_thread(the_context, msgspec.json.encode(kubeconfig).decode(), cluster))
    try:
        services = (await list_objects(client, SERVICES, "", limit=0)).items
        volumes = (await list_objects(client, VOLUMES, "", limit=0)).items
    finally:
        await client.close()
    return [*_balancers(services), *_volumes(volumes)]


def _balancers(services: list[Manifest]) -> Iterator[Leftover]:
    for each in services:
        given = mappings_at(each, "status.loadBalancer.ingress")
        if text_at(each, "spec.type") == "LoadBalancer" and given:
            address = text_at(given[0], "hostname") or text_at(given[0], "ip")
            name = f"{text_at(each, 'metadata.namespace')}/{text_at(each, 'metadata.name')}"
            yield Leftover("load balancer", plain(f"{address}, of the Service {name}"))


def _volumes(volumes: list[Manifest]) -> Iterator[Leftover]:
    for each in volumes:
        if not _OF_NODES & mapping_at(each, "spec").keys():
            claim = f"{text_at(each, 'spec.claimRef.namespace')}/{text_at(each, 'spec.claimRef.name')}"
            of = f", of the claim {claim}" if claim != "/" else ""
            size = text_at(each, "spec.capacity.storage")
            yield Leftover("volume", plain(f"{text_at(each, 'metadata.name')}, {size}{of}"))
