"""From an endpoint that a person described to a context that can be used like any other."""

import msgspec

from kubegenie_tui.agents.secrets import Secrets
from kubegenie_tui.domain.cluster import owner_of
from kubegenie_tui.domain.endpoint import Endpoint
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Impersonation, Lent, Tls

EXEC_API = "client.authentication.k8s.io/v1"


def context_of(name: str, endpoint: Endpoint, secrets: Secrets) -> Context:
    """The context; its secrets are fetched when they are due."""
    return Context(
        name,
        cluster_name=name,
        user_name=endpoint.username,
        namespace=endpoint.namespace,
        server=endpoint.server.rstrip("/"),
        tls=Tls(ca_data=endpoint.ca, server_name=endpoint.server_name, pinned=endpoint.pinned),
        proxy_url=endpoint.proxy_url,
        auth=_auth(owner_of(name), endpoint, secrets),
    )


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


def _auth(owner: str, endpoint: Endpoint, secrets: Secrets) -> AuthInfo:
    plugin = endpoint.plugin
    fields = tuple(sorted(endpoint.secrets.items()))
    return AuthInfo(
        certificate_data=endpoint.certificate,
        token_file=endpoint.token_file,
        username=endpoint.username,
        exec=Exec(EXEC_API, plugin.command, plugin.arguments, provide_cluster_info=True) if plugin else None,
        impersonation=Impersonation(endpoint.as_user, groups=endpoint.as_groups),
        lent=Lent(owner, fields, endpoint.saved, secrets.fetch) if fields else None,
    )
