"""What the key of the safe is wrapped with: a word in the keyring of the system, or a passphrase."""

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from enum import Enum
from pathlib import Path

import msgspec

from kubegenie_tui.domain.errors import CredentialError, KeyringFailed, SecretsLocked, WrongPassphrase
from kubegenie_tui.store.sealing import KEY_BYTES, SALT_BYTES, BadSeal, Key, Place, seal, stretched, unseal
from kubegenie_tui.system_keyring import forget_word, keep_word, read_word

PASSPHRASE_FILE = "KUBEGENIE_PASSPHRASE_FILE"  # noqa: S105  # the name of a variable
"""Names a file with the passphrase, for a machine without a keyring and without a person."""


class Way(Enum):
    """How the safe is opened."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  # a word


class Lock(msgspec.Struct, frozen=True):
    """The wrapped key, as it is kept."""

    id: str
    way: Way
    salt: bytes
    """Of the passphrase; empty for the keyring."""
    cost: int
    """N of scrypt; 0 for the keyring."""
    wrapped: bytes


def close_by_keyring(key: Key) -> Lock:
    """Wrap a key with a new word of the keyring; may wait for a person who unlocks it: call it in a thread.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    word = secrets.token_bytes(KEY_BYTES)
    keep_word(_entry(key.id), base64.b64encode(word).decode())
    return Lock(key.id, Way.KEYRING, b"", 0, seal(Key(key.id, word), _place(key.id), key.secret))


def close_by_passphrase(key: Key, passphrase: str, cost: int) -> Lock:
    """Wrap a key with a passphrase; takes a moment: call it in a thread."""
    salt = secrets.token_bytes(SALT_BYTES)
    outer = Key(key.id, stretched(passphrase, salt, cost))
    return Lock(key.id, Way.PASSPHRASE, salt, cost, seal(outer, _place(key.id), key.secret))


def open_lock(lock: Lock, passphrase: str) -> Key:
    """The key; may wait for a person or take a moment: call it in a thread.

    Raises:
        SecretsLocked: it takes a passphrase, and this is none or the wrong one.
        KeyringFailed: the keyring refuses, or has not the word any more.
    """
    if lock.way is Way.KEYRING:
        return Key(lock.id, unseal(Key(lock.id, _word(lock.id)), _place(lock.id), lock.wrapped))
    if not passphrase:
        step = f"open the safe with u in the list of clusters, or let {PASSPHRASE_FILE} name a file with the passphrase"
        raise SecretsLocked("What is kept cannot be used yet", "it is locked, and a passphrase opens it", step)
    outer = Key(lock.id, stretched(passphrase, lock.salt, lock.cost))
    try:
        return Key(lock.id, unseal(outer, _place(lock.id), lock.wrapped))
    except BadSeal:
        raise WrongPassphrase(
            "That is not the passphrase", "nothing was opened, and nothing is lost", "try again"
        ) from None


def drop_word(lock: Lock) -> None:
    """Take the word of a lock that is used no more out of the keyring; that it refuses does no harm."""
    if lock.way is Way.KEYRING:
        try:
            forget_word(_entry(lock.id))
        except KeyringFailed:
            return


def passphrase_of(environ: Mapping[str, str] = os.environ) -> str:
    """The passphrase in the file that the environment names; empty when it names none.

    Raises:
        CredentialError: the file cannot be read.
    """
    named = environ.get(PASSPHRASE_FILE, "")
    if not named:
        return ""
    try:
        return Path(named).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise CredentialError(f"The passphrase in {named} cannot be read", why, f"correct {PASSPHRASE_FILE}") from error


def _word(key_id: str) -> bytes:
    kept = read_word(_entry(key_id))
    try:
        word = base64.b64decode(kept, validate=True)
    except binascii.Error:
        word = b""
    if len(word) != KEY_BYTES:
        step = "bring the keyring back, or begin anew with `kubegenie safe empty`"
        raise KeyringFailed("The keyring has no key of the safe any more", f"it was kept as {_entry(key_id)}", step)
    return word


def _entry(key_id: str) -> str:
    return f"safe-{key_id}"


def _place(key_id: str) -> Place:
    return Place("safe_key", key_id, "wrapped")
