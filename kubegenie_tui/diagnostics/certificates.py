"""When the certificate of a TLS Secret ends, read from its DER bytes: all we need of X.509 is two dates."""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from kubegenie_tui.domain.manifest import Manifest, text_at

_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_EXPLICIT_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18


def expiry_of(secret: Manifest) -> float | None:
    """Seconds since the epoch when the first certificate of `tls.crt` ends; None when there is none to be read."""
    certificate = (secret.get("data") or {}).get("tls.crt")
    if text_at(secret, "type") != "kubernetes.io/tls" or not isinstance(certificate, str):
        return None
    try:
        pem = _PEM.search(base64.b64decode(certificate).decode("ascii", "replace"))
        return _not_after(base64.b64decode(pem[1])) if pem else None
    except (binascii.Error, ValueError, IndexError):
        return None


def _not_after(der: bytes) -> float | None:
    """The end of `validity`, the fifth field of TBSCertificate, or the fourth without a version (RFC 5280, 4.1)."""
    [(_, certificate)] = list(_elements(der))[:1]
    [(_, body)] = list(_elements(certificate))[:1]
    fields = [field for field in _elements(body) if field[0] != _EXPLICIT_VERSION]
    dates = list(_elements(fields[3][1]))
    return _time(*dates[1])


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each DER element."""
    position = 0
    while position < len(data):
        tag, length, position = data[position], data[position + 1], position + 2
        if length & 0x80:
            size = length & 0x7F
            length, position = int.from_bytes(data[position : position + size]), position + size
        yield tag, data[position : position + length]
        position += length


def _time(tag: int, text: bytes) -> float | None:
    formats = {_UTC_TIME: "%y%m%d%H%M%SZ", _GENERALIZED_TIME: "%Y%m%d%H%M%SZ"}
    if tag not in formats:
        return None
    return datetime.strptime(text.decode(), formats[tag]).replace(tzinfo=UTC).timestamp()
