"""Values sealed with AES-256-GCM: each opens with its key only, and only in the row and field it was sealed for."""

import hashlib
import secrets
from typing import NamedTuple

import msgspec

from kubegenie_tui.domain.errors import CredentialError

KEY_BYTES = 32
SALT_BYTES = 16
SCRYPT_COST = 2**17
"""N of scrypt, with r = 8 and p = 1: 128 MiB and about half a second a try. Source: OWASP, Password Storage."""
_LARGEST_COST = 2**20
_BLOCK, _LANES = 8, 1
_NONCE_BYTES = 12


class Place(NamedTuple):
    """What a sealed value belongs to."""

    table: str
    row: str
    field: str


class Key(msgspec.Struct, frozen=True):
    """A key and its name."""

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id!r})"


class BadSeal(CredentialError):
    """A sealed value that does not open: another key, another place, or changed bytes."""


def new_key() -> Key:
    """A key that nobody had before."""
    return Key(secrets.token_hex(8), secrets.token_bytes(KEY_BYTES))


def seal(key: Key, place: Place, value: bytes) -> bytes:
    """The nonce, then the value encrypted and authenticated together with its place."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key.secret).encrypt(nonce, value, _bound(key, place))


def unseal(key: Key, place: Place, sealed: bytes) -> bytes:
    """The value.

    Raises:
        BadSeal: it was sealed with another key or for another place, or was changed.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key.secret).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(key, place))
    except (InvalidTag, ValueError):
        what = f"{place.field} of {place.row} cannot be opened"
        raise BadSeal(what, "what is kept of it was changed, or moved from elsewhere", "give it anew") from None


def stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    """A key made of a passphrase; takes a moment on purpose: call it in a thread.

    Raises:
        BadSeal: the cost is none that we would have chosen.
    """
    if not 2 <= cost <= _LARGEST_COST or cost & (cost - 1):
        raise BadSeal("The safe cannot be opened", f"its scrypt cost is {cost}", "its row was changed")
    room = 128 * _BLOCK * (2 * cost + _LANES + 2)
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=cost, r=_BLOCK, p=_LANES, maxmem=room, dklen=KEY_BYTES)


def _bound(key: Key, place: Place) -> bytes:
    return msgspec.json.encode(["kubegenie", 1, key.id, *place])
