"""What the header says of a cluster: where we are at the left, what needs attention at the right."""

from typing import TYPE_CHECKING

from textual.content import Content

from kubegenie_tui.domain.cluster import ClusterStatus
from kubegenie_tui.domain.text import plain
from kubegenie_tui.theme import HEALTH_VARIABLE, cluster_ink

if TYPE_CHECKING:
    from kubegenie_tui.services import Services

ROOM_FOR_ALL = 100
"""Cells below which the header leaves out what can be seen elsewhere."""
Part = Content | str | tuple[str, str]


def header_parts(services: "Services", cluster: str, namespace: str, width: int) -> tuple[Content, Content]:
    """The left and the right text of a header of so many cells."""
    status = next((known for known in services.manager.statuses if known.name == cluster), None)
    left: list[Part] = [("KubeGenie", "bold"), "  "]
    if status is None:
        left.append((plain(cluster), f"bold {cluster_ink('')}"))
    else:
        left += [*cluster_name(status), *cluster_words(status, counts=width >= ROOM_FOR_ALL)]
    left += [("  │ ", "$rule"), plain(namespace) or "all namespaces"]
    right: list[Content] = []
    if status is not None and status.problems:
        right.append(Content.styled(f"▲ {status.problems} problem{'s' if status.problems > 1 else ''}", "$warning"))
    if running := services.forwarding:
        right.append(Content.styled(f"⇄ {running} forward{'s' if running > 1 else ''}", "$accent"))
    if width >= ROOM_FOR_ALL:
        right.append(Content.styled(f"genie {plain(services.engine(cluster))}", "$muted"))
    return Content.assemble(*left), Content("  ").join(right)


def cluster_name(status: ClusterStatus) -> list[Part]:
    """Its name, and what one has to know before anything is done there: who answers, and how it is guarded."""
    name: list[Part] = [(plain(status.name), f"bold {cluster_ink(status.traits.colour)}")]
    return [*name, *([(" unverified", "$error")] if status.unverified else []), *_care(status)]


def _care(status: ClusterStatus) -> list[Part]:
    """Whether changes are refused there, or need more care."""
    if status.read_only:
        return [(" read-only", "$warning")]
    return [(" protected", "$warning")] if status.protected else []


def cluster_words(status: ClusterStatus, *, counts: bool = True) -> list[Part]:
    """How a cluster is, in a few words and a glyph."""
    health = status.reach.health
    parts: list[Part] = [" ", (health.glyph, HEALTH_VARIABLE[health]), f" {plain(status.version)}"]
    if counts and status.nodes is not None:
        parts.append(f"  {status.nodes} nodes")
    if counts and status.pods is not None:
        parts.append(f"  {status.pods:,} pods")
    if status.error is not None:
        parts.append((f"  {plain(status.error.what)}", "$error"))
    return parts
