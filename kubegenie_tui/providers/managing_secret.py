"""The kubeconfig of a cluster as whatever made it left it: in a Secret of the cluster that makes others."""

import base64
import binascii
from typing import Any

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.domain.manifest import Manifest, text_at


def kubeconfig_in(secret: Manifest, key: str, cluster: str) -> dict[str, Any]:
    """The kubeconfig under a key, with its current context alone, which gets the name of the cluster.

    Raises:
        ProviderError: there is none, or it cannot be used.
    """
    import yaml

    where = f"Secret {text_at(secret, 'metadata.name')}, key {key}"
    try:
        found = yaml.safe_load(base64.b64decode(text_at(secret, f"data.{key}"), validate=True))
    except (binascii.Error, yaml.YAMLError, UnicodeDecodeError):
        found = None
    if not isinstance(found, dict):
        raise ProviderError(f"There is no kubeconfig in {where}", next_step="look at what writes it")
    return _only(found, cluster, where)


def _only(found: dict[str, Any], cluster: str, where: str) -> dict[str, Any]:
    contexts = _named(found, "contexts")
    current = found.get("current-context") or next(iter(contexts), "")
    context = (contexts.get(current) or {}).get("context") or {}
    server = _named(found, "clusters").get(context.get("cluster", ""))
    user = _named(found, "users").get(context.get("user", ""))
    if not server or not user:
        raise ProviderError(f"The kubeconfig in {where} has no context that could be used")
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": cluster,
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "clusters": [{**server, "name": cluster}],
        "users": [{**user, "name": cluster}],
    }


def _named(found: dict[str, Any], section: str) -> dict[str, dict[str, Any]]:
    entries = found.get(section)
    items = entries if isinstance(entries, list) else []
    return {str(each.get("name", "")): each for each in items if isinstance(each, dict)}
