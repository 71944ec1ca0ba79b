"""Looking at the certificates of a server that is not trusted yet, so that a person can tell whose they are."""

import asyncio
import base64
import contextlib
import hashlib
import re
import ssl
from collections.abc import Iterator

import msgspec
import yaml

from kubegenie_tui.domain.errors import ClusterError, TlsFailed, UsageError
from kubegenie_tui.kube.context import Context, Tls
from kubegenie_tui.kube.jump import host_and_port, way_to

LOOK_SECONDS = 8.0
_DER = 2
"""ENCODING_DER of OpenSSL's part of the ssl module."""


class Shown(msgspec.Struct, frozen=True):
    """A certificate that a server showed, or that it hands out; nothing of it is proven."""

    subject: str
    issuer: str
    not_before: str
    not_after: str
    """Dates, UTC."""
    fingerprint: str
    """SHA-256 of the certificate, in hex."""
    key_hash: str
    """SHA-256 of its public key, as `kubeadm token create --print-join-command` prints it."""
    is_authority: bool
    pem: str

    @property
    def is_self_signed(self) -> bool:
        """Whether it says that it stands for itself."""
        return self.subject == self.issuer

    @property
    def in_words(self) -> str:
        """Who, since when, until when, and the fingerprint."""
        kind = "self-signed" if self.is_self_signed else f"issued by {self.issuer}"
        dates = f"valid from {self.not_before} until {self.not_after}"
        return f"{self.subject}, {kind}, {dates}, SHA-256 {self.fingerprint}"


async def shown_chain(context: Context) -> list[Shown]:
    """The certificates that the server shows in a handshake, its own first; nothing is sent, and nothing believed.

    Raises:
        ClusterError: it cannot be reached, or speaks no TLS.
    """
    from kubegenie_tui.kube.http.connection_errors import error_from_exception

    try:
        async with asyncio.timeout(LOOK_SECONDS), way_to(context) as address:
            writer = await _blindly(context, address)
            try:
                return [_read(der) for der in _chain(writer.get_extra_info("ssl_object"))]
            finally:
                writer.transport.abort()
    except (OSError, UnicodeError) as error:
        raise error_from_exception(error, context.server) from error


async def _blindly(context: Context, address: tuple[str, int]) -> asyncio.StreamWriter:
    """TLS with the server, through the proxy where there is one, whatever it shows."""
    from kubegenie_tui.kube.client import Client
    from kubegenie_tui.kube.proxied import proxy_of, through_proxy

    name = context.tls.server_name or host_and_port(context.server)[0]
    blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    blind.check_hostname, blind.verify_mode = False, ssl.CERT_NONE
    client = Client(context)
    try:
        if not proxy_of(client):
            return (await asyncio.open_connection(*address, ssl=blind, server_hostname=name))[1]
        _, writer = await through_proxy(client)
        try:
            await writer.start_tls(blind, server_hostname=name)
        except BaseException:
            writer.transport.abort()
            raise
        return writer
    finally:
        await client.close()


async def find_by_fingerprint(context: Context, fingerprint: str) -> Shown:
    """The certificate with this fingerprint, among those that the server shows and hands out to anybody.

    Args:
        context: how the server is reached; nothing of its credentials is used.
        fingerprint: SHA-256 of a certificate or of its public key, in hex, with or without colons and `sha256:`.

    Raises:
        UsageError: this is no fingerprint.
        TlsFailed: the server has no such certificate: it may be another server.
        ClusterError: it cannot be reached.
    """
    wanted = normal_fingerprint(fingerprint)
    shown = await shown_chain(context)
    for each in [*shown, *await _handed_out(context)]:
        if wanted in (each.fingerprint, each.key_hash):
            return each
    why = f"it shows {shown[0].in_words}" if shown else ""
    step = "ask the cluster's administrator for the fingerprint; do not go on if it should be this one"
    raise TlsFailed(f"{context.server} has no certificate of this fingerprint", why, step)


def first_of(pem: str) -> Shown:
    """The first certificate in a text.

    Raises:
        ValueError: there is none.
    """
    return _read(next(_pems(pem.encode()), b""))


def normal_fingerprint(text: str) -> str:
    """A fingerprint in lower case hex alone.

    Raises:
        UsageError: it is none of SHA-256.
    """
    found = re.sub(r"[\s:]", "", re.sub(r"^(?i:sha-?256(?: fingerprint)?[:=]?)", "", text.strip())).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", found):
        step = "openssl x509 -in ca.crt -noout -fingerprint -sha256 prints one"
        raise UsageError("This is no SHA-256 fingerprint", "it has 64 hexadecimal digits", step)
    return found


async def _handed_out(context: Context) -> list[Shown]:
    """The authorities that k3s, RKE2 (`/cacerts`) and kubeadm (`cluster-info`) give to whoever asks.

    Source: k8s.io/kubernetes/cmd/kubeadm/app/discovery/token; docs.k3s.io, the secure token format.
    """
    from kubegenie_tui.kube.client import Client

    blind = Tls(insecure=True)
    client = Client(
        Context(context.name, server=context.server, tls=blind, proxy_url=context.proxy_url, jump=context.jump)
    )
    found: list[Shown] = []
    try:
        for path in ("/cacerts", "/api/v1/namespaces/kube-public/configmaps/cluster-info"):
            with contextlib.suppress(ClusterError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
                body = await client.get(path, timeout=LOOK_SECONDS)
                found += [_read(der) for der in _pems(body if path == "/cacerts" else _of_cluster_info(body))]
    finally:
        await client.close()
    return found


def _of_cluster_info(body: bytes) -> bytes:
    kubeconfig = yaml.safe_load(msgspec.json.decode(body)["data"]["kubeconfig"])
    return base64.b64decode(kubeconfig["clusters"][0]["cluster"]["certificate-authority-data"])


def _pems(text: bytes) -> Iterator[bytes]:
    pattern = rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----"
    for found in re.findall(pattern, text, re.DOTALL):
        yield ssl.PEM_cert_to_DER_cert(found.decode("ascii"))


def _chain(seen: ssl.SSLObject) -> list[bytes]:
    """All that was shown; the ssl module names the method from Python 3.13 on, and has it since 3.10."""
    if hasattr(seen, "get_unverified_chain"):
        return list(seen.get_unverified_chain())
    chain = seen._sslobj.get_unverified_chain() or []  # type: ignore[attr-defined]
    return [each.public_bytes(_DER) for each in chain]


def _read(der: bytes) -> Shown:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    found = x509.load_der_x509_certificate(der)
    key = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        is_authority = bool(found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        is_authority = False
    return Shown(
        found.subject.rfc4514_string() or "a certificate without a name",
        found.issuer.rfc4514_string(),
        f"{found.not_valid_before_utc:%Y-%m-%d %H:%M}",
        f"{found.not_valid_after_utc:%Y-%m-%d %H:%M}",
        hashlib.sha256(der).hexdigest(),
        hashlib.sha256(key).hexdigest(),
        is_authority,
        ssl.DER_cert_to_PEM_cert(der),
    )
