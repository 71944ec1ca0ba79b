"""A cluster's client of the moment: when the kubeconfig changes, so does the client, and streams go on."""

import asyncio
import importlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.transport import Body

if TYPE_CHECKING:
    from kubegenie_tui.kube.client import Client


class Door:
    """Opens on the first use: aiohttp is imported then, and not before."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._client: Client | None = None

    @property
    def context(self) -> Context:
        """How the cluster is reached now."""
        return self._context

    @property
    def client(self) -> "Client":
        """The client; the door must be open."""
        assert self._client is not None, "open() first"
        return self._client

    async def open(self) -> "Client":
        """The client, made if need be. Nothing is sent yet."""
        if self._client is None:
            for module in ("client", "watch.reflector"):
                await asyncio.to_thread(importlib.import_module, f"kubegenie_tui.kube.{module}")
        if self._client is None:
            self._renew()
        return self.client

    def change(self, context: Context) -> "Client | None":
        """Another way to the same cluster, which new requests take; the client of the old one, to be closed."""
        before, self._context = self._context, context
        if self._client is None or before.leads_as(context):
            return None
        old = self._client
        self._renew()
        return old

    async def close(self) -> None:
        """Drop the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _renew(self) -> None:
        from kubegenie_tui.kube.client import Client

        self._client = Client(self._context)

    async def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        timeout: float = 30.0,
    ) -> bytes:
        """As `Client.get`."""
        return await (await self.open()).get(path, params, accept=accept, timeout=timeout)

    def stream(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        accept: str = "application/json",
        idle_timeout: float | None,
    ) -> AbstractAsyncContextManager[Body]:
        """As `Client.stream`."""
        return self.client.stream(path, params, accept=accept, idle_timeout=idle_timeout)
