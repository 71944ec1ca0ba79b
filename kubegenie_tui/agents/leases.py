"""Sharing what runs: whoever needs it holds a lease, and some time after the last lease it is stopped."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, Protocol, TypeVar

from kubegenie_tui.agents.duties import Duties
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.kube.clock import Clock


class Runner(Protocol):
    """Something that works until it is cancelled, and may be run again after that."""

    async def run(self) -> None:
        """Work."""
        ...


R = TypeVar("R", bound=Runner)
IDLE_SECONDS = 300.0


class Scope(NamedTuple):
    """One kind in one namespace, or in all."""

    kind_id: str
    namespace: str = ""
    version: str = "v1"

    @classmethod
    def of(cls, kind: Kind, namespace: str) -> "Scope":
        """The scope of a kind; a cluster's own kinds have no namespace."""
        return cls(kind.id, namespace if kind.namespaced else "", kind.version)

    def __str__(self) -> str:
        return f"{self.kind_id} in {self.namespace}" if self.namespace else self.kind_id


class _Shared(Generic[R]):
    def __init__(self, runner: R) -> None:
        self.runner = runner
        self.holders = 0
        self.stop: asyncio.Task[None] | None = None


class LeasePool(Generic[R]):
    """Runners by scope, each running once however many hold it."""

    def __init__(
        self,
        name: str,
        duties: Duties,
        needed: Callable[[Scope], bool],
        *,
        idle_seconds: float = IDLE_SECONDS,
        clock: Clock | None = None,
    ) -> None:
        self._name = name
        self._duties = duties
        self._needed = needed
        self._idle_seconds = idle_seconds
        self._clock = clock or Clock()
        self._shared: dict[Scope, _Shared[R]] = {}

    def __iter__(self) -> Iterator[tuple[Scope, R]]:
        return ((scope, shared.runner) for scope, shared in self._shared.items())

    def get(self, scope: Scope) -> R | None:
        """The runner that runs under this scope."""
        shared = self._shared.get(scope)
        return shared.runner if shared else None

    @property
    def held(self) -> set[Scope]:
        """Keys that somebody holds."""
        return {scope for scope, shared in self._shared.items() if shared.holders}

    def take(self, scope: Scope, make: Callable[[], R]) -> R:
        """The runner under this scope, made and started if need be. `give_back` it once."""
        shared = self._shared.get(scope)
        if shared is None:
            shared = self._shared[scope] = _Shared(make())
            self._duties.start(self._duty(scope), shared.runner.run)
        shared.holders += 1
        if shared.stop is not None:
            shared.stop.cancel()
            shared.stop = None
        return shared.runner

    def give_back(self, scope: Scope) -> None:
        """Let go of it; when nobody else holds it, it is stopped after the idle time."""
        shared = self._shared.get(scope)
        if shared is None:
            return
        shared.holders -= 1
        if not shared.holders:
            shared.stop = asyncio.create_task(self._stop_when_idle(scope, shared), name=f"idle {self._duty(scope)}")

    def clear(self) -> None:
        """Stop everything at once, whoever holds it."""
        for scope in list(self._shared):
            self._stop(scope)

    async def _stop_when_idle(self, scope: Scope, shared: _Shared[R]) -> None:
        await self._clock.sleep(self._idle_seconds)
        while self._needed(scope):
            await self._clock.sleep(self._idle_seconds)
        shared.stop = None
        self._stop(scope)

    def _stop(self, scope: Scope) -> None:
        shared = self._shared.pop(scope)
        if shared.stop is not None:
            shared.stop.cancel()
        self._duties.stop(self._duty(scope))

    def _duty(self, scope: Scope) -> str:
        return f"{self._name} {scope}"
