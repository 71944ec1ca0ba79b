"""What pods and nodes use, asked for now and then while somebody looks at them."""

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.agents.kinds import Kinds
from kubegenie_tui.agents.leases import Scope
from kubegenie_tui.agents.pause import pause
from kubegenie_tui.domain.errors import Forbidden, KubeGenieError
from kubegenie_tui.kube.clock import Clock

if TYPE_CHECKING:
    from kubegenie_tui.agents.watches import Watches
    from kubegenie_tui.kube.client import Client

USAGE_SECONDS = 15.0
"""As often as the metrics server itself measures."""
AFTER_ROWS = 1.0
"""Seconds from the first rows to the first question: rows of other clusters need the time more."""
FORGET_SECONDS = 60.0
"""After this long without an answer the figures tell nothing any more."""
MEASURED = ("pods", "nodes")


class UsagePoller:
    """Millicores and bytes, by `namespace/name` for pods and by name for nodes."""

    def __init__(
        self,
        client: "Callable[[], Client]",
        kinds: Kinds,
        duties: Duties,
        watches: "Watches",
        clock: Clock,
    ) -> None:
        """A poller that has asked nothing yet.

        Args:
            client: of the moment.
            kinds: what the cluster serves.
            duties: where it runs.
            watches: what somebody looks at; its rows are first.
            clock: time.
        """
        self._client = client
        self._kinds = kinds
        self._duties = duties
        self._watches = watches
        self._clock = clock
        self._measured_at = 0.0
        self._measured: set[Scope] = set()
        self._called = asyncio.Event()
        self._wanted: list[Scope] = []
        self.current: dict[str, tuple[int, int]] = {}
        """Another dict after each measurement."""
        self.heard_by: list[Callable[[Mapping[str, tuple[int, int]]], None]] = []
        """Called with what all pods use whenever they were measured."""

    async def run(self) -> None:
        """Ask every 15 seconds until nobody holds pods or nodes, or wants to know of them."""
        await self._kinds.told.wait()
        await self._rows_of(self._scopes())
        await self._clock.sleep(AFTER_ROWS)
        while scopes := self._scopes():
            await self._rows_of(scopes - self._measured)
            try:
                await self._measure(scopes)
            except KubeGenieError:
                if self._clock.monotonic() - self._measured_at > FORGET_SECONDS:
                    self.current = {}
            self._measured = scopes
            await pause(self._clock, USAGE_SECONDS, self._called)
        self._measured = set()

    def want_pods(self) -> Callable[[], None]:
        """Know what all pods use, without their rows, until the returned function is called."""
        pods = Scope("pods")
        self._wanted.append(pods)
        self.ask()
        return lambda: self._wanted.remove(pods)

    def ask(self) -> None:
        """Somebody looks at more: it is measured from now on, and what was not yet need not wait for its turn."""
        self._duties.start("usage", self.run)
        if self._scopes() - self._measured:
            self._called.set()

    async def _rows_of(self, scopes: set[Scope]) -> None:
        for scope in scopes:
            await self._watches.loaded(scope)

    async def _measure(self, scopes: set[Scope]) -> None:
        from kubegenie_tui.kube.objects import usage

        measured: dict[str, tuple[int, int]] = {}
        if any(kind.group == "metrics.k8s.io" for kind in self._kinds.index):
            refused: Forbidden | None = None
            for scope in scopes:
                try:
                    found = await usage(self._client(), scope.kind_id, scope.namespace)
                except Forbidden as error:  # what nodes use may be told to whom pods are not
                    refused = error
                    continue
                measured |= found
                if scope == Scope("pods"):
                    for hear in self.heard_by:
                        hear(found)
            if refused is not None and not measured:
                raise refused
        self.current, self._measured_at = measured, self._clock.monotonic()

    def _scopes(self) -> set[Scope]:
        """What to ask for: all namespaces make single ones needless."""
        held = {Scope(scope.kind_id, scope.namespace) for scope in self._watches.held if scope.kind_id in MEASURED}
        held |= set(self._wanted)
        return {scope for scope in held if not scope.namespace or Scope(scope.kind_id) not in held}
