"""When a PEM certificate ends: the ssl module tells that of a peer only, and a library for one date is too much."""

import ssl
from collections.abc import Iterator
from datetime import datetime

_VERSION, _UTC_TIME = 0xA0, 0x17
_VALIDITY = 3
"""Position in a TBSCertificate, the version left out: serial, signature, issuer, validity."""


def not_after(pem: str) -> datetime | None:
    """When the first certificate in `pem` ends; None when that cannot be read.

    Source: RFC 5280 4.1, DER of X.690.
    """
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    body = pem.partition(begin)[2].partition(end)[0]
    try:
        der = ssl.PEM_cert_to_DER_cert(f"{begin}{body}{end}")
        _, certificate = next(_elements(der))
        _, to_be_signed = next(_elements(certificate))
        fields = [value for tag, value in _elements(to_be_signed) if tag != _VERSION]
        tag, value = list(_elements(fields[_VALIDITY]))[1]
        text = value.decode("ascii")
        century = "" if tag != _UTC_TIME else "20" if text < "50" else "19"
        return datetime.strptime(century + text, "%Y%m%d%H%M%S%z")
    except (ValueError, IndexError, StopIteration):
        return None


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements one after another in `der`: tag and content."""
    position = 0
    while position < len(der):
        tag, length = der[position], der[position + 1]
        position += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[position : position + size])
            position += size
        yield tag, der[position : position + length]
        position += length
