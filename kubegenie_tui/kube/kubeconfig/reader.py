"""From the entries of a kubeconfig to a context that can be used, or to one that says what is wrong and where."""

import base64
import binascii
import re
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.context import AuthInfo, Context, Exec, Impersonation, Oidc, Problem, Secret, Tls
from kubegenie_tui.kube.kubeconfig.merge import Entry, Merged

T = TypeVar("T")
_EXEC_EXTENSION = "client.authentication.k8s.io/exec"


class _Named(msgspec.Struct):
    name: str = ""
    extension: Any = None


class _Cluster(msgspec.Struct, rename="kebab"):
    server: str = ""
    certificate_authority: str = ""
    certificate_authority_data: str = ""
    insecure_skip_tls_verify: bool = False
    tls_server_name: str = ""
    proxy_url: str = ""
    extensions: list[_Named] = []


class _Variable(msgspec.Struct):
    name: str
    value: str = ""


class _Exec(msgspec.Struct, rename="camel"):
    command: str
    api_version: str
    args: list[str] = []
    env: list[_Variable] = []
    install_hint: str = ""
    interactive_mode: str = "IfAvailable"
    provide_cluster_info: bool = False


class _AuthProvider(msgspec.Struct):
    name: str
    config: dict[str, str] = {}


class _User(msgspec.Struct, rename="kebab"):
    client_certificate: str = ""
    client_certificate_data: str = ""
    client_key: str = ""
    client_key_data: str = ""
    token: str = ""
    token_file: str = msgspec.field(default="", name="tokenFile")
    username: str = ""
    password: str = ""
    as_user: str = msgspec.field(default="", name="as")
    as_uid: str = ""
    as_groups: list[str] = []
    as_user_extra: dict[str, list[str]] = {}
    exec: _Exec | None = None
    auth_provider: _AuthProvider | None = None


class _Context(msgspec.Struct):
    cluster: str = ""
    user: str = ""
    namespace: str = ""


_TYPES = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "empty",
}


def build_context(name: str, merged: Merged) -> Context:
    """The context `name`; with its `problem` set when an entry it needs is missing or cannot be understood."""
    entry = merged.contexts[name]
    known: dict[str, Any] = {"file": str(entry.file.path)}
    try:
        body = _convert(entry, _Context)
        known |= {"cluster_name": body.cluster, "user_name": body.user, "namespace": body.namespace}
        cluster_entry = _referred(entry, merged.clusters, "cluster", body.cluster)
        cluster = _convert(cluster_entry, _Cluster)
        known |= {"server": cluster.server.rstrip("/"), "proxy_url": cluster.proxy_url}
        known["tls"] = _tls(cluster_entry, cluster)
        if body.user:
            known["auth"] = _auth(_referred(entry, merged.users, "user", body.user), cluster)
    except KubeconfigError as error:
        known["problem"] = Problem(error.what, error.why, error.next_step, error.file, error.line)
    return Context(name, **known)


def _referred(entry: Entry, known: dict[str, Entry], kind: str, name: str) -> Entry:
    if name in known:
        return known[name]
    what = f'Context "{entry.name}" names the {kind} "{name}", which does not exist'
    if not name:
        what = f'Context "{entry.name}" names no {kind}'
    raise entry.error(what, f"known: {', '.join(sorted(known)) or 'none'}", at=(kind,))


def _convert(entry: Entry, into: type[T]) -> T:
    try:
        return msgspec.convert(_without_nulls(entry.body), into)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `")
        keys = [int(part) if part.isdigit() else part for part in re.findall(r"[^.$`\[\]]+", place)]
        field = ".".join(str(key) for key in keys) or "it"
        what = f'{str(entry.keys[0]).removesuffix("s").capitalize()} "{entry.name}" cannot be understood'
        raise entry.error(what, f"{field} {_in_words(message)}", at=keys) from error


