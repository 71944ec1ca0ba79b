"""A kubeconfig that comes from elsewhere becomes an endpoint; one of a cluster may not reach into this computer."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from kubegenie_tui.domain.cluster import Registration
from kubegenie_tui.domain.endpoint import SEALED, Login, Reference
from kubegenie_tui.domain.errors import KubeconfigError, UsageError
from kubegenie_tui.kube.kubeconfig.writer import content_of
from kubegenie_tui.providers.adopting import adopted
from kubegenie_tui.providers.anew import described_anew, needs_kept
from kubegenie_tui.providers.endpoints import context_with
from tests.unit.kube.authority import Authority

SERVER = {"server": "https://10.0.0.7:6443"}
EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "command": "rm", "args": ["-rf"], "interactiveMode": "Never"}


def document(user: dict[str, Any] | None = None, cluster: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "kind": "Config",
        "current-context": "c",
        "clusters": [{"name": "c", "cluster": cluster or SERVER}],
        "users": [{"name": "u", "user": user or {}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }


def test_a_token_is_a_secret_and_in_nothing_else() -> None:
    endpoint, secrets = adopted(yaml.safe_dump(document({"token": "t0ken"})), "a Secret", trusted=False)
    assert secrets == {"token": "t0ken"}
    assert endpoint.secrets == {"token": Reference("safe")}
    assert "t0ken" not in repr(endpoint)


def test_certificates_come_out_of_their_files_only_where_files_may_be_named(tmp_path: Path) -> None:
    ours = Authority(tmp_path)
    certificate, key = ours.issue("jane")
    named = document(
        {"client-certificate": str(certificate), "client-key": str(key)},
        {**SERVER, "certificate-authority": str(ours.certificate)},
    )
    endpoint, secrets = adopted(named, "acme", trusted=True)
    assert (endpoint.ca, endpoint.certificate) == (ours.certificate.read_text(), certificate.read_text())
    assert secrets == {"key": key.read_text()}
    with pytest.raises(UsageError, match="names the file"):
        adopted(named, "a Secret", trusted=False)


def test_a_login_with_all_its_tokens() -> None:
    config = {"idp-issuer-url": "https://i", "client-id": "k", "client-secret": "s", "refresh-token": "r"}
    endpoint, secrets = adopted(
        document({"auth-provider": {"name": "oidc", "config": config}}), "a Secret", trusted=False
    )
    assert endpoint.login == Login("https://i", "k")
    assert secrets == {"client_secret": "s", "refresh_token": "r"}


async def test_what_is_written_out_is_taken_back_as_it_was() -> None:
    config = {"idp-issuer-url": "https://i", "client-id": "k", "client-secret": "s", "refresh-token": "r"}
    endpoint, secrets = adopted(
        document({"auth-provider": {"name": "oidc", "config": config}}), "a Secret", trusted=False
    )
    written = await content_of(context_with("c", endpoint, secrets))
    again, kept = adopted(written, "a Secret", trusted=False)
    assert replace(again, saved=endpoint.saved) == endpoint
    assert kept == secrets


async def test_a_secret_that_a_plugin_is_given_is_kept_like_one() -> None:
    env = [{"name": "AZURE_CLIENT_SECRET", "value": "s3cret"}, {"name": "AWS_PROFILE", "value": "ops"}]
    endpoint, secrets = adopted(document({"exec": {**EXEC, "env": env}}), "acme", trusted=True)
    assert secrets == {"env:AZURE_CLIENT_SECRET": "s3cret"}
    assert "s3cret" not in repr(endpoint)
    written = (await content_of(context_with("c", endpoint, secrets)))["users"][0]["user"]["exec"]["env"]
    assert sorted(each["name"] for each in written) == ["AWS_PROFILE", "AZURE_CLIENT_SECRET"]
    anew = {"server": "https://10.0.0.8:6443", "plugin": "rm -rf"}
    registration = Registration("c", endpoint=endpoint)

    async def reveal(owner: str, field: str) -> str:
        return secrets[field]

    assert needs_kept(registration, anew)
    moved, kept = await described_anew(registration, anew, reveal)
    assert (moved.server, moved.secrets, kept) == ("https://10.0.0.8:6443", endpoint.secrets, secrets)
    other, kept = await described_anew(registration, {**anew, "plugin": "ls"}, reveal)
    assert (other.secrets, kept) == ({}, {})


async def test_an_argument_of_a_plugin_that_is_a_secret_is_kept_like_one() -> None:
    args = ["get-token", "--oidc-client-secret=s3cret", "--token", "t0ken", "--oidc-client-id", "k", "--no-key"]
    endpoint, secrets = adopted(document({"exec": {**EXEC, "args": args}}), "acme", trusted=True)
    assert secrets == {"arg:1": "--oidc-client-secret=s3cret", "arg:3": "t0ken"}
    assert endpoint.plugin is not None
    assert endpoint.plugin.arguments == ("get-token", SEALED, "--token", SEALED, *args[4:])
    assert "s3cret" not in repr(endpoint)
    written = await content_of(context_with("c", endpoint, secrets))
    assert written["users"][0]["user"]["exec"]["args"] == args
    typed = {"server": "https://10.0.0.8:6443", "plugin": shlex.join(("rm", *endpoint.plugin.arguments))}
    registration = Registration("c", endpoint=endpoint)

    async def reveal(owner: str, field: str) -> str:
        return secrets[field]

    moved, kept = await described_anew(registration, typed, reveal)
    assert (moved.plugin, moved.secrets, kept) == (endpoint.plugin, endpoint.secrets, secrets)
    with pytest.raises(UsageError, match="type it again"):
        await described_anew(registration, {**typed, "plugin": f"{typed['plugin']} more"}, reveal)
    other, kept = await described_anew(registration, {**typed, "plugin": "rm --token=new"}, reveal)
    assert (other.secrets, kept) == ({"arg:0": Reference("safe")}, {"arg:0": "--token=new"})


def test_the_arguments_of_our_own_plugin_name_no_secret() -> None:
    plugin = {**EXEC, "command": "kubegenie", "args": ["token", "secret", "--secret", "fleet/dev"]}
    assert adopted(document({"exec": plugin}), "acme", trusted=True).secrets == {}


async def test_the_context_is_the_one_that_was_told() -> None:
    endpoint, secrets = adopted(document({"username": "me", "password": "word"}), "a Secret", trusted=False)
    context = context_with("c", endpoint, secrets)
    assert (context.server, context.auth.username) == ("https://10.0.0.7:6443", "me")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (document({"exec": EXEC}), "wants to run rm on this computer"),
        (document({"tokenFile": "/etc/shadow"}), "names the file /etc/shadow"),
        (document(cluster={**SERVER, "certificate-authority": "/etc/shadow"}), "names the file /etc/shadow"),
        (document(cluster={**SERVER, "insecure-skip-tls-verify": True}), "does not check the certificate"),
        (document(cluster={**SERVER, "proxy-url": "http://a:b@p"}), "would lie in the clear"),
    ],
)
def test_what_lies_in_a_cluster_may_not_do_everything(told: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        adopted(told, "a Secret", trusted=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not valid YAML"),
        ("{}", "no telling which context"),
        (json.dumps(document(cluster={"server": "nowhere"})), "no usable server"),
    ],
)
def test_what_is_no_kubeconfig(text: str, said: str) -> None:
    with pytest.raises(KubeconfigError, match=said):
        adopted(text, "a Secret", trusted=False)
