"""An API server that no kubeconfig leads to yet: kubeadm, k3s, RKE2, Talos, MicroK8s, and whatever else answers."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.providers.api import Registers

if TYPE_CHECKING:
    from pydantic import BaseModel


class BareMetalProvider(Registers):
    """Writes the kubeconfig that nobody has written, of what a person describes."""

    def __init__(self, config: "BaseModel") -> None:
        self._config = config

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig for the server, under the name that a person gives it, with its credentials in the clear.

        Raises:
            UsageError: a file cannot be read, it could never work, or a kubeconfig cannot say it.
            ClusterError: the authority is a fingerprint, and the server has no certificate of it.
        """
        from kubegenie_tui.kube.kubeconfig.writer import content_of
        from kubegenie_tui.providers.describing import described
        from kubegenie_tui.providers.endpoints import context_with

        found = await described(_typed(self._config))
        return await content_of(context_with(cluster, found.endpoint, found.secrets))


def _typed(config: "BaseModel") -> dict[str, str]:
    from pydantic import SecretStr

    given = {id: value for id, value in dict(config).items() if value}
    return {id: value.get_secret_value() if isinstance(value, SecretStr) else value for id, value in given.items()}
