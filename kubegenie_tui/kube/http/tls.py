"""TLS to an API server: its authority and our certificate in one context, and a look at a certificate that fails."""

import asyncio
import os
import ssl
import tempfile
from datetime import datetime
from pathlib import Path

import msgspec

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.context import Context, Secret
from kubegenie_tui.kube.http.x509 import not_after
from kubegenie_tui.kube.jump import host_and_port

_NO_CHECK_TIME = 0x200000
"""X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h, which the ssl module does not name."""


class Certificate(msgspec.Struct, frozen=True):
    """A client certificate and its key, PEM."""

    chain: str
    key: Secret


class Peer(msgspec.Struct, frozen=True):
    """What a server's certificate says of itself."""

    names: tuple[str, ...]
    """DNS names and IP addresses."""
    not_before: str
    not_after: str
    """As OpenSSL writes it: `Nov 25 20:04:00 2026 GMT`."""
    end: datetime | None = None
    """The same as a time, known also of a certificate that is not verified."""


def build_ssl_context(context: Context, certificate: Certificate | None = None) -> ssl.SSLContext:
    """The SSL context for a cluster. Reads files, and the system's authorities when none is given: call it in a thread.

    Raises:
        KubeconfigError: an authority or a certificate that cannot be read.
    """
    tls = context.tls
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Strict since Python 3.13, and many clusters' own authorities (EKS among them) do not meet it.
    ours.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if tls.insecure:
        ours.check_hostname = False
        ours.verify_mode = ssl.CERT_NONE
    elif tls.ca_data or tls.ca_file:
        _load_authority(ours, context)
    else:
        ours.load_default_certs()
    if certificate is not None:
        _load_certificate(ours, context, certificate)
    return ours


def _load_authority(ours: ssl.SSLContext, context: Context) -> None:
    tls = context.tls
    if tls.pinned:
        ours.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        ours.load_verify_locations(cadata=tls.ca_data or Path(tls.ca_file).read_text(encoding="ascii"))
    except OSError as error:  # ssl.SSLError is one
        why = error.strerror if not isinstance(error, ssl.SSLError) and error.strerror else "it holds no certificate"
        raise _unusable(context, "certificate-authority", tls.ca_file, why) from error
    except ValueError as error:
        raise _unusable(context, "certificate-authority", tls.ca_file, "it holds no certificate") from error


def _load_certificate(ours: ssl.SSLContext, context: Context, certificate: Certificate) -> None:
    """OpenSSL takes a key only from a file: it exists for that moment, in a directory only we can enter."""
    with tempfile.TemporaryDirectory(prefix="kubegenie-", dir=_private_place()) as directory:
        file = Path(directory, "client.pem")
        file.touch(mode=0o600)
        file.write_text(f"{certificate.chain.rstrip()}\n{certificate.key.value}")
        try:
            ours.load_cert_chain(file, password=_no_password)
        except (ssl.SSLError, ValueError) as error:
            why = "the key is encrypted, is not for this certificate, or one of them is not PEM"
            raise _unusable(context, "client certificate", context.auth.certificate_file, why) from error


def _private_place() -> str | None:
    """A directory in memory where the system has one, so that no key is ever written to a disk."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return next((place for place in (runtime, "/dev/shm") if place and os.access(place, os.W_OK)), None)  # noqa: S108


def _no_password() -> str:
    """Without this OpenSSL would ask for one on the terminal."""
    return ""


def _unusable(context: Context, what: str, file: str, why: str) -> KubeconfigError:
    named = f"{what} {file}" if file else what
    step = f"correct it in {context.file or 'the registration'}"
    whose = f' of context "{context.name}"' if context.name else ""
    return KubeconfigError(f"The {named}{whose} cannot be used", why, step, file=context.file)


async def inspect_peer(context: Context, address: tuple[str, int], timeout: float = 5.0) -> Peer | None:
    """Ask a server what its certificate says, also one that was refused; None when that cannot be learnt.

    The chain is still verified, only the name and the dates are not, and our own certificate is not shown.
    """
    name = context.tls.server_name or host_and_port(context.server)[0]
    try:
        lenient = await asyncio.to_thread(_lenient, context)
        async with asyncio.timeout(timeout):
            _, writer = await asyncio.open_connection(*address, ssl=lenient, server_hostname=name)
    except (OSError, KubeconfigError):
        return None
    found = writer.get_extra_info("peercert") or {}
    whole = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.transport.abort()
    names = tuple(str(value) for _, value in found.get("subjectAltName", ()))
    end = not_after(ssl.DER_cert_to_PEM_cert(whole)) if whole else None
    return Peer(names, str(found.get("notBefore", "")), str(found.get("notAfter", "")), end)


def _lenient(context: Context) -> ssl.SSLContext:
    ours = build_ssl_context(context)
    ours.check_hostname = False
    ours.verify_flags = ssl.VerifyFlags(ours.verify_flags | _NO_CHECK_TIME)
    return ours
