"""What providers are made of: this module is all of KubeGenie that one may rely on.

A provider is a class, named as an entry point of the group `kubegenie.providers`. It is made with its configuration, an
instance of the pydantic model that its manifest names, or None when it names none. For each capability of the manifest
it has the method of the protocol below; to inherit from that lets a type checker compare the two.
"""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

import msgspec

from kubegenie_tui.domain.errors import KubeGenieError

__all__ = ["API", "FoundCluster", "KubeGenieError", "Lists", "Registers", "progress", "trouble"]

API = 1
"""The version of what is here: another one means that what was written for this one may not work."""


Listener = Callable[[str | KubeGenieError], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


class FoundCluster(msgspec.Struct, frozen=True):
    """A cluster that a provider knows of."""

    name: str
    """Unique among those of the provider."""
    server: str = ""
    """URL of the API server; empty when it has none yet."""
    region: str = ""
    version: str = ""
    """Of Kubernetes: `v1.37.2`; empty when unknown."""
    state: str = ""
    """In the provider's own words; empty when there is nothing to say."""


class Lists(Protocol):
    """Capability `list`. Where to look, such as a region, a project or a subscription, is for the configuration."""

    @abstractmethod
    async def list_clusters(self) -> list[FoundCluster]:
        """Every cluster that the configuration leads to; how far that is, `progress` and `trouble` tell.

        It is cancelled when the person gives up, as a coroutine is: what it has begun has to end with it.

        Raises:
            KubeGenieError: they cannot be listed, and why.
        """


class Registers(Protocol):
    """Capability `register`."""

    @abstractmethod
    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig with one context, of the cluster's name, that leads to it.

        Raises:
            KubeGenieError: there is no such cluster, or it cannot be reached yet.
        """


def progress(words: str) -> None:
    """Tell the person who waits what is done now: `eu-west-1, 3 clusters so far`."""
    if (listener := _listener.get()) is not None:
        listener(words)


def trouble(error: KubeGenieError) -> None:
    """Tell that a part, such as one region of many, could not be looked at; the rest is shown all the same."""
    if (listener := _listener.get()) is not None:
        listener(error)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Until the block ends, `listener` hears what providers tell in it; for KubeGenie, not for providers."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
