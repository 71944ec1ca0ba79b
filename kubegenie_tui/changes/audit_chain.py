"""The seals of the audit log: each hash covers the one before, and checkpoints outside the database cover the end.

HMAC-SHA256 over the hash before and the entry's own bytes; the key is a file of this user's. Damage, a mistake, and
whoever can write the database but not read the key are found out. Source of the scheme: RFC 2104 for HMAC; the chain
is that of forward-integrity logs (Schneier and Kelsey, Secure audit logs to support computer forensics, 1999).
"""

import contextlib
import fcntl
import hmac
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec

from kubegenie_tui.domain.errors import StoreError

KEY_BYTES = 32
NO_HASH = bytes(32)
"""What stands before the first entry."""


class Checkpoint(msgspec.Struct, frozen=True):
    """How far the log was at one time, as it is kept outside of the database."""

    seq: int
    hash: str
    """Of the entry with this number, hexadecimal."""
    at: float
    """Seconds since the epoch."""
    mac: str = ""
    """Seal over the three."""


def sealed(key: bytes, before: bytes, entry: bytes) -> bytes:
    """The hash of an entry that follows the one whose hash is given."""
    return hmac.digest(key, before + entry, "sha256")


def load_key(path: Path) -> bytes:
    """The key in the file, made at the first time; two processes at once get the same one.

    Raises:
        StoreError: the file can neither be read nor made.
    """
    with _locked(path, os.O_RDWR) as descriptor:
        key = os.read(descriptor, KEY_BYTES)
        if len(key) < KEY_BYTES:
            key = secrets.token_bytes(KEY_BYTES)
            os.pwrite(descriptor, key, 0)
            os.fsync(descriptor)
    return key


class Checkpoints:
    """A private file of JSON lines."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key

    def add(self, seq: int, entry_hash: bytes, at: float) -> None:
        """Note how far the log is.

        Raises:
            StoreError: the file cannot be written.
        """
        checkpoint = Checkpoint(seq, entry_hash.hex(), at)
        line = msgspec.json.encode(msgspec.structs.replace(checkpoint, mac=self._mac(checkpoint))) + b"\n"
        with _locked(self.path, os.O_RDWR | os.O_APPEND) as descriptor:
            end = os.fstat(descriptor).st_size
            cut_short = end and os.pread(descriptor, 1, end - 1) != b"\n"
            os.write(descriptor, (b"\n" if cut_short else b"") + line)

    def read(self) -> tuple[list[Checkpoint], list[int]]:
        """The checkpoints that are ours, and the numbers of the lines (1-based) that were changed.

        A line that was cut short, as a power cut leaves it, counts as neither.

        Raises:
            StoreError: the file cannot be read.
        """
        good: list[Checkpoint] = []
        bad: list[int] = []
        for number, line in enumerate(self._lines(), 1):
            checkpoint = _decoded(line)
            if checkpoint is not None and hmac.compare_digest(checkpoint.mac.encode(), self._mac(checkpoint).encode()):
                good.append(checkpoint)
            elif line.endswith(b"}"):
                bad.append(number)
        return good, bad

    def _lines(self) -> list[bytes]:
        try:
            return self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(f"The file {self.path} cannot be read", error.strerror or "") from error

    def _mac(self, checkpoint: Checkpoint) -> str:
        said = msgspec.json.encode(["checkpoint", checkpoint.seq, checkpoint.hash, checkpoint.at])
        return hmac.digest(self._key, said, "sha256").hex()


def _decoded(line: bytes) -> Checkpoint | None:
    try:
        return msgspec.json.decode(line, type=Checkpoint)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


@contextlib.contextmanager
def _locked(path: Path, flags: int) -> Iterator[int]:
    """A private file, made if need be, that no other process of ours touches meanwhile."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if os.fstat(descriptor).st_mode & 0o077:
                os.fchmod(descriptor, 0o600)
            yield descriptor
        finally:
            os.close(descriptor)
    except OSError as error:
        next_step = "check its owner and permissions, or set KUBEGENIE_HOME to a directory you own"
        raise StoreError(f"The file {path} cannot be used", error.strerror or "", next_step) from error
