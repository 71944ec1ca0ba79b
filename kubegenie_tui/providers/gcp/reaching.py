"""How a cluster of Google's is reached: by our own token plugin, without the gcloud program."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.api import FoundCluster
from kubegenie_tui.providers.one_context import kubeconfig_of, token_plugin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from google.cloud.container_v1 import types as gke


def found_clusters(clusters: "Iterable[gke.Cluster]") -> list[FoundCluster]:
    """Clusters as they are listed; two of one name are told apart by where they are."""
    return [
        FoundCluster(name, _server(each), each.location, _version(each), each.status.name.lower())
        for name, each in _named(clusters).items()
    ]


def named(clusters: "Iterable[gke.Cluster]", name: str) -> "gke.Cluster":
    """The cluster of a name, as it is listed.

    Raises:
        ProviderError: there is none, or several.
    """
    by_name = _named(clusters)
    if name in by_name:
        return by_name[name]
    near = [each for each in by_name if each.rpartition("/")[2] == name]
    if near:
        raise ProviderError(f"There is more than one cluster {name}", next_step=f"name one: {', '.join(near)}")
    raise ProviderError(f"There is no cluster {name}", f"the project has {', '.join(by_name) or 'none'}")


def kubeconfig_to(cluster: "gke.Cluster", name: str, key_file: "Path | None") -> dict[str, Any]:
    """A kubeconfig with one context of that name.

    Raises:
        ProviderError: it cannot be reached yet.
    """
    server = _server(cluster)
    if not server:
        raise ProviderError(f"{name} cannot be reached yet", f"it is {cluster.status.name.lower()}", "wait for it")
    there: dict[str, str] = {"server": server}
    if cluster.endpoint and cluster.master_auth.cluster_ca_certificate:
        there["certificate-authority-data"] = cluster.master_auth.cluster_ca_certificate
    key = str(key_file.expanduser().absolute()) if key_file else ""
    return kubeconfig_of(name, there, {"exec": token_plugin("gke", {"--credentials-file": key})})


def _named(clusters: "Iterable[gke.Cluster]") -> "dict[str, gke.Cluster]":
    found = sorted(clusters, key=lambda each: (each.name, each.location))
    names = [each.name for each in found]
    return {each.name if names.count(each.name) == 1 else f"{each.location}/{each.name}": each for each in found}


def _server(cluster: "gke.Cluster") -> str:
    """Its address, or its name of the internet where that is the only way in."""
    by_name = cluster.control_plane_endpoints_config.dns_endpoint_config
    if cluster.endpoint:
        return f"https://{cluster.endpoint}"
    return f"https://{by_name.endpoint}" if by_name.endpoint and by_name.allow_external_traffic else ""


def _version(cluster: "gke.Cluster") -> str:
    return f"v{cluster.current_master_version}" if cluster.current_master_version else ""
