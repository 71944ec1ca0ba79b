"""The way into a cluster: its kubeconfig, which comes without any program of Azure's."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.api import FoundCluster
from kubegenie_tui.providers.azure.cloud import Cloud
from kubegenie_tui.providers.one_context import kubeconfig_of, token_plugin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from azure.mgmt.containerservice.models import ManagedCluster

    from kubegenie_tui.providers.azure.aks_config import AksConfig

SECRET_VARIABLE = "AZURE_CLIENT_SECRET"  # noqa: S105  # the name of the variable, not what it holds


async def clusters(cloud: Cloud) -> "dict[str, ManagedCluster]":
    """All clusters of the subscription by name; those with one name in two groups as `group/name`."""
    async with cloud.client() as client:
        found = [each async for each in client.managed_clusters.list()]
    names = [str(each.name) for each in found]
    return {
        name if names.count(name) == 1 else f"{group_of(each)}/{name}": each
        for name, each in zip(names, found, strict=True)
    }


async def cluster_named(cloud: Cloud, name: str) -> "ManagedCluster":
    """The cluster of a name.

    Raises:
        ProviderError: there is none.
    """
    found = await clusters(cloud)
    if name not in found:
        have = ", ".join(sorted(found)) or "none"
        raise ProviderError(f"There is no cluster {name} in the subscription", f"there are {have}")
    return found[name]


def group_of(cluster: "ManagedCluster") -> str:
    """The resource group that a cluster lies in."""
    return str(cluster.id).split("/")[4]


def found_of(found: "Iterable[tuple[str, ManagedCluster]]") -> list[FoundCluster]:
    """Clusters as they are listed."""
    return [_found(name, each) for name, each in found]


async def kubeconfig_by(cloud: Cloud, name: str) -> dict[str, Any]:
    """A kubeconfig with one context of the cluster's name. It may hold a key: it is for whoever seals it.

    Raises:
        ProviderError: there is no such cluster, or what Azure hands out cannot be used.
    """
    cluster = await cluster_named(cloud, name)
    async with cloud.client() as client:
        given = await client.managed_clusters.list_cluster_user_credentials(
            group_of(cluster), str(cluster.name), format="exec"
        )
    kubeconfigs = [each.value for each in given.kubeconfigs or () if each.value]
    if not kubeconfigs:
        raise ProviderError(f"Azure hands out no kubeconfig for {name}", next_step="try again when it is running")
    return _as_ours(kubeconfigs[0], name, cloud.config)


def _found(name: str, cluster: "ManagedCluster") -> FoundCluster:
    known = cluster.properties
    host = (known.private_fqdn or known.fqdn) if known else ""
    power = known.power_state.code if known and known.power_state else ""
    state = known.provisioning_state if known else ""
    return FoundCluster(
        name,
        f"https://{host}:443" if host else "",
        cluster.location,
        f"v{known.current_kubernetes_version}" if known and known.current_kubernetes_version else "",
        "Stopped" if power == "Stopped" else str(state or ""),
    )


def _as_ours(text: bytes | bytearray, name: str, config: "AksConfig") -> dict[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(bytes(text))
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
    except (yaml.YAMLError, KeyError, IndexError, TypeError) as error:
        raise ProviderError(f"The kubeconfig that Azure hands out for {name} cannot be used") from error
    if "exec" in user or "auth-provider" in user:
        user = {"exec": _entra_plugin(config)}
    return kubeconfig_of(name, cluster, user)


def _entra_plugin(config: "AksConfig") -> dict[str, Any]:
    from kubegenie_tui.providers.azure.aks_config import AUTHORITY

    login = config.login
    options = {
        "--tenant": login.tenant,
        "--client-id": login.client_id,
        "--authority": login.authority if login.authority != AUTHORITY else "",
        "--ca-file": login.verify if isinstance(login.verify, str) else "",
    }
    secret = login.client_secret
    return token_plugin("aks", options, {SECRET_VARIABLE: secret.get_secret_value()} if secret else {})
