"""TLS with a server, alone: whether each side takes the other's certificate, and what it says when it does not."""

import asyncio
import ssl
from datetime import UTC, datetime

from kubegenie_tui.domain.errors import ClientCertificateRefused, ClusterError, Refused, TlsFailed
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.client import Client
from kubegenie_tui.kube.http.connection_errors import CERTIFICATE_DETAILS, certificate_code, error_from_exception
from kubegenie_tui.kube.http.tls import Certificate, build_ssl_context, inspect_peer
from kubegenie_tui.kube.jump import host_and_port
from kubegenie_tui.kube.proxied import Ways, proxy_of, through_proxy

LISTEN_SECONDS = 3.0
"""How long a server that took our request and hung up is given to say why. One that is content says nothing."""


async def shake_hands(client: Client) -> str:
    """What the server's certificate says; ours is shown only to a server that wants it now, as before TLS 1.3.

    Raises:
        ClusterError: the server does not take our side of TLS, or we do not take its.
        CredentialError, KubeconfigError: it wants our certificate, and that cannot be read.
    """
    try:
        _, writer = await _agreed(client, None)
    except (ClientCertificateRefused, Refused) as refusal:
        ours = await client.own_certificate()
        if ours is None:
            raise _explained(client, refusal, None) from refusal
        writer = await _agreed_with_ours(client, ours)
    certificate = writer.get_extra_info("peercert") or {}
    writer.transport.abort()
    if client.context.tls.insecure:
        return "the certificate is NOT checked, as the kubeconfig says: whoever is on the way can read along"
    return f"the certificate is trusted, and valid until {_end(certificate.get('notAfter'))}"


def _end(date: object) -> str:
    """A date as OpenSSL writes it, as we write dates."""
    if not isinstance(date, str):
        return "an unknown time"
    return f"{datetime.fromtimestamp(ssl.cert_time_to_seconds(date), UTC):%Y-%m-%d %H:%M} UTC"


async def after_hanging_up(client: Client, error: ClusterError) -> ClusterError:
    """Why a server that agreed on TLS did not answer: by TLS 1.3 it looks at our certificate only then.

    What it says may be lost where a request is under way already: one more connection listens, and asks nothing.
    """
    ours = await client.own_certificate()
    said = error if isinstance(error, ClientCertificateRefused) else await _said(client, ours)
    return _with_what_is_shown(said, ours) if isinstance(said, ClientCertificateRefused) else said or error


async def opened(client: Client, ours: ssl.SSLContext | None) -> Ways:
    """A connection to the server, with TLS when a context is given for it.

    Raises:
        ClusterError: there is none.
    """
    host, _ = host_and_port(client.server)
    name = (client.context.tls.server_name or host) if ours else None
    address, is_by_proxy = await client.address(), bool(proxy_of(client))
    try:
        if is_by_proxy:
            return await _secured(await through_proxy(client), ours, name)
        return await asyncio.open_connection(*address, ssl=ours, server_hostname=name)
    except OSError as error:
        code = certificate_code(error)
        if code and code not in CERTIFICATE_DETAILS:
            raise await _untrusted(client, error) from error
        peer = await inspect_peer(client.context, address) if code and not is_by_proxy else None
        raise error_from_exception(error, client.server, peer) from error


async def _secured(ways: Ways, ours: ssl.SSLContext | None, name: str | None) -> Ways:
    """TLS on a connection that is there."""
    reader, writer = ways
    if ours is not None:
        try:
            await writer.start_tls(ours, server_hostname=name)
        except BaseException:
            writer.transport.abort()
            raise
    return reader, writer


async def _agreed(client: Client, ours: Certificate | None) -> Ways:
    return await opened(client, await asyncio.to_thread(build_ssl_context, client.context, ours))


async def _agreed_with_ours(client: Client, ours: Certificate) -> asyncio.StreamWriter:
    try:
        return (await _agreed(client, ours))[1]
    except (ClientCertificateRefused, Refused) as refusal:
        raise _explained(client, refusal, ours) from refusal


async def _said(client: Client, ours: Certificate | None) -> ClusterError | None:
    """What the server says of itself once TLS is agreed on; None when it waits for a request, as it should."""
    try:
        reader, writer = await _agreed(client, ours)
    except ClusterError:
        return None
    try:
        async with asyncio.timeout(LISTEN_SECONDS):
            if await reader.read(1):
                return None
    except ssl.SSLError as error:
        return error_from_exception(error, client.server)
    except TimeoutError:
        return None
    except OSError:
        pass
    finally:
        writer.transport.abort()
    what = f"{client.server} hangs up as soon as TLS is agreed on"
    step = "it may want a client certificate, or another one; or have no server behind it"
    return ClientCertificateRefused(what, next_step=step)


def _explained(client: Client, refusal: ClientCertificateRefused | Refused, ours: Certificate | None) -> TlsFailed:
    if isinstance(refusal, ClientCertificateRefused):
        return _with_what_is_shown(refusal, ours)
    why = f"it may not speak TLS, not be there by this name, or want a client certificate; {_in_words(ours)}"
    step = "check the port, tls-server-name, and what stands in front of it"
    return TlsFailed(f"{client.server} hung up while TLS began", why, step)


def _with_what_is_shown(refusal: ClientCertificateRefused, ours: Certificate | None) -> ClientCertificateRefused:
    """So that a person sees whether it is the right one."""
    why = "; ".join(part for part in (refusal.why, _in_words(ours)) if part)
    return ClientCertificateRefused(refusal.what, why, refusal.next_step)


def _in_words(ours: Certificate | None) -> str:
    if ours is None:
        return "no client certificate is shown"
    from kubegenie_tui.kube.http.trust import first_of

    mine = first_of(ours.chain)
    return f"shown is {plain(mine.subject)}, issued by {plain(mine.issuer)}, valid until {mine.not_after}"


async def _untrusted(client: Client, refusal: OSError) -> ClusterError:
    """The refusal, with what the server showed: whether that is right only a person can know."""
    from kubegenie_tui.kube.http.trust import shown_chain

    error = error_from_exception(refusal, client.server)
    try:
        shown = await shown_chain(client.context)
    except ClusterError:
        return error
    words = "; ".join(f"it shows {each.in_words}" for each in shown[:1])
    step = f"{error.next_step}. If the cluster's administrator names this fingerprint, register the cluster with it"
    return type(error)(error.what, f"{error.why}; {plain(words)}", step)
