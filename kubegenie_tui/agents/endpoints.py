"""From an endpoint that a person described to a context that can be used like any other."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.cluster import owner_of
from kubegenie_tui.domain.endpoint import Endpoint, Reference
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Impersonation, Lent, Tls

if TYPE_CHECKING:
    from kubegenie_tui.kube.http.trust import Shown
    from kubegenie_tui.kube.probe import ProbeStep

Fetch = Callable[[str, str, Reference], Awaitable[str]]
"""The secret of an owner and field, as in `Lent`."""
EXEC_API = "client.authentication.k8s.io/v1"


def context_of(name: str, endpoint: Endpoint, fetch: Fetch) -> Context:
    """The context; its secrets are fetched when they are due."""
    return Context(
        name,
        cluster_name=name,
        user_name=endpoint.username,
        namespace=endpoint.namespace,
        server=endpoint.server.rstrip("/"),
        tls=Tls(ca_data=endpoint.ca, server_name=endpoint.server_name, pinned=endpoint.pinned),
        proxy_url=endpoint.proxy_url,
        auth=_auth(owner_of(name), endpoint, fetch),
    )


async def try_out(context: Context) -> AsyncIterator["ProbeStep"]:
    """Connect step by step; the first step that fails is the last."""
    from kubegenie_tui.kube.client import Client
    from kubegenie_tui.kube.probe import probe

    client = Client(context)
    try:
        async for step in probe(client):
            yield step
    finally:
        await client.close()


async def try_described(endpoint: Endpoint, secrets: Mapping[str, str]) -> AsyncIterator["ProbeStep"]:
    """As `try_out`, for an endpoint of which nothing is kept yet."""

    async def fetch(_owner: str, field: str, _reference: Reference) -> str:
        return secrets[field]

    async for step in try_out(context_of("", endpoint, fetch)):
        yield step


async def look_at(server: str) -> "Shown":
    """The server's own certificate, as it shows it to anybody; nothing of it is proven.

    Raises:
        ClusterError: it cannot be reached, or speaks no TLS.
    """
    from kubegenie_tui.kube.http.trust import shown_chain

    return (await shown_chain(Context("", server=server)))[0]


async def trusting(endpoint: Endpoint, fingerprint: str) -> Endpoint:
    """The endpoint with the certificate of that fingerprint as what its server must come from.

    Raises:
        UsageError: this is no fingerprint.
        ClusterError: the server cannot be reached, or has no such certificate.
    """
    from kubegenie_tui.kube.http.trust import find_by_fingerprint

    tls = Tls(server_name=endpoint.server_name)
    found = await find_by_fingerprint(Context("", server=endpoint.server, tls=tls), fingerprint)
    pinned = not (found.is_authority and found.is_self_signed)
    return msgspec.structs.replace(endpoint, ca=found.pem, pinned=pinned)


def _auth(owner: str, endpoint: Endpoint, fetch: Fetch) -> AuthInfo:
    plugin = endpoint.plugin
    fields = tuple(sorted(endpoint.secrets.items()))
    return AuthInfo(
        certificate_data=endpoint.certificate,
        token_file=endpoint.token_file,
        username=endpoint.username,
        exec=Exec(EXEC_API, plugin.command, plugin.arguments, provide_cluster_info=True) if plugin else None,
        impersonation=Impersonation(endpoint.as_user, groups=endpoint.as_groups),
        lent=Lent(owner, fields, endpoint.saved, fetch) if fields else None,
    )
