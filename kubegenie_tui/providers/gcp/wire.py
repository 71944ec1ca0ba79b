"""Calls of Google's own client: each runs in a thread, takes a bounded time, and fails in our words."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.providers.gcp.login import credentials
from kubegenie_tui.providers.gcp.refusals import Absent, sdk, translated

if TYPE_CHECKING:
    from google.cloud.container_v1 import types as gke

    from kubegenie_tui.providers.gcp.gke_config import GkeConfig

TIMEOUT_SECONDS = 30.0
"""Of one call: none of them waits for what it begins."""


class Wire:
    """The client for one project, opened by the first call."""

    def __init__(self, config: "GkeConfig") -> None:
        self.project = config.project
        self._config = config
        self._client: Any = None

    async def _found(self, what: str, method: str, name: str) -> Any:
        try:
            return await self._ask(what, method, name=name)
        except Absent:
            return None

    async def _ask(self, what: str, method: str, **request: str) -> Any:
        return await asyncio.to_thread(self._call, what, method, request)

    async def _write(self, what: str, method: str, kind: str, body: Mapping[str, Any]) -> "gke.Operation":
        begun: gke.Operation = await asyncio.to_thread(self._send, what, method, kind, body)
        return begun

    def _send(self, what: str, method: str, kind: str, body: Mapping[str, Any]) -> Any:
        with sdk():
            from google.cloud import container_v1
        return self._call(what, method, getattr(container_v1, f"{kind}Request").from_json(msgspec.json.encode(body)))

    def _call(self, what: str, method: str, request: Any) -> Any:
        with translated(what):
            if self._client is None:
                self._client = _client(self._config)
            return getattr(self._client, method)(request=request, timeout=TIMEOUT_SECONDS, retry=None)


def _client(config: "GkeConfig") -> Any:
    with sdk():
        from google.api_core.client_options import ClientOptions
        from google.cloud import container_v1
    options = ClientOptions(api_endpoint=str(config.endpoint).rstrip("/"))
    return container_v1.ClusterManagerClient(transport="rest", credentials=credentials(config), client_options=options)
