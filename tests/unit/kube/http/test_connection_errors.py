"""What the failures of the libraries below us mean; those that a server on loopback can bring about are elsewhere."""

import errno
import ssl

import aiohttp
import pytest

from kubegenie_tui.domain.errors import (
    ClientCertificateRefused,
    ClusterError,
    Refused,
    TimedOut,
    TlsFailed,
    Unreachable,
)
from kubegenie_tui.kube.http.connection_errors import (
    EXPIRED,
    IP_MISMATCH,
    NAME_MISMATCH,
    NOT_YET_VALID,
    certificate_code,
    error_from_exception,
)
from kubegenie_tui.kube.http.tls import Peer

SERVER = "https://api:6443"
PEER = Peer(("a.example.com", "10.0.0.1"), "Jan  1 00:00:00 2030 GMT", "Jan  1 00:00:00 2031 GMT")


def refused(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "as OpenSSL says"
    return error


@pytest.mark.parametrize(
    ("code", "what", "why"),
    [
        (EXPIRED, "has expired", "it ended Jan  1 00:00:00 2031 GMT"),
        (NOT_YET_VALID, "is not valid yet", "it begins Jan  1 00:00:00 2030 GMT"),
        (NAME_MISMATCH, "is for another name", "it is for a.example.com, 10.0.0.1"),
        (IP_MISMATCH, "is for another name", "it is for a.example.com, 10.0.0.1"),
        (18, "is not trusted", "as OpenSSL says"),
    ],
)
def test_certificates(code: int, what: str, why: str) -> None:
    known, unknown = error_from_exception(refused(code), SERVER, PEER), error_from_exception(refused(code), SERVER)
    assert isinstance(known, TlsFailed)
    assert known.what == unknown.what == f"The certificate of {SERVER} {what}"
    assert (known.why, unknown.why) == (why, "as OpenSSL says")
    assert known.next_step
    assert certificate_code(refused(code)) == code
    assert certificate_code(OSError()) == 0


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "failed")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "expected", "words"),
    [
        (OSError(errno.ECONNREFUSED, "Connection refused"), Refused, "Nothing listens at"),
        (OSError(errno.ECONNRESET, "Connection reset by peer"), Refused, "hung up"),
        (OSError(errno.EPIPE, "Broken pipe"), Refused, "hung up"),
        (aiohttp.ClientOSError(errno.ETIMEDOUT, "Timed out"), TimedOut, "does not answer"),
        (OSError(errno.EMFILE, "Too many open files"), Unreachable, "ulimit"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), Unreachable, "Network is unreachable"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1)"), Refused, "Nothing listens at"),
        (OSError(""), Unreachable, "cannot be reached"),
        (TimeoutError(), TimedOut, "did not answer in time"),
        (aiohttp.ConnectionTimeoutError(), TimedOut, "no connection in time"),
        (aiohttp.SocketTimeoutError(), TimedOut, "did not answer in time"),
        (aiohttp.ServerDisconnectedError(), Refused, "hung up without an answer"),
        (aiohttp.ClientPayloadError("cut"), Refused, "in the middle"),
        (aiohttp.InvalidURL("x\033[31m"), Unreachable, "cannot be spoken with"),
        (tls("WRONG_VERSION_NUMBER"), TlsFailed, "does not speak TLS"),
        (tls("TLSV13_ALERT_CERTIFICATE_REQUIRED"), ClientCertificateRefused, "tlsv13 alert certificate required"),
        (tls("NO_CIPHERS_AVAILABLE"), TlsFailed, "no ciphers available"),
    ],
)
def test_each_failure_in_words(error: BaseException, expected: type[ClusterError], words: str) -> None:
    found = error_from_exception(error, SERVER)
    assert type(found) is expected
    assert words in str(found)
    assert SERVER in found.what or "files" in found.what
    assert found.next_step
    assert "\033" not in str(found)
