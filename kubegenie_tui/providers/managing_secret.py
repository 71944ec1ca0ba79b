"""The kubeconfig of a cluster as whatever made it left it: in a Secret of the cluster that makes others."""

import base64
import binascii
from typing import Any

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.domain.manifest import Manifest, text_at

_OF_CLUSTER = ("server", "certificate-authority-data", "tls-server-name")
_OF_USER = ("token", "username", "password", "client-certificate-data", "client-key-data")
"""Whoever can write a Secret there could run or read here what they like, if it might name programs and files."""
_GOOGLE = "gke-gcloud-auth-plugin"
"""The one program that may be named, by this name and without arguments: Crossplane's provider for Google writes it."""


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
    to, who = _given(server.get("cluster"), _OF_CLUSTER), _login(user.get("user"))
    if not to.get("server") or not who:
        raise ProviderError(
            f"The kubeconfig in {where} cannot be taken over",
            "it names no server, or programs or files of this computer",
            "register the cluster by another provider",
        )
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": cluster,
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
        "clusters": [{"name": cluster, "cluster": to}],
        "users": [{"name": cluster, "user": who}],
    }


def _named(found: dict[str, Any], section: str) -> dict[str, dict[str, Any]]:
    entries = found.get(section)
    items = entries if isinstance(entries, list) else []
    return {str(each.get("name", "")): each for each in items if isinstance(each, dict)}


def _login(user: Any) -> dict[str, Any]:
    program = user.get("exec") if isinstance(user, dict) else None
    if isinstance(program, dict) and program.get("command") == _GOOGLE:
        return {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1beta1",
                "command": _GOOGLE,
                "interactiveMode": "IfAvailable",
                "provideClusterInfo": True,
            }
        }
    return {} if program else _given(user, _OF_USER)


def _given(found: Any, names: tuple[str, ...]) -> dict[str, Any]:
    values = found if isinstance(found, dict) else {}
    return {name: values[name] for name in names if isinstance(values.get(name), str) and values[name]}
