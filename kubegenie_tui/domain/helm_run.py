"""What helm is to do for a plan: all that it needs, so that what a person saw is what is carried out."""

from typing import Any, Literal

import msgspec


class Chart(msgspec.Struct, frozen=True):
    """Where a chart comes from, in helm's own words."""

    name: str
    """A directory or an archive here, `repository/chart`, a URL, or `oci://...`."""
    version: str = ""
    """Empty for the newest."""
    repo: str = ""
    """URL of its repository; empty when the name says it."""


class HelmRun(msgspec.Struct, frozen=True):
    """One installation or upgrade of a release."""

    verb: Literal["install", "upgrade"]
    release: str
    namespace: str
    archive: bytes
    """The chart itself, packed: no other than the one that was rendered."""
    values: dict[str, Any]
    """What the person sets, and all of it: nothing is taken over from an earlier revision."""
    context: str
    """Name of the kubeconfig's context."""
    kubeconfig: str
    """Its files, as `KUBECONFIG` has them."""
    revision: int = 0
    """The revision that it makes; 0 until it is rendered."""
    manifest: str = ""
    """What was rendered, and shown."""
    takes_over: bool = False
    """Whether it takes fields from those who own them; only for a release that is made by server-side apply."""

    def __repr__(self) -> str:
        return f"HelmRun({self.verb} {self.namespace}/{self.release})"  # values may hold passwords


class Hook(msgspec.Struct, frozen=True):
    """An object that helm makes for a while, at certain events."""

    name: str
    kind: str
    manifest: str
    events: tuple[str, ...] = ()
    """`pre-install`, `post-upgrade`, `test` ..."""
    weight: int = 0
    """Those of less weight come first."""


class Rendered(msgspec.Struct, frozen=True):
    """What helm would make of a release."""

    revision: int
    chart: str
    """`nginx-1.2.3`."""
    manifest: str
    hooks: tuple[Hook, ...] = ()
    definitions: str = ""
    """YAML of the definitions of kinds that come with the chart; helm makes those that are not there, at an install."""
    by_server: bool = False
    """Whether helm changes objects by server-side apply, which stops where somebody else owns a field."""