def _in_words(message: str) -> str:
    """What msgspec says of a value, in YAML's own terms."""
    if missing := re.fullmatch(r"Object missing required field `(\w+)`", message):
        return f"lacks {missing[1]}"
    types = re.fullmatch(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", message)
    return f"should be {_TYPES[types[1]]}, not {_TYPES[types[2]]}" if types else f"is not right: {message}"


def _without_nulls(value: object) -> object:
    """Null means absent, as it does for kubectl."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _tls(entry: Entry, cluster: _Cluster) -> Tls:
    if not _is_usable(cluster.server):
        why = f'"{cluster.server}" is not an http or https URL' if cluster.server else "server is not set"
        raise entry.error(f'Cluster "{entry.name}" has no usable server', why, at=("server",))
    if cluster.insecure_skip_tls_verify and (cluster.certificate_authority or cluster.certificate_authority_data):
        what = f'Cluster "{entry.name}" has a certificate authority and insecure-skip-tls-verify'
        raise entry.error(what, "only one of them can hold", at=("insecure-skip-tls-verify",))
    data = _pem(entry, "certificate-authority-data", cluster.certificate_authority_data)
    return Tls(
        ca_data=data,
        ca_file="" if data else entry.file.resolve(cluster.certificate_authority),
        server_name=cluster.tls_server_name,
        insecure=cluster.insecure_skip_tls_verify,
    )


def _is_usable(server: str) -> bool:
    try:
        url = urlsplit(server)
        return url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _auth(entry: Entry, cluster: _Cluster) -> AuthInfo:
    user = _convert(entry, _User)
    certificate = _pem(entry, "client-certificate-data", user.client_certificate_data)
    key = _pem(entry, "client-key-data", user.client_key_data)
    if bool(certificate or user.client_certificate) != bool(key or user.client_key):
        raise entry.error(f'User "{entry.name}" needs both a client certificate and a client key')
    return AuthInfo(
        certificate_data=certificate,
        certificate_file="" if certificate else entry.file.resolve(user.client_certificate),
        key_data=Secret(key),
        key_file="" if key else entry.file.resolve(user.client_key),
        token=Secret(user.token),
        token_file=entry.file.resolve(user.token_file),
        username=user.username,
        password=Secret(user.password),
        exec=_exec(entry, user.exec, cluster) if user.exec else None,
        oidc=_oidc(entry, user.auth_provider) if user.auth_provider else None,
        impersonation=_impersonation(entry, user),
    )


def _exec(entry: Entry, body: _Exec, cluster: _Cluster) -> Exec:
    configs = [item.extension for item in cluster.extensions if item.name == _EXEC_EXTENSION]
    try:
        config = msgspec.json.encode(configs[0] if configs else None)
    except TypeError as error:
        raise entry.error(f"The {_EXEC_EXTENSION} extension of the cluster is not JSON", str(error)) from error
    # A command with a slash is a file beside the kubeconfig; one without is looked up in PATH.
    command = entry.file.resolve(body.command) if "/" in body.command else body.command
    return Exec(
        api_version=body.api_version,
        command=command,
        args=tuple(body.args),
        env=tuple((variable.name, variable.value) for variable in body.env),
        install_hint=body.install_hint,
        interactive_mode=body.interactive_mode,
        provide_cluster_info=body.provide_cluster_info,
        cluster_config=config,
    )


def _oidc(entry: Entry, provider: _AuthProvider) -> Oidc:
    if provider.name != "oidc":
        why = f'the auth provider "{provider.name}" was removed from Kubernetes in 1.26'
        step = "let your cloud's tool write the kubeconfig again: it will name a credential plugin"
        raise entry.error(f'User "{entry.name}" cannot log in', why, step, at=("auth-provider", "name"))
    config = provider.config
    return Oidc(
        issuer=config.get("idp-issuer-url", ""),
        client_id=config.get("client-id", ""),
        client_secret=Secret(config.get("client-secret", "")),
        id_token=Secret(config.get("id-token", "")),
        refresh_token=Secret(config.get("refresh-token", "")),
        ca_data=_pem(entry, "idp-certificate-authority-data", config.get("idp-certificate-authority-data", "")),
        ca_file=entry.file.resolve(config.get("idp-certificate-authority", "")),
    )


def _impersonation(entry: Entry, user: _User) -> Impersonation:
    if not user.as_user and (user.as_uid or user.as_groups or user.as_user_extra):
        raise entry.error(f'User "{entry.name}" impersonates groups, a uid or extras without a user', "as is not set")
    extra = tuple((key, tuple(values)) for key, values in user.as_user_extra.items())
    whom = Impersonation(user.as_user, user.as_uid, tuple(user.as_groups), extra)
    if not all(value.isprintable() for _, value in whom.headers()):
        raise entry.error(f'User "{entry.name}" impersonates a name with control characters', at=("as",))
    return whom


def _pem(entry: Entry, field: str, text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise entry.error(f'"{field}" of "{entry.name}" is not base64 of PEM', str(error), at=(field,)) from error
