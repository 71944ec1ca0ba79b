"""From the kubeconfig that a provider gives for a cluster to its registration; what is secret goes into the safe."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import Endpoint, Plugin, Reference
from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.kube.context import Context
from kubegenie_tui.kube.kubeconfig.file import KubeconfigFile
from kubegenie_tui.kube.kubeconfig.merge import merge
from kubegenie_tui.kube.kubeconfig.reader import build_context


def registration_of(
    name: str, kubeconfig: dict[str, Any], labels: dict[str, str]
) -> tuple[Registration, dict[str, str]]:
    """The registration of a cluster, and the secrets to be kept for it.

    Raises:
        ProviderError: the kubeconfig cannot be used.
    """
    context = _context(kubeconfig)
    auth = context.auth
    secrets = {"token": auth.token.value, "password": auth.password.value, "key": auth.key_data.value}
    kept = {field: value for field, value in secrets.items() if value}
    endpoint = Endpoint(
        context.server,
        ca=context.tls.ca_data,
        server_name=context.tls.server_name,
        proxy_url=context.proxy_url,
        namespace=context.namespace,
        certificate=auth.certificate_data,
        username=auth.username,
        plugin=Plugin(auth.exec.command, auth.exec.args) if auth.exec else None,
        secrets={field: Reference("safe") for field in kept},
        saved=time.time(),
    )
    return Registration(name, labels=labels, endpoint=endpoint), kept


def _context(kubeconfig: dict[str, Any]) -> Context:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "config"
        file.touch(0o600)
        file.write_text(json.dumps(kubeconfig))
        merged = merge([KubeconfigFile(file)])
    if len(merged.contexts) != 1:
        raise ProviderError(
            "The provider gives no kubeconfig that could be used", f"it has {len(merged.contexts)} contexts"
        )
    context = build_context(next(iter(merged.contexts)), merged)
    if context.error:
        raise ProviderError("The provider gives no kubeconfig that could be used", str(context.error))
    return context
