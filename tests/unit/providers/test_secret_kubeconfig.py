"""Secrets that lead to clusters, as Cluster API and Crossplane write them, and those that lead nowhere."""

import base64
from typing import Any

import pytest
import yaml

from kubegenie_tui.domain.errors import KubeGenieError, UsageError
from kubegenie_tui.providers.secret_kubeconfig import CLUSTER_API, cluster_in, kubeconfig_in, name_in

KUBECONFIG = yaml.safe_dump(
    {
        "clusters": [{"name": "c", "cluster": {"server": "https://10.0.0.7:6443"}}],
        "users": [{"name": "u", "user": {"token": "t0ken"}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "c",
    }
)


PROGRAM = {
    "apiVersion": "client.authentication.k8s.io/v1beta1",
    "command": "gke-gcloud-auth-plugin",
    "args": ["-c", "x"],
    "interactiveMode": "Never",
}


PEM = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"


def secret(data: dict[str, str], name: str = "dev-kubeconfig", kind: str = "Opaque", **metadata: Any) -> dict[str, Any]:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return {"type": kind, "metadata": {"name": name, "namespace": "fleet", **metadata}, "data": encoded}


@pytest.mark.parametrize(
    ("found", "key"),
    [
        (secret({"value": KUBECONFIG}, kind=CLUSTER_API), ""),
        (secret({"kubeconfig": KUBECONFIG, "other": "x"}), ""),
        (secret({"value": "no", "mine": KUBECONFIG}), "mine"),
    ],
)
def test_a_kubeconfig_in_it(found: dict[str, Any], key: str) -> None:
    endpoint, secrets = cluster_in(found, key)
    assert (endpoint.server, secrets) == ("https://10.0.0.7:6443", {"token": "t0ken"})


@pytest.mark.parametrize(
    ("parts", "secrets", "user"),
    [
        ({"token": "t", "username": "admin", "password": "p"}, {"token": "t"}, ""),
        ({"clientCert": PEM, "clientKey": "K", "username": "admin", "password": "p"}, {"key": "K"}, ""),
        ({"username": "admin", "password": "p"}, {"password": "p"}, "admin"),
    ],
)
def test_an_endpoint_in_parts(parts: dict[str, str], secrets: dict[str, str], user: str) -> None:
    endpoint, found = cluster_in(secret({"endpoint": "10.0.0.7", "clusterCA": f"noise\n{PEM}", **parts}))
    assert (endpoint.server, endpoint.ca, endpoint.username) == ("https://10.0.0.7", PEM, user)
    assert found == secrets


@pytest.mark.parametrize(
    ("found", "key", "said"),
    [
        (secret({"password": "x"}), "", "leads to no cluster · its keys are password"),
        (secret({}), "", "its keys are none"),
        (secret({"value": KUBECONFIG}), "nope", "has no key nope"),
        ({**secret({}), "data": {"kubeconfig": "%%%"}}, "", "is not text"),
        (
            secret({"endpoint": "10.0.0.7", "clusterCA": "x"}),
            "",
            "clusterCA of Secret fleet/dev-kubeconfig cannot be used",
        ),
        (secret({"kubeconfig": "{"}), "", "not valid YAML"),
        (secret({"kubeconfig": KUBECONFIG.replace("token: t0ken", "tokenFile: /etc/passwd")}), "", "names the file"),
    ],
)
def test_what_leads_nowhere(found: dict[str, Any], key: str, said: str) -> None:
    with pytest.raises(KubeGenieError) as told:
        cluster_in(found, key)
    assert said in str(told.value)
    assert "t0ken" not in str(told.value)


def test_what_it_is_called() -> None:
    assert name_in(secret({}, labels={"cluster.x-k8s.io/cluster-name": "prod"})) == "prod"
    assert [name_in(secret({}, name)) for name in ("dev-kubeconfig", "dev-conn", "dev")] == ["dev", "dev", "dev"]


def by(user: dict[str, Any]) -> dict[str, Any]:
    """A Secret with a kubeconfig that says so who we are."""
    return secret({"value": yaml.safe_dump({**yaml.safe_load(KUBECONFIG), "users": [{"name": "u", "user": user}]})})


async def test_a_kubeconfig_that_is_handed_on_is_called_like_the_cluster() -> None:
    found = await kubeconfig_in(by({"token": "t"}), "value", "shop")
    assert found["contexts"] == [{"name": "shop", "context": {"cluster": "shop", "user": "shop"}}]
    assert found["users"] == [{"name": "shop", "user": {"token": "t"}}]


@pytest.mark.parametrize("user", [{"tokenFile": "/etc/shadow"}, {"exec": {**PROGRAM, "command": "sh"}}])
async def test_it_names_no_program_and_no_file(user: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=r"names the file|wants to run"):
        await kubeconfig_in(by(user), "value", "shop")


async def test_the_program_of_google_is_taken_without_its_arguments() -> None:
    env = [{"name": "A", "value": "b"}]
    found = (await kubeconfig_in(by({"exec": {**PROGRAM, "env": env}}), "value", "shop"))["users"][0]["user"]["exec"]
    assert (found["apiVersion"], found["command"]) == (PROGRAM["apiVersion"], "gke-gcloud-auth-plugin")
    assert not found.keys() & {"args", "env"}
