"""From a kubeconfig that somebody made for us to an endpoint of our own: its secrets go into the safe."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from kubegenie_tui.domain.endpoint import (
    VARIABLE,
    Endpoint,
    Login,
    Plugin,
    Reference,
    check_endpoint,
    without_secret_arguments,
)
from kubegenie_tui.domain.errors import KubeconfigError, UsageError
from kubegenie_tui.domain.pem import certificates_in
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Oidc
from kubegenie_tui.kube.kubeconfig.loader import read_kubeconfig
from kubegenie_tui.providers.describing import Described

_SECRET_VARIABLE = re.compile(r"SECRET|TOKEN|PASSWORD|PASSWD|KEY", re.IGNORECASE)


def adopted(document: Mapping[str, Any] | str, origin: str, *, trusted: bool) -> Described:
    """The cluster of a kubeconfig's current or only context. Reads files: call it in a thread.

    Args:
        document: the kubeconfig, as data or as text.
        origin: where it comes from, for messages.
        trusted: whether it may name programs and files of this computer. What a cluster holds may not: whoever can
            write a Secret there could run here what they like.

    Raises:
        KubeconfigError: it cannot be used.
        UsageError: it does not check the server's certificate, names what it may not, or could never work.
    """
    text = document if isinstance(document, str) else msgspec.json.encode(document).decode()
    context = the_context(text, origin)
    if context.tls.insecure:
        step = "register it by hand, with its authority or a fingerprint"
        raise UsageError(f"{origin} does not check the certificate of {context.server}", "anybody could be it", step)
    if not trusted:
        require_harmless(context, origin)
    plugin, arguments = without_secret_arguments(_plugin(context.auth.exec)) if context.auth.exec else (None, {})
    secrets = _secrets(context.auth) | arguments
    endpoint = _endpoint(context, plugin, secrets)
    check_endpoint(endpoint)
    return Described(endpoint, secrets)


def the_context(text: str, origin: str) -> Context:
    """The current or only context of a kubeconfig.

    Raises:
        KubeconfigError: it cannot be used, or there is no telling which one is meant.
    """
    found = read_kubeconfig(text, origin)
    names = [found.current] if found.current else list(found.contexts)
    if len(names) != 1:
        why = f"it has {', '.join(plain(name) for name in names)}" if names else "it has none"
        raise KubeconfigError(f"There is no telling which context of {origin} is meant", why, "name the current one")
    context = found.contexts[names[0]]
    if context.error is not None:
        raise context.error
    return context


def require_harmless(context: Context, origin: str) -> None:
    """Raise UsageError when it names programs or files of this computer."""
    auth = context.auth
    if auth.exec is not None:
        what = f"{origin} wants to run {plain(auth.exec.command)} on this computer"
        raise UsageError(what, "what lies in a cluster may not do that", "register it by hand if that is right")
    oidc_file = auth.oidc.ca_file if auth.oidc else ""
    for file in (context.tls.ca_file, auth.certificate_file, auth.key_file, auth.token_file, oidc_file):
        if file:
            why = "it means one of another computer"
            raise UsageError(f"{origin} names the file {plain(file)}", why, "it has to hold what is in the file")


def _secrets(auth: AuthInfo) -> dict[str, str]:
    given = {
        "token": "" if auth.token_file else auth.token.value,
        "password": auth.password.value,
        "key": auth.key_data.value or _content(auth.key_file),
    }
    if auth.oidc is not None:
        given |= {field: getattr(auth.oidc, field).value for field in ("client_secret", "refresh_token", "id_token")}
    if auth.exec is not None:
        given |= {f"{VARIABLE}{name}": value for name, value in auth.exec.env if _SECRET_VARIABLE.search(name)}
    return {field: value for field, value in given.items() if value}


def _endpoint(context: Context, plugin: Plugin | None, secrets: Mapping[str, str]) -> Endpoint:
    auth, tls, oidc = context.auth, context.tls, context.auth.oidc
    return Endpoint(
        context.server,
        ca=certificates_in(tls.ca_data or _content(tls.ca_file), "certificate-authority"),
        server_name=tls.server_name,
        proxy_url=context.proxy_url,
        namespace=context.namespace,
        token_file=auth.token_file,
        certificate=certificates_in(auth.certificate_data or _content(auth.certificate_file), "client-certificate"),
        username=auth.username,
        plugin=plugin,
        login=_login(oidc) if oidc else None,
        as_user=auth.impersonation.user,
        as_groups=auth.impersonation.groups,
        secrets={field: Reference("safe") for field in secrets},
        saved=time.time(),
    )


def _login(oidc: Oidc) -> Login:
    ca = certificates_in(oidc.ca_data or _content(oidc.ca_file), "idp-certificate-authority")
    return Login(oidc.issuer, oidc.client_id, ca)


def _plugin(plugin: Exec) -> Plugin:
    return Plugin(
        plugin.command,
        plugin.args,
        tuple((name, value) for name, value in plugin.env if not (value and _SECRET_VARIABLE.search(name))),
        plugin.api_version,
        plugin.install_hint,
        plugin.cluster_config.decode(),
    )


def _content(file: str) -> str:
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not PEM"
        raise UsageError(f"{plain(file)} cannot be read", why, "it is named by the kubeconfig") from error
