"""What a person asked for on the command line before the app opened."""

from pathlib import Path

import msgspec

from kubegenie_tui.domain.acting import name_as


class StartOptions(msgspec.Struct, frozen=True):
    """How to start full screen."""

    context: str = ""
    """Cluster to open; empty for the current context."""
    namespace: str | None = None
    """Namespace to start in, empty for all; None for where the person was."""
    command: str = ""
    """What `:` would run first."""
    user: str = ""
    """Whom to act as there; empty for ourselves."""
    groups: tuple[str, ...] = ()
    """Those to act with."""
    fleet: bool = False
    """Whether that is to be shown for all clusters in one table."""
    kubeconfig: Path | None = None
    """Instead of KUBECONFIG and ~/.kube/config."""
    read_only: bool = False
    demo: bool = False
    """Whether the clusters are simulated; said on screen at all times."""

    @property
    def fleet_line(self) -> str:
        """What `:` would run to show that for all clusters."""
        kind, _, rest = self.command.partition(" ")
        scope = {None: "", "": "-A"}.get(self.namespace, f"-n {self.namespace}")
        return " ".join(word for word in ("fleet", kind or "pods", scope, rest) if word)

    @property
    def is_asked_for(self) -> bool:
        """Whether anything was asked for, so that the tabs of the last time stay as they are."""
        return self.fleet or self.is_specific

    @property
    def is_specific(self) -> bool:
        """Whether one cluster was asked for, so that the list of clusters need not be shown first."""
        return bool(self.context or self.user or self.command or self.namespace is not None)

    def cluster(self, current: str) -> str:
        """The name of the cluster asked for, as whom it was asked; this one when none was named.

        Raises:
            UsageError: nobody can be acted as by these names.
        """
        name = self.context or current
        return name_as(name, self.user, self.groups) if self.user or self.groups else name
