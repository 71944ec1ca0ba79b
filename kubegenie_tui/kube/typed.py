"""kubernetes-asyncio's typed calls over our own session: TLS, proxy, login, impersonation and errors stay ours."""

import asyncio
import importlib
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import msgspec

from kubegenie_tui.kube.client import Client

if TYPE_CHECKING:
    from kubernetes_asyncio.client import ApiClient
    from kubernetes_asyncio.client.rest import RESTResponse


async def typed_client(client: Client) -> "ApiClient":
    """An `ApiClient` for `AuthorizationV1Api` and its like; opens nothing of its own, so there is nothing to close.

    Its calls raise our errors, not `ApiException`. The first use imports kubernetes-asyncio, in a thread: about 300 ms.
    """
    await asyncio.to_thread(importlib.import_module, "kubernetes_asyncio.client")
    from kubernetes_asyncio.client import ApiClient, Configuration
    from kubernetes_asyncio.client.rest import RESTClientObject

    # Not by their __init__, which would load certificates and open a second session.
    typed = ApiClient.__new__(ApiClient)
    typed.configuration = Configuration(host="")
    typed.client_side_validation = True
    typed.default_headers = {}
    typed.cookie = ""
    typed.rest_client = RESTClientObject.__new__(RESTClientObject)
    typed.rest_client.request = partial(_request, client)
    return typed


async def _request(
    client: Client,
    method: str,
    url: str,
    query_params: Any = None,
    headers: dict[str, Any] | None = None,
    body: Any = None,
    post_params: Any = None,
    _preload_content: bool = True,
    _request_timeout: Any = None,
) -> "RESTResponse":
    """In place of `RESTClientObject.request`; `url` is a quoted path, for our configuration has no host."""
    from kubernetes_asyncio.client.rest import RESTResponse

    answer = await client.request(
        method,
        unquote(url),
        params=dict(query_params or ()),
        headers={"Content-Type": "application/json", **(headers or {})},
        body=None if body is None else msgspec.json.encode(body),
        timeout=_request_timeout or 30.0,
    )
    response: Any = SimpleNamespace(status=answer.status, reason="", headers=answer.headers)
    return RESTResponse(response, answer.body)
