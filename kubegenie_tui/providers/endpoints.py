"""From an endpoint that a person described to a context that can be used like any other."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.cluster import owner_of
from kubegenie_tui.domain.endpoint import Endpoint, Plugin, Reference
from kubegenie_tui.domain.jump import Jump
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Impersonation, Lent, Oidc, Tls

if TYPE_CHECKING:
    from kubegenie_tui.kube.http.trust import Shown
    from kubegenie_tui.kube.probe import ProbeStep

Fetch = Callable[[str, str, Reference], Awaitable[str]]
"""The secret of an owner and field, as in `Lent`."""
Keep = Callable[[str, str, str], Awaitable[None]]
"""Keeps another secret, as in `Lent`."""


def context_of(name: str, endpoint: Endpoint, fetch: Fetch, keep: Keep | None = None) -> Context:
    """The context; its secrets are fetched when they are due, and those that an issuer renews are kept."""
    return Context(
        name,
        cluster_name=name,
        user_name=endpoint.username,
        namespace=endpoint.namespace,
        server=endpoint.server.rstrip("/"),
        tls=Tls(ca_data=endpoint.ca, server_name=endpoint.server_name, pinned=endpoint.pinned),
        proxy_url=endpoint.proxy_url,
        jump=endpoint.jump,
        auth=_auth(owner_of(name), endpoint, fetch, keep),
    )


async def try_out(context: Context, *, asks: bool = True) -> AsyncIterator["ProbeStep"]:
    """Connect step by step; the first step that fails is the last, and so is TLS where nothing is to be asked."""
    from kubegenie_tui.kube.client import Client
    from kubegenie_tui.kube.probe import probe

    client = Client(context)
    try:
        async for step in probe(client, asks=asks):
            yield step
    finally:
        await client.close()


async def try_described(
    endpoint: Endpoint,
    secrets: Mapping[str, str],
    elsewhere: Fetch | None = None,
    keep: Keep | None = None,
    *,
    asks: bool = True,
) -> AsyncIterator["ProbeStep"]:
    """As `try_out`, for an endpoint of which nothing is kept yet.

    `elsewhere` fetches what is not among the secrets; `keep` is told of what an issuer gives in place of one of them.
    """
    async for step in try_out(context_with("", endpoint, secrets, elsewhere, keep), asks=asks):
        yield step


def context_with(
    name: str,
    endpoint: Endpoint,
    secrets: Mapping[str, str],
    elsewhere: Fetch | None = None,
    keep: Keep | None = None,
) -> Context:
    """The context of an endpoint whose secrets are at hand, or are fetched by `elsewhere`."""

    async def fetch(owner: str, field: str, reference: Reference) -> str:
        if elsewhere is not None and field not in secrets:
            return await elsewhere(owner, field, reference)
        return secrets[field]

    return context_of(name, endpoint, fetch, keep)


async def look_at(server: str, jump: Jump | None = None, proxy: str = "") -> "Shown":
    """The server's own certificate, as it shows it to anybody; nothing of it is proven.

    Raises:
        ClusterError: it cannot be reached, or speaks no TLS.
    """
    from kubegenie_tui.kube.http.trust import shown_chain

    return (await shown_chain(Context("", server=server, jump=jump, proxy_url=proxy)))[0]


async def strange_key(jump: Jump) -> str:
    """The fingerprint of a jump host's key, when nothing says yet whether it is the right one; else empty.

    Raises:
        KubeGenieError: the host cannot be reached.
    """
    from kubegenie_tui.kube.jump import is_known, shown_key

    return "" if jump.host_key or await is_known(jump) else await shown_key(jump)


async def trusting(endpoint: Endpoint, fingerprint: str) -> Endpoint:
    """The endpoint with the certificate of that fingerprint as what its server must come from.

    Raises:
        UsageError: this is no fingerprint.
        ClusterError: the server cannot be reached, or has no such certificate.
    """
    from kubegenie_tui.kube.http.trust import find_by_fingerprint

    tls = Tls(server_name=endpoint.server_name)
    context = Context("", server=endpoint.server, tls=tls, proxy_url=endpoint.proxy_url, jump=endpoint.jump)
    found = await find_by_fingerprint(context, fingerprint)
    pinned = not (found.is_authority and found.is_self_signed)
    return msgspec.structs.replace(endpoint, ca=found.pem, pinned=pinned)


def _auth(owner: str, endpoint: Endpoint, fetch: Fetch, keep: Keep | None) -> AuthInfo:
    plugin, login = endpoint.plugin, endpoint.login
    fields = tuple(sorted(endpoint.secrets.items()))
    return AuthInfo(
        certificate_data=endpoint.certificate,
        token_file=endpoint.token_file,
        username=endpoint.username,
        exec=_exec(plugin) if plugin else None,
        oidc=Oidc(login.issuer, login.client_id, ca_data=login.ca) if login else None,
        impersonation=Impersonation(endpoint.as_user, groups=endpoint.as_groups),
        lent=Lent(owner, fields, endpoint.saved, fetch, keep) if fields else None,
    )


def _exec(plugin: Plugin) -> Exec:
    return Exec(
        plugin.api,
        plugin.command,
        plugin.arguments,
        plugin.environment,
        plugin.install_hint,
        provide_cluster_info=True,
        cluster_config=plugin.cluster_config.encode(),
    )
