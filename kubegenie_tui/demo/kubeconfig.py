"""The kubeconfig of the demo clusters."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

DEFAULT_NAMESPACES = {"prod-eu": "shop"}
CLOSED_PORT = 9
"""Discard: nothing listens there."""


def write_kubeconfig(path: Path, servers: Mapping[str, str], down: Iterable[str] = ()) -> None:
    """Write contexts named like the clusters, readable by the owner only; those down point to a closed port."""
    named = {**servers, **{name: f"http://127.0.0.1:{CLOSED_PORT}/clusters/{name}" for name in down}}
    contexts = {name: {"cluster": name, "user": f"{name}-admin"} for name in named}
    for name, namespace in DEFAULT_NAMESPACES.items():
        if name in contexts:
            contexts[name]["namespace"] = namespace
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": next(iter(named), ""),
        "clusters": [{"name": name, "cluster": {"server": server}} for name, server in named.items()],
        "users": [{"name": f"{name}-admin", "user": {}} for name in named],
        "contexts": [{"name": name, "context": context} for name, context in contexts.items()],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        yaml.safe_dump(config, file, sort_keys=False)
