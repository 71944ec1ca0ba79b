"""The kubeconfig of a cluster of EKS: no token in it, but how to get one, by our own exec plugin."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.errors import ProviderError

if TYPE_CHECKING:
    from kubegenie_tui.providers.aws.eks_config import EksConfig

EXEC_API = "client.authentication.k8s.io/v1"


def kubeconfig(seen: Mapping[str, Any], config: "EksConfig", region: str) -> dict[str, Any]:
    """One context, of the cluster's name.

    Raises:
        ProviderError: the cluster has no address yet.
    """
    name = str(seen["name"])
    ca = seen.get("certificateAuthority", {}).get("data")
    if not seen.get("endpoint") or not ca:
        raise ProviderError(
            f"{name} cannot be reached yet", f"it is {seen.get('status', 'being made')}", "wait a while"
        )
    arguments = ["token", "eks", "--cluster", name, "--region", region]
    arguments += ["--profile", config.profile] if config.profile else []
    arguments += ["--role", config.role] if config.role else []
    plugin = {
        "apiVersion": EXEC_API,
        "command": "kubegenie",
        "args": arguments,
        "interactiveMode": "Never",
        "provideClusterInfo": False,
        "installHint": 'pip install "kubegenie[aws]"',
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": {"server": seen["endpoint"], "certificate-authority-data": ca}}],
        "users": [{"name": name, "user": {"exec": plugin}}],
    }
