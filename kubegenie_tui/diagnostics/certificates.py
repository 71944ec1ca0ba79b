"""When the certificate of a TLS Secret ends and whom it is for, read from its DER bytes (RFC 5280)."""

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from kubegenie_tui.domain.manifest import Manifest, text_at

KEY_FITS = "keyFits"
"""Where a Secret whose values were taken away tells whether its key had fitted."""
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----(.+?)-----END CERTIFICATE-----", re.DOTALL)
_ALT_NAMES = bytes.fromhex("551d11")
"""The object identifier of subjectAltName, 2.5.29.17."""
_EXTENSIONS, _DNS_NAME = 0xA3, 0x82
_EXPLICIT_VERSION, _UTC_TIME, _GENERALIZED_TIME = 0xA0, 0x17, 0x18
_KEY = re.compile(r"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----(.+?)-----END (?:RSA |EC )?PRIVATE KEY-----", re.DOTALL)
_RSA, _EC = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a8648ce3d0201")
"""The object identifiers of rsaEncryption and id-ecPublicKey (RFC 5480)."""


def is_unreadable(secret: Manifest) -> bool:
    """Whether `tls.crt` holds something, and no certificate in PEM (RFC 7468)."""
    told = (secret.get("data") or {}).get("tls.crt")
    try:
        text = base64.b64decode(told).decode("ascii", "replace") if isinstance(told, str) else ""
    except (binascii.Error, ValueError):
        return False
    return bool(text.strip()) and "-----BEGIN " not in text and text_at(secret, "type") == "kubernetes.io/tls"


def key_fits(secret: Manifest) -> bool | None:
    """Whether `tls.key` is the key of the first certificate of `tls.crt`; None when that cannot be told.

    An RSA key holds the modulus of its certificate (RFC 8017, A.1.2), an EC key most often its point (RFC 5915).
    """
    try:
        public, kind = _public_key(secret)
        text = base64.b64decode((secret.get("data") or {}).get("tls.key") or "").decode("ascii", "replace")
        pem = _KEY.search(text)
        key = base64.b64decode(pem[1]) if pem else b""
    except (binascii.Error, ValueError, IndexError):
        return None
    holds_point = kind == _RSA or len(key) >= len(public) * 3 // 2
    return public in key if key and public and kind in (_RSA, _EC) and holds_point else None


def _public_key(secret: Manifest) -> tuple[bytes, bytes]:
    """The modulus or the point of the certificate's key, and the object identifier of its kind."""
    fields = [field for field in _fields(secret) if field[0] != _EXPLICIT_VERSION]
    if not fields:
        return b"", b""
    [(_, algorithm), (_, bits)] = list(_elements(fields[5][1]))
    kind = next(iter(_elements(algorithm)))[1]
    if kind != _RSA:
        return bits[1:], kind
    _, numbers = next(iter(_elements(bits[1:])))
    _, modulus = next(iter(_elements(numbers)))
    return modulus, kind


def expiry_of(secret: Manifest) -> float | None:
    """Seconds since the epoch when the first certificate of `tls.crt` ends; None when there is none to be read."""
    try:
        fields = [field for field in _fields(secret) if field[0] != _EXPLICIT_VERSION]
        return _time(*list(_elements(fields[3][1]))[1]) if fields else None
    except (binascii.Error, ValueError, IndexError):
        return None


def names_of(secret: Manifest) -> list[str]:
    """The host names of the first certificate of `tls.crt`, wildcards included; none when it tells none."""
    try:
        lists = [content for tag, content in _fields(secret) if tag == _EXTENSIONS]
        extensions = [each for content in lists for _, whole in _elements(content) for _, each in _elements(whole)]
        found = [list(_elements(extension)) for extension in extensions]
        held = [parts[-1][1] for parts in found if parts[0][1] == _ALT_NAMES]
        names = [name for octets in held for _, sequence in _elements(octets) for name in _elements(sequence)]
        return [name.decode("ascii").lower() for tag, name in names if tag == _DNS_NAME]
    except (binascii.Error, ValueError, IndexError):
        return []


def covers(name: str, host: str) -> bool:
    """Whether a certificate's name is that host; `*` stands for its first label (RFC 6125, 6.4.3)."""
    return name == host.lower() or (name.startswith("*.") and name[1:] == f".{host.lower().partition('.')[2]}")


def _fields(secret: Manifest) -> list[tuple[int, bytes]]:
    """The fields of TBSCertificate (4.1): `validity` is the fifth, or the fourth without a version."""
    certificate = (secret.get("data") or {}).get("tls.crt")
    if text_at(secret, "type") != "kubernetes.io/tls" or not isinstance(certificate, str):
        return []
    pem = _PEM.search(base64.b64decode(certificate).decode("ascii", "replace"))
    if pem is None:
        return []
    [(_, whole)] = list(_elements(base64.b64decode(pem[1])))[:1]
    [(_, body)] = list(_elements(whole))[:1]
    return list(_elements(body))


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
