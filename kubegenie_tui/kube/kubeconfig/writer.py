"""A kubeconfig of one context, for programs that read nothing else: kubectl, helm."""

import base64
from pathlib import Path
from typing import Any

import yaml

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.kube.auth.credentials import with_lent
from kubegenie_tui.kube.context import AuthInfo, Context


async def kubeconfig_of(context: Context) -> bytes:
    """The text, with all credentials in the clear: it belongs into a file for one person alone.

    Raises:
        KubeconfigError, CredentialError, UsageError: as `content_of`.
    """
    return yaml.safe_dump(await content_of(context), sort_keys=False).encode()


async def content_of(context: Context) -> dict[str, Any]:
    """A kubeconfig as data, with all credentials in the clear.

    Raises:
        KubeconfigError: the context cannot be used.
        CredentialError: a secret is not where it should be.
        UsageError: it trusts a certificate that is no authority, or a jump host leads there: none can say that.
    """
    if context.error is not None:
        raise context.error
    if context.jump is not None:
        step = "other programs reach it through a port of your own: ssh -L"
        raise UsageError("A kubeconfig cannot name an SSH jump host", f"{context.jump} leads there", step)
    if context.tls.pinned:
        step = "register the cluster with its authority: --ca-file"
        raise UsageError(
            "A kubeconfig cannot trust a server's own certificate alone", "kubectl wants its authority", step
        )
    auth, name = await with_lent(context.auth), context.name
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": _filled(_cluster(context))}],
        "users": [{"name": name, "user": _filled(_user(auth))}],
        "contexts": [
            {"name": name, "context": _filled({"cluster": name, "user": name, "namespace": context.namespace})}
        ],
        "current-context": name,
    }


def _cluster(context: Context) -> dict[str, Any]:
    tls = context.tls
    return {
        "server": context.server,
        "certificate-authority-data": _base64(tls.ca_data),
        "certificate-authority": "" if tls.ca_data else _absolute(tls.ca_file),
        "insecure-skip-tls-verify": tls.insecure,
        "tls-server-name": tls.server_name,
        "proxy-url": context.proxy_url,
    }


def _user(auth: AuthInfo) -> dict[str, Any]:
    whom = auth.impersonation
    return {
        "client-certificate-data": _base64(auth.certificate_data),
        "client-certificate": "" if auth.certificate_data else _absolute(auth.certificate_file),
        "client-key-data": _base64(auth.key_data.value),
        "client-key": "" if auth.key_data else _absolute(auth.key_file),
        "token": auth.token.value,
        "tokenFile": _absolute(auth.token_file),
        "username": auth.username,
        "password": auth.password.value,
        "as": whom.user,
        "as-uid": whom.uid,
        "as-groups": list(whom.groups),
        "as-user-extra": {key: list(values) for key, values in whom.extra},
        "exec": _exec(auth),
        "auth-provider": _auth_provider(auth),
    }


def _exec(auth: AuthInfo) -> dict[str, Any]:
    plugin = auth.exec
    if plugin is None:
        return {}
    body = {
        "apiVersion": plugin.api_version,
        "command": plugin.command,
        "args": list(plugin.args),
        "env": [{"name": name, "value": value} for name, value in plugin.env],
        "interactiveMode": plugin.interactive_mode,
        "provideClusterInfo": plugin.provide_cluster_info,
    }
    return _filled(body)


def _auth_provider(auth: AuthInfo) -> dict[str, Any]:
    oidc = auth.oidc
    if oidc is None:
        return {}
    config = {
        "idp-issuer-url": oidc.issuer,
        "client-id": oidc.client_id,
        "client-secret": oidc.client_secret.value,
        "id-token": oidc.id_token.value,
        "refresh-token": oidc.refresh_token.value,
        "idp-certificate-authority-data": _base64(oidc.ca_data),
        "idp-certificate-authority": "" if oidc.ca_data else _absolute(oidc.ca_file),
    }
    return {"name": "oidc", "config": _filled(config)}


def _filled(body: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if value}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _absolute(path: str) -> str:
    return str(Path(path).absolute()) if path else ""
