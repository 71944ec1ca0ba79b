"""How a composed cluster is reached: by what its Secret holds, or by our own plugin where that ends or says nothing."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kubegenie_tui.domain.errors import CredentialError, ProviderError
from kubegenie_tui.domain.manifest import Manifest, text_at
from kubegenie_tui.providers.crossplane.composed import cluster_of_google
from kubegenie_tui.providers.managing import SECRETS, Managing
from kubegenie_tui.providers.one_context import token_plugin
from kubegenie_tui.providers.secret_kubeconfig import kubeconfig_in

if TYPE_CHECKING:
    from kubegenie_tui.providers.managing import Server
    from kubegenie_tui.providers.managing_config import ManagingConfig

_KEY = "kubeconfig"
_PROOFS = ("client-certificate-data", "username")


async def kubeconfig_to(server: "Server", config: "ManagingConfig", secret: Manifest, cluster: str) -> dict[str, Any]:
    """The kubeconfig in a Secret, as it is when it holds a certificate.

    A token in it may end: then it is read anew in the Secret, which its provider writes anew. Google's provider writes
    nothing that proves who we are: tokens come by our own plugin.

    Raises:
        UsageError: there is none, or it names programs or files.
        ProviderError: it does not say how to prove who we are.
    """
    found = await kubeconfig_in(secret, _KEY, cluster)
    [named] = found["users"]
    user = named["user"]
    if any(user.get(each) for each in _PROOFS):
        return found
    if user.get("token"):
        return _by(found, "secret", _place(server, config, text_at(secret, "metadata.name")))
    made = await cluster_of_google(server, cluster)
    where = f"The Secret {text_at(secret, 'metadata.name')}"
    if made is None:
        why = "its kubeconfig has no token and no certificate"
        raise ProviderError(f"{where} does not say how to prove who we are", why, "register the cluster by hand")
    _require_server(found, text_at(made, "status.atProvider.endpoint"), where)
    return _by(found, "gke", {})


async def token_in(config: "ManagingConfig", name: str) -> str:
    """The token that is in a Secret now.

    Raises:
        CredentialError: there is none.
        UsageError: its kubeconfig names programs or files.
        KubeGenieError: the managing cluster cannot be asked.
    """
    async with Managing(config).opened() as server:
        secret = await server.get(SECRETS, name)
        where = f"{server.namespace}/{name} of {server.context}"
    if secret is None:
        raise CredentialError(f"There is no Secret {where}", "the cluster may be gone")
    [named] = (await kubeconfig_in(secret, _KEY, name))["users"]
    if not named["user"].get("token"):
        raise CredentialError(f"There is no token in the Secret {where}", next_step="register the cluster again")
    return str(named["user"]["token"])


def _require_server(found: dict[str, Any], endpoint: str, where: str) -> None:
    """That it is the server of the cluster: what proves who somebody is at Google is good for more than a cluster."""
    [named] = found["clusters"]
    server = urlsplit(named["cluster"]["server"]).netloc
    if endpoint and server != endpoint:
        why = f"the cluster that was composed is at {endpoint}"
        raise ProviderError(f"{where} leads to {server}", why, "find out who wrote that, before you sign in there")


def _by(found: dict[str, Any], source: str, options: dict[str, str]) -> dict[str, Any]:
    [named] = found["users"]
    return {**found, "users": [{**named, "user": {"exec": token_plugin(source, options)}}]}


def _place(server: "Server", config: "ManagingConfig", name: str) -> dict[str, str]:
    file = str(config.kubeconfig.expanduser().absolute()) if config.kubeconfig else ""
    return {"--secret": f"{server.namespace}/{name}", "--context": server.context, "--kubeconfig": file}
