"""One way to reach one API server as one user, as a kubeconfig describes it: plain data, nothing opened or read yet."""

from collections.abc import Awaitable, Callable

import msgspec

from kubegenie_tui.domain.endpoint import Reference
from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.domain.jump import Jump


class Secret(msgspec.Struct, frozen=True):
    """A value that is never printed by accident."""

    value: str = ""

    def __repr__(self) -> str:
        return "Secret(***)" if self.value else "Secret()"

    def __bool__(self) -> bool:
        return bool(self.value)


class Tls(msgspec.Struct, frozen=True):
    """How the server is recognised."""

    ca_data: str = ""
    """PEM; empty means `ca_file`, and neither means the system's authorities."""
    ca_file: str = ""
    server_name: str = ""
    """Name to expect in the certificate; empty means the host of the URL."""
    insecure: bool = False
    pinned: bool = False
    """Whether the given certificate is trusted as it is, though it be no authority."""


class Exec(msgspec.Struct, frozen=True):
    """A credential plugin (client.authentication.k8s.io)."""

    api_version: str
    command: str
    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    install_hint: str = ""
    interactive_mode: str = "IfAvailable"
    """`Never`, `IfAvailable` or `Always`."""
    provide_cluster_info: bool = False
    cluster_config: bytes = b"null"
    """JSON of the cluster's `client.authentication.k8s.io/exec` extension, handed to the plugin."""

    def __repr__(self) -> str:
        return f"Exec({self.command!r})"


class Oidc(msgspec.Struct, frozen=True):
    """The `oidc` auth provider."""

    issuer: str
    client_id: str
    client_secret: Secret = Secret()
    id_token: Secret = Secret()
    refresh_token: Secret = Secret()
    ca_data: str = ""
    """PEM."""
    ca_file: str = ""


class Impersonation(msgspec.Struct, frozen=True):
    """Whom to act as, after having proved who we are."""

    user: str = ""
    uid: str = ""
    groups: tuple[str, ...] = ()
    extra: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def headers(self) -> list[tuple[str, str]]:
        """The `Impersonate-*` request headers; groups and extras repeat theirs.

        Source: k8s.io/client-go/transport, impersonatingRoundTripper.
        """
        from urllib.parse import quote

        single = [("Impersonate-User", self.user), ("Impersonate-Uid", self.uid)]
        groups = [("Impersonate-Group", group) for group in self.groups]
        extra = [(f"Impersonate-Extra-{quote(key, safe='')}", value) for key, values in self.extra for value in values]
        return [header for header in single if header[1]] + groups + extra


class Lent(msgspec.Struct, frozen=True):
    """Secrets that are fetched when they are due, and are no part of the context."""

    owner: str
    """Whose they are, for the safe."""
    fields: tuple[tuple[str, Reference], ...]
    """Each as in `Endpoint.secrets`, and where it is found."""
    given: float
    """When the person gave them, seconds since the epoch."""
    fetch: Callable[[str, str, Reference], Awaitable[str]]
    """The secret of an owner and field; raises CredentialError."""
    keep: Callable[[str, str, str], Awaitable[None]] | None = None
    """Keeps another secret in place of one that an issuer has used up, by owner and field; None to forget it."""


class AuthInfo(msgspec.Struct, frozen=True):
    """How we prove who we are. Of several: token file, token, basic, plugin, OIDC; a certificate besides."""

    certificate_data: str = ""
    """PEM."""
    certificate_file: str = ""
    key_data: Secret = Secret()
    """PEM."""
    key_file: str = ""
    token: Secret = Secret()
    token_file: str = ""
    username: str = ""
    password: Secret = Secret()
    exec: Exec | None = None
    oidc: Oidc | None = None
    impersonation: Impersonation = Impersonation()
    lent: Lent | None = None


class Problem(msgspec.Struct, frozen=True):
    """Why a context cannot be used, and where that is written."""

    what: str
    why: str = ""
    next_step: str = ""
    file: str = ""
    line: int = 0


class Context(msgspec.Struct, frozen=True):
    """A named way to a cluster. Two are equal when everything about them is."""

    name: str
    cluster_name: str = ""
    user_name: str = ""
    namespace: str = ""
    """Default namespace; empty when none is set."""
    server: str = ""
    """URL, possibly with a path; without a slash at its end."""
    tls: Tls = Tls()
    proxy_url: str = ""
    auth: AuthInfo = AuthInfo()
    file: str = ""
    """The kubeconfig that the context is written in; empty for other sources."""
    problem: Problem | None = None
    jump: Jump | None = None
    """The SSH host that leads to the server."""

    def leads_as(self, other: "Context") -> bool:
        """Whether both lead to the same server in the same way and as the same user, whatever their namespaces."""
        return msgspec.structs.replace(self, namespace=other.namespace) == other

    @property
    def way(self) -> "Context":
        """What it has in common with all others that lead to the same server in the same way and as the same user."""
        return msgspec.structs.replace(self, name="", namespace="")

    def __repr__(self) -> str:
        return f"Context({self.name!r})"  # a proxy's URL may hold a password

    @property
    def is_unverified(self) -> bool:
        """Whether anybody on the way is taken for the server: by plain http to another machine, or as it is wanted."""
        if self.server.startswith("http:"):
            return not _is_here(self.server)
        return self.tls.insecure and self.server.startswith("https:")

    @property
    def error(self) -> KubeconfigError | None:
        """What is wrong with this context, None when it can be used. A broken one is listed, and raises when used."""
        if self.problem is None:
            return None
        what = self.problem
        return KubeconfigError(what.what, what.why, what.next_step, file=what.file, line=what.line)


def _is_here(url: str) -> bool:
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
