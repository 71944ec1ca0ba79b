"""kubernetes-asyncio's typed calls over our own session, so that TLS, proxy, login, impersonation and errors stay ours.

Heavy to import (about 300 ms): import it inside a function, in a thread.
"""

from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import msgspec
from kubernetes_asyncio.client.api_client import ApiClient
from kubernetes_asyncio.client.configuration import Configuration
from kubernetes_asyncio.client.rest import RESTClientObject, RESTResponse

from kubegenie_tui.kube.client import Client


class TypedClient(ApiClient):
    """An `ApiClient` for `AuthorizationV1Api` and its like; opens nothing of its own, so there is nothing to close.

    Its calls raise our errors, not `ApiException`.
    """

    def __init__(self, client: Client) -> None:
        # Not the base class's: it would load certificates and open a second session.
        self.configuration = Configuration(host="")
        self.client_side_validation = True
        self.default_headers: dict[str, str] = {}
        self.cookie = ""
        self.rest_client = _Rest(client)


class _Rest(RESTClientObject):
    def __init__(self, client: Client) -> None:
        self._client = client

    async def request(
        self,
        method: str,
        url: str,
        query_params: Any = None,
        headers: dict[str, Any] | None = None,
        body: Any = None,
        post_params: Any = None,
        _preload_content: bool = True,
        _request_timeout: Any = None,
    ) -> RESTResponse:
        """One exchange; `url` is a quoted path, for our configuration has no host."""
        answer = await self._client.request(
            method,
            unquote(url),
            params=dict(query_params or ()),
            headers={"Content-Type": "application/json", **(headers or {})},
            body=None if body is None else msgspec.json.encode(body),
            timeout=_request_timeout or 30.0,
        )
        response: Any = SimpleNamespace(status=answer.status, reason="", headers=answer.headers)
        return RESTResponse(response, answer.body)
