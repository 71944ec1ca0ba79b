"""Helm releases and their revisions as table rows."""

from collections.abc import Mapping

from kubegenie_tui.domain.helm import Release, Revision
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.row import Column, Measure, Row

RELEASES = Kind("", "v1", "releases", "Release")
"""Not a kind of the server: what the table of releases calls its rows."""
REVISIONS = Kind("", "v1", "revisions", "Revision", namespaced=False)
"""What it calls them when they are those of one release."""
COLUMNS = (
    Column("REVISION", Measure.NUMBER, priority=0),
    Column("STATUS", Measure.STATUS, priority=0, width=12),
    Column("CHART", priority=0, width=20),
    Column("APP", priority=1),
    Column("DESCRIPTION", priority=2, width=20),
)


def revision_row(revision: Revision, releases: Mapping[str, Release]) -> Row:
    """One revision; what only its release tells is shown once that has been read."""
    release = releases.get(revision.uid)
    cells = (
        revision.number,
        revision.status,
        release.chart if release else None,
        release.app_version or None if release else None,
        release.description or None if release else None,
    )
    version = f"{revision.status} {release is not None}"
    return Row(revision.uid, revision.namespace, revision.name, revision.modified, version, cells, revision.health)
