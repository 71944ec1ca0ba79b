"""What a failed connection means: an exception of aiohttp, ssl or the socket to one of our errors."""

import errno
import ssl

import aiohttp

from kubegenie_tui.domain.errors import (
    ClientCertificateRefused,
    ClusterError,
    NameNotFound,
    Refused,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.http.tls import Peer

EXPIRED, NOT_YET_VALID, NAME_MISMATCH, IP_MISMATCH = 10, 9, 62, 64
"""X509_V_ERR codes of OpenSSL's x509_vfy.h."""

CERTIFICATE_DETAILS = (EXPIRED, NOT_YET_VALID, NAME_MISMATCH, IP_MISMATCH)
"""Failures where the certificate itself tells a person more."""

_NEW_ONE = "get a new one"
_OTHER_CLUSTER = "it may be for another cluster: get one that this cluster's authority has issued"
_ODD_CERTIFICATE = "the client certificate may be missing, have expired, or be for another cluster"
_ALERTS = (
    ("UNRECOGNIZED_NAME", "it is not there by this name: check its URL and tls-server-name"),
    (
        "PROTOCOL_VERSION",
        "it speaks older TLS than 1.2 alone: have it, or what stands in front of it, brought up to date",
    ),
    (
        "INSUFFICIENT_SECURITY",
        "its ciphers are none of ours: have it, or what stands in front of it, brought up to date",
    ),
    ("INTERNAL_ERROR", "its own log may say more; it may not be there by this name"),
)
"""What to do about what a server says before it hangs up. Source: RFC 8446, section 6.2."""
_OF_OUR_CERTIFICATE = (
    ("HANDSHAKE_FAILURE", "it may want a client certificate, or its ciphers are none of ours"),
    ("CERTIFICATE_REQUIRED", "it wants a client certificate: give one that this cluster's authority has issued"),
    ("UNKNOWN_CA", f"it does not know who issued the client certificate; {_OTHER_CLUSTER}"),
    ("CERTIFICATE_EXPIRED", f"the client certificate has expired: {_NEW_ONE}"),
    ("CERTIFICATE_REVOKED", f"the client certificate was revoked: {_NEW_ONE}"),
)
"""The same of what it says against our certificate; every other alert about certificates means an odd one."""
_IS_IT_RUNNING = "check that the cluster runs and that its address is right"
_NETWORK = "check the network and the VPN"


def error_from_exception(exc: BaseException, server: str, peer: Peer | None = None) -> ClusterError:
    """The error for an exchange that failed before or during the answer.

    Args:
        exc: what aiohttp or the socket raised.
        server: the server's URL, for the message.
        peer: what the server's certificate says, when it was looked at.
    """
    certificate = _certificate_failure(exc)
    if certificate is not None:
        return _bad_certificate(certificate, server, peer)
    if isinstance(exc, TimeoutError):
        return _timed_out(exc, server)
    if isinstance(exc, aiohttp.ClientHttpProxyError | aiohttp.ClientProxyConnectionError):
        return _bad_proxy(exc, server)
    if isinstance(exc, aiohttp.ClientConnectorDNSError):
        return _name_not_found(exc.host, exc.os_error)
    if isinstance(exc, aiohttp.ClientPayloadError):
        return Refused(f"{server} hung up in the middle of its answer", next_step="try again")
    if isinstance(exc, aiohttp.ServerDisconnectedError):
        return Refused(f"{server} hung up without an answer", next_step=_after_hanging_up(server))
    if isinstance(exc, aiohttp.ClientResponseError) and not isinstance(exc, aiohttp.WSServerHandshakeError):
        return _not_http(exc, server)
    if isinstance(exc, UnicodeError):
        return NameNotFound(f"{server} cannot be looked up", "its host is no name", "check the address")
    if isinstance(exc, OSError):
        return _not_connected(_beneath(exc), server)
    return Unreachable(f"{server} cannot be spoken with", plain(str(exc)), _IS_IT_RUNNING)


def certificate_code(exc: BaseException) -> int:
    """OpenSSL's verification code when the server's certificate was refused, else 0."""
    failure = _certificate_failure(exc)
    return failure.verify_code if failure is not None else 0


def _certificate_failure(exc: BaseException) -> ssl.SSLCertVerificationError | None:
    if isinstance(exc, aiohttp.ClientConnectorCertificateError):
        exc = exc.certificate_error
    return exc if isinstance(exc, ssl.SSLCertVerificationError) else None


def _bad_certificate(failure: ssl.SSLCertVerificationError, server: str, peer: Peer | None) -> TlsFailed:
    code, why = failure.verify_code, failure.verify_message
    if code == EXPIRED:
        when = f"it ended {peer.not_after}" if peer else why
        return TlsFailed(f"The certificate of {server} has expired", when, "renew it, or check this computer's clock")
    if code == NOT_YET_VALID:
        when = f"it begins {peer.not_before}" if peer else why
        return TlsFailed(f"The certificate of {server} is not valid yet", when, "check this computer's clock")
    if code in (NAME_MISMATCH, IP_MISMATCH):
        names = f"it is for {plain(', '.join(peer.names))}" if peer and peer.names else why
        step = "use one of these names as server, or set tls-server-name"
        return TlsFailed(f"The certificate of {server} is for another name", names, step)
    step = "give the authority of the cluster, in a kubeconfig as certificate-authority-data; it may have a new one"
    return TlsFailed(f"The certificate of {server} is not trusted", why, step)


def _bad_proxy(exc: aiohttp.ClientHttpProxyError | aiohttp.ClientProxyConnectionError, server: str) -> Unreachable:
    step = "check proxy-url or HTTPS_PROXY"
    if isinstance(exc, aiohttp.ClientHttpProxyError):
        return Unreachable(f"The proxy does not connect us to {server}", f"it answers {exc.status} {exc.message}", step)
    return Unreachable(f"The proxy for {server} cannot be reached", exc.os_error.strerror or str(exc.os_error), step)


def _timed_out(exc: BaseException, server: str) -> TimedOut:
    connecting = isinstance(exc, aiohttp.ConnectionTimeoutError)
    what = f"{server} does not answer" if connecting else f"{server} did not answer in time"
    return TimedOut(what, "no connection in time" if connecting else "it is overloaded or hangs", _NETWORK)


def _name_not_found(host: str, exc: OSError) -> NameNotFound:
    return NameNotFound(f'The name "{host}" is not known', exc.strerror or str(exc), f"check the address; {_NETWORK}")


def _beneath(exc: OSError) -> OSError:
    """What aiohttp wraps; an alert of TLS 1.3 comes after the handshake, as the cause of a ClientOSError."""
    return exc.__cause__ if isinstance(exc.__cause__, ssl.SSLError) else getattr(exc, "os_error", exc)


def _not_connected(exc: OSError, server: str) -> ClusterError:
    if isinstance(exc, ssl.SSLError):
        return _not_tls(exc, server)
    why = exc.strerror or str(exc)
    match _errno(exc):
        case errno.ECONNREFUSED:
            return Refused(f"Nothing listens at {server}", "connection refused", _IS_IT_RUNNING)
        case errno.ECONNRESET | errno.EPIPE | errno.ECONNABORTED:
            return Refused(f"{server} hung up", why, "try again; it may be restarting")
        case errno.ETIMEDOUT:
            return TimedOut(f"{server} does not answer", why, _NETWORK)
        case errno.EMFILE | errno.ENFILE:
            return Unreachable("Too many connections and files are open", why, "raise the limit with ulimit -n")
        case _:
            return Unreachable(f"{server} cannot be reached", why, _NETWORK)


def _not_http(exc: aiohttp.ClientResponseError, server: str) -> Unreachable:
    """What came is no answer of HTTP; it may be the proxy that sent it."""
    asked = exc.request_info.real_url.origin()
    who = server if server.startswith(str(asked)) else f"{asked}, on the way to {server},"
    step = _IS_IT_RUNNING if server.startswith("https:") else "check the port, or use https:// in its URL"
    return Unreachable(f"{who} does not speak HTTP", plain(exc.message.partition("\n")[0].rstrip(":")), step)


def _after_hanging_up(server: str) -> str:
    step = "try again; it may be restarting"
    return step if server.startswith("https:") else f"{step}, or speak TLS only: then use https:// in its URL"


def _errno(exc: OSError) -> int:
    """The error number; aiohttp joins the failures of several addresses into one text, asyncio may give none."""
    if exc.errno is not None:
        return exc.errno
    if isinstance(exc, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return errno.ECONNRESET
    return errno.ECONNREFUSED if f"[Errno {errno.ECONNREFUSED}]" in str(exc) else 0


def _not_tls(exc: ssl.SSLError, server: str) -> TlsFailed:
    reason = exc.reason or str(exc)
    if "ALERT" in reason or "UNRECOGNIZED_NAME" in reason:
        return _alert(reason, f"{server} refused our side of TLS")
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "HTTP_REQUEST"):
        return TlsFailed(f"{server} does not speak TLS", "", "check the port, or use http:// as its server")
    return TlsFailed(f"TLS with {server} failed", reason.replace("_", " ").lower(), _IS_IT_RUNNING)


def _alert(reason: str, what: str) -> TlsFailed:
    why = reason.replace("_", " ").lower()
    for words, step in _ALERTS:
        if words in reason:
            return TlsFailed(what, why, step)
    step = next((step for words, step in _OF_OUR_CERTIFICATE if words in reason), _ODD_CERTIFICATE)
    return ClientCertificateRefused(what, why, step)
