"""What a person is asked who describes a cluster by hand."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from kubegenie_tui.domain.cluster import Registration, wrong_name
from kubegenie_tui.domain.endpoint import (
    Endpoint,
    wrong_command,
    wrong_issuer,
    wrong_proxy,
    wrong_secret,
    wrong_server,
)
from kubegenie_tui.domain.form import ChoiceField, Field, TextField, ToggleField
from kubegenie_tui.domain.jump import wrong_host_key, wrong_jump
from kubegenie_tui.domain.namespace_set import wrong_scope
from kubegenie_tui.domain.traits import wrong_labels

TOKEN, TOKEN_FILE, CERTIFICATE, PASSWORD, PLUGIN, LOGIN, NOBODY = (
    "token", "token file", "certificate", "password", "plugin", "OpenID Connect", "nobody",
)  # fmt: skip
FIELDS_OF = {
    TOKEN: ("token",),
    TOKEN_FILE: ("token_file",),
    CERTIFICATE: ("certificate", "key"),
    PASSWORD: ("username", "password"),
    PLUGIN: ("plugin",),
    LOGIN: ("issuer", "issuer_ca", "client_id", "client_secret", "refresh_token", "id_token"),
    NOBODY: (),
}
"""By the way in which a person proves who they are, the fields that it takes."""
ONLY_SOMETIMES = frozenset(field for fields in FIELDS_OF.values() for field in fields)
ONLY_WITH = {"jump_key": "jump", "jump_host_key": "jump", "as_groups": "as_user"}
"""Fields that mean something only when another one is filled in."""
OF_THE_CLUSTER = frozenset({"name", "labels", "read_only"})
"""Fields about what the cluster is called and how it is treated, and not about how it is reached."""
ELSEWHERE = "keyring:NAME, file:PATH, exec:PROGRAM"
_NOTHING: Mapping[str, str] = MappingProxyType({})


def endpoint_fields(draft: Mapping[str, str] = _NOTHING) -> tuple[Field, ...]:
    """All fields, filled in as `draft` says; those of `ONLY_SOMETIMES` are asked for as `FIELDS_OF` says."""
    return tuple(_filled(field, draft.get(field.id, "")) for field in _fields())


def _filled(field: Field, text: str) -> Field:
    match field:
        case TextField() | ChoiceField() if text:
            return replace(field, value=text)
        case ToggleField():
            return replace(field, value=field.read(text))
    return field


def _fields() -> tuple[Field, ...]:
    return (
        TextField("name", "Name", hint="what the cluster is called here", check=wrong_name),
        TextField("server", "Server", hint="such as https://10.0.0.7:6443", check=wrong_server),
        TextField(
            "authority",
            "Authority",
            hint="file with a PEM, the PEM itself, or a SHA-256 fingerprint; empty: those of your system",
            required=False,
        ),
        TextField("server_name", "TLS server name", hint="where the certificate is for another name", required=False),
        TextField("proxy", "Proxy", hint="such as http://proxy:3128", required=False, check=wrong_proxy),
        TextField("jump", "Jump host", hint="SSH that leads there: me@bastion:22", required=False, check=wrong_jump),
        TextField("jump_key", "SSH key", hint="file; empty: your SSH agent and ~/.ssh", required=False),
        TextField(
            "jump_host_key",
            "Host key",
            hint="fingerprint of the jump host's key; empty: known_hosts says it",
            required=False,
            check=wrong_host_key,
        ),
        ChoiceField("way", "You are", tuple(FIELDS_OF)),
        _secret("token", "Token", f"kept sealed; or where it lies: {ELSEWHERE}"),
        TextField("token_file", "Token file", hint="read again and again"),
        TextField("certificate", "Certificate", hint="file with a PEM, or the PEM itself"),
        _secret("key", "Key", f"file with a PEM, or the PEM itself; kept sealed; or {ELSEWHERE}"),
        TextField("username", "User name"),
        _secret("password", "Password", f"kept sealed; or where it lies: {ELSEWHERE}"),
        TextField("plugin", "Plugin", hint="a program and its arguments: kubelogin get-token ...", check=wrong_command),
        *_login_fields(),
        TextField("as_user", "Act as", hint="a user to impersonate", required=False),
        TextField("as_groups", "In groups", hint="with that user: sre ops", required=False),
        TextField("namespace", "Namespace", hint="to begin in", required=False, check=wrong_scope),
        TextField("labels", "Labels", hint="env=lab team=sre", required=False, check=wrong_labels),
        ToggleField("read_only", "Read-only", hint="refuse every change to it"),
    )


def _login_fields() -> tuple[Field, ...]:
    return (
        TextField("issuer", "Issuer", hint="such as https://login.example.com/realms/ops", check=wrong_issuer),
        TextField("issuer_ca", "Its authority", hint="a PEM, or a file with it; empty: your system's", required=False),
        TextField(
            "client_id", "Client id", hint="as which the issuer knows KubeGenie, or the tool that you log in with"
        ),
        _secret("client_secret", "Client secret", f"where it has one; kept sealed; or {ELSEWHERE}", required=False),
        _secret(
            "refresh_token",
            "Refresh token",
            f"log in to get it, or take that of your login tool; kept sealed; or {ELSEWHERE}",
            required=False,
        ),
        _secret(
            "id_token", "Id token", "where the issuer gives no other: it ends soon, then log in again", required=False
        ),
    )


def _secret(id: str, label: str, hint: str, *, required: bool = True) -> TextField:
    return TextField(id, label, hint=hint, required=required, check=wrong_secret, secret=True)


def way_of(endpoint: Endpoint) -> str:
    """In which way an endpoint proves who we are."""
    ways = {
        TOKEN: "token" in endpoint.secrets,
        TOKEN_FILE: endpoint.token_file,
        CERTIFICATE: endpoint.certificate,
        PASSWORD: endpoint.username,
        PLUGIN: endpoint.plugin,
        LOGIN: endpoint.login,
    }
    return next((way for way, given in ways.items() if given), NOBODY)


def fields_anew(registration: Registration) -> tuple[Field, ...]:
    """The fields for one that is registered, filled in as it is. Secrets stay empty: that leaves them as they are."""
    endpoint = registration.endpoint
    assert endpoint is not None, "it only points to a kubeconfig"
    now = _now(endpoint)
    made: list[Field] = []
    for field in endpoint_fields():
        if field.id in OF_THE_CLUSTER:
            continue
        if isinstance(field, ChoiceField):
            field = replace(field, value=way_of(endpoint))
        elif isinstance(field, TextField) and field.secret and field.id in endpoint.secrets:
            field = replace(field, required=False, hint="empty leaves it as it is")
        elif isinstance(field, TextField) and field.id in now:
            field = replace(field, value=now[field.id])
        made.append(field)
    return tuple(made)


def _now(endpoint: Endpoint) -> dict[str, str]:
    """What stands in the fields of an endpoint; its PEMs on one line, as one would paste them."""
    plugin, login = endpoint.plugin, endpoint.login
    return {
        "server": endpoint.server,
        "authority": " ".join(endpoint.ca.split("\n")).strip(),
        "server_name": endpoint.server_name,
        "proxy": endpoint.proxy_url,
        "jump": str(endpoint.jump) if endpoint.jump else "",
        "jump_key": endpoint.jump.key_file if endpoint.jump else "",
        "jump_host_key": endpoint.jump.host_key if endpoint.jump else "",
        "token_file": endpoint.token_file,
        "certificate": " ".join(endpoint.certificate.split("\n")).strip(),
        "username": endpoint.username,
        "plugin": shlex.join((plugin.command, *plugin.arguments)) if plugin else "",
        "issuer": login.issuer if login else "",
        "issuer_ca": " ".join(login.ca.split("\n")).strip() if login else "",
        "client_id": login.client_id if login else "",
        "as_user": endpoint.as_user,
        "as_groups": " ".join(endpoint.as_groups),
        "namespace": endpoint.namespace,
    }
