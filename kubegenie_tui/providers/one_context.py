"""The kubeconfig of one cluster as a provider hands it out, and our own program in it that gets tokens of a cloud."""

import shutil
import sys
from collections.abc import Mapping
from typing import Any

from kubegenie_tui.domain.endpoint import EXEC_API


def kubeconfig_of(name: str, cluster: Mapping[str, Any], user: Mapping[str, Any]) -> dict[str, Any]:
    """A kubeconfig whose one context, cluster and user have this name. It may hold keys: it is for whoever seals it."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": dict(cluster)}],
        "users": [{"name": name, "user": dict(user)}],
    }


def token_plugin(cloud: str, options: Mapping[str, str], variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """`kubegenie token CLOUD`, by itself where it is on the path, else by the Python that runs us.

    Args:
        cloud: `eks`, `gke` or `aks`.
        options: flags and what they say; those that say nothing are left out.
        variables: what it is given besides, secrets among them: they never stand in arguments, which anybody can see.
    """
    words = ["token", cloud, *(word for flag, value in options.items() if value for word in (flag, value))]
    on_the_path = shutil.which("kubegenie") is not None
    command, before = ("kubegenie", []) if on_the_path else (sys.executable, ["-m", "kubegenie_tui"])
    plugin = {"apiVersion": EXEC_API, "command": command, "args": [*before, *words], "interactiveMode": "Never"}
    given = [{"name": name, "value": value} for name, value in (variables or {}).items()]
    return {**plugin, "env": given} if given else plugin
