"""Helm releases of a cluster: their list from labels alone, what one holds only when it is looked at."""

from kubegenie_tui.domain.cluster_reader import ObjectSource
from kubegenie_tui.domain.helm import SELECTOR, Release, Revision, read_release, revision_of
from kubegenie_tui.domain.manifest import mapping_at


async def read_revisions(source: ObjectSource, namespace: str = "") -> list[Revision]:
    """Every revision that helm keeps in a namespace, or in all; no release is fetched for it.

    Raises:
        ClusterError: Secrets may not be listed, or the server cannot be asked.
    """
    kind = source.kinds.resolve("secrets")
    found = await source.list_objects(kind, namespace, label_selector=SELECTOR, limit=0, metadata_only=True)
    return [revision for item in found.items if (revision := revision_of(mapping_at(item, "metadata")))]


async def fetch_release(source: ObjectSource, revision: Revision) -> Release:
    """What a revision holds.

    Raises:
        ClusterError: the Secret may not be read, or is gone.
        KubeGenieError: it holds no release that can be read.
    """
    secret = await source.get(source.kinds.resolve("secrets"), revision.secret, revision.namespace)
    return read_release(secret)
