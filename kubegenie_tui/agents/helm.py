"""Helm releases of a cluster: their list from labels alone, what one holds only when it is looked at."""

from typing import Any

import msgspec

from kubegenie_tui.agents.cluster_agent import ClusterAgent
from kubegenie_tui.domain.errors import ServerFailed
from kubegenie_tui.domain.helm import SELECTOR, Release, Revision, read_release, revision_of

_METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


async def read_revisions(agent: ClusterAgent, namespace: str = "") -> list[Revision]:
    """Every revision that helm keeps in a namespace, or in all; no release is fetched for it.

    Raises:
        ClusterError: Secrets may not be listed, or the server cannot be asked.
    """
    path = agent.kinds.resolve("secrets").path(namespace)
    body = await agent.client.get(path, {"labelSelector": SELECTOR}, accept=_METADATA_ONLY)
    try:
        found = msgspec.json.decode(body, type=_Metadatas)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise ServerFailed("The server's answer is not a list", str(error), "try again") from error
    return [revision for item in found.items or () if (revision := revision_of(item.metadata))]


async def fetch_release(agent: ClusterAgent, revision: Revision) -> Release:
    """What a revision holds.

    Raises:
        ClusterError: the Secret may not be read, or is gone.
        KubeGenieError: it holds no release that can be read.
    """
    secret = await agent.get(agent.kinds.resolve("secrets"), revision.secret, revision.namespace)
    return read_release(secret)


class _Metadata(msgspec.Struct):
    metadata: dict[str, Any]


class _Metadatas(msgspec.Struct):
    items: list[_Metadata] | None
    """null where there is none."""
