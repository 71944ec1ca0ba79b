"""Whether a namespace is there: nothing that is found in one that is not there means anything."""

from kubegenie_tui.domain.cluster_reader import ClusterReader
from kubegenie_tui.domain.errors import Forbidden, NotFound
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.nearness import near_names, nearest


async def require_namespace(reader: ClusterReader, name: str, advice: str) -> None:
    """Raise when there is no such namespace; who may not ask is believed.

    Args:
        reader: the cluster.
        name: of the namespace.
        advice: what to do next where no name is near.

    Raises:
        NotFound: there is none; near names are offered.
        ClusterError: the cluster does not tell.
    """
    kind = reader.kinds.get("namespaces")
    if kind is None:
        return
    try:
        await reader.get(kind, name)
    except Forbidden:
        return
    except NotFound as error:
        near = await _near(reader, kind, name)
        next_step = f"did you mean {', '.join(near)}?" if near else advice
        raise NotFound(f'There is no namespace "{name}" in {reader.name}', next_step=next_step) from error


async def _near(reader: ClusterReader, kind: Kind, name: str) -> list[str]:
    """Names that may have been meant, the nearest first; none where they may not be listed."""
    try:
        found = await reader.list_objects(kind, limit=0, metadata_only=True)
    except Forbidden:
        return []
    known = [str(item["metadata"]["name"]) for item in found.items]
    meant = [nearest(name, known, tolerance=0.34), *near_names(name, known)]
    return [each for each in dict.fromkeys(meant) if each]
