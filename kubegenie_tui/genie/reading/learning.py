"""The Secrets of a pod are read before its log is, or a command runs in it, in memory only, so that they are known."""

import asyncio

from kubegenie_tui.domain.errors import ClusterError
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.relations.pod_spec import references_of
from kubegenie_tui.genie.reading.scope import Scope

_MOST = 12


async def learn_secrets_of(scope: Scope, pod: Manifest) -> None:
    """Let the redactor know them; those that may not be read stay unknown."""
    spec, namespace = mapping_at(pod, "spec"), text_at(pod, "metadata.namespace")
    used = [found.name for found in references_of(spec) if found.kind == "secrets"]
    names = dict.fromkeys([*used, *(text_at(each, "name") for each in mappings_at(spec, "imagePullSecrets"))])
    await asyncio.gather(*(_learn(scope, namespace, name) for name in list(names)[:_MOST]))


async def _learn(scope: Scope, namespace: str, name: str) -> None:
    try:
        secret = await scope.reader.get(scope.kind("secrets"), name, namespace)
    except ClusterError:
        return
    scope.redactor.learn_from({**secret, "kind": "Secret"})
