"""A kubeconfig out of a Secret may name neither programs nor files of this computer."""

import base64
import json
from typing import Any

import pytest

from kubegenie_tui.domain.errors import ProviderError
from kubegenie_tui.providers.managing_secret import kubeconfig_in


def secret(user: dict[str, Any], **cluster: str) -> dict[str, Any]:
    document = {
        "contexts": [{"name": "a", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.7:6443", **cluster}}],
        "users": [{"name": "u", "user": user}],
    }
    return {"metadata": {"name": "s"}, "data": {"value": base64.b64encode(json.dumps(document).encode()).decode()}}


def test_it_is_called_like_the_cluster() -> None:
    found = kubeconfig_in(secret({"token": "t", "tokenFile": "/etc/passwd"}), "value", "shop")
    assert found["contexts"] == [{"name": "shop", "context": {"cluster": "shop", "user": "shop"}}]
    assert found["users"] == [{"name": "shop", "user": {"token": "t"}}]


@pytest.mark.parametrize(
    "user", [{}, {"tokenFile": "/etc/shadow"}, {"exec": {"command": "sh", "args": ["-c", "x"]}, "token": "t"}]
)
def test_it_names_no_program_and_no_file(user: dict[str, Any]) -> None:
    with pytest.raises(ProviderError, match="cannot be taken over"):
        kubeconfig_in(secret(user), "value", "shop")


def test_the_program_of_google_is_taken_without_its_arguments() -> None:
    user = {"exec": {"command": "gke-gcloud-auth-plugin", "args": ["--x"], "env": [{"name": "A", "value": "b"}]}}
    found = kubeconfig_in(secret(user), "value", "shop")["users"][0]["user"]["exec"]
    assert (found["command"], found.get("args"), found.get("env")) == ("gke-gcloud-auth-plugin", None, None)
