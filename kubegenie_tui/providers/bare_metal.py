"""An API server that no kubeconfig leads to yet: kubeadm, k3s, RKE2, Talos, MicroK8s, and whatever else answers."""

from typing import TYPE_CHECKING, Any

from kubegenie_tui.providers.api import Registers

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import SecretStr

    from kubegenie_tui.providers.bare_metal_config import BareMetalConfig


class BareMetalProvider(Registers):
    """Writes the kubeconfig that nobody has written."""

    def __init__(self, config: "BareMetalConfig") -> None:
        self._config = config

    async def kubeconfig(self, cluster: str) -> dict[str, Any]:
        """A kubeconfig for the server, under the name that a person gives it. It holds the token or the password."""
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster,
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "clusters": [{"name": cluster, "cluster": self._cluster()}],
            "users": [{"name": cluster, "user": self._user()}],
        }

    def _cluster(self) -> dict[str, str]:
        config = self._config
        return _given(
            {
                "server": str(config.server).rstrip("/"),
                "certificate-authority": _path(config.ca_file),
                "tls-server-name": config.tls_server_name,
                "proxy-url": str(config.proxy or "").rstrip("/"),
            }
        )

    def _user(self) -> dict[str, str]:
        config = self._config
        return _given(
            {
                "token": _revealed(config.token),
                "tokenFile": _path(config.token_file),
                "client-certificate": _path(config.client_certificate),
                "client-key": _path(config.client_key),
                "username": config.username,
                "password": _revealed(config.password),
            }
        )


def _given(values: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _path(file: "Path | None") -> str:
    return str(file.expanduser().absolute()) if file else ""


def _revealed(secret: "SecretStr | None") -> str:
    return secret.get_secret_value() if secret else ""
