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


class Checkpoint(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the log was at one time, as it is kept outside of the database."""

    seq: int
    hash: str
    """Of the entry with this number, hexadecimal."""
    at: float
    """Seconds since the epoch."""
    mac: str = ""
    """Seal over the others."""
    begins: bool = False
    """Whether the log begins after this entry: it and those before were taken out, on purpose."""


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
        self._append(Checkpoint(seq, entry_hash.hex(), at))

    def begin_after(self, seq: int, entry_hash: bytes, at: float) -> None:
        """Note that the log begins after an entry from now on; when this returns it is on the disk.

        Raises:
            StoreError: the file cannot be written.
        """
        self._append(Checkpoint(seq, entry_hash.hex(), at, begins=True), durable=True)

    def forget_until(self, seq: int) -> None:
        """Drop the lines of entries that were taken out; where the log began and begins stays.

        Raises:
            StoreError: the file cannot be written.
        """
        with _locked(self.path, os.O_RDWR):
            good, _ = self.read()
            kept = b"".join(_line(mark) for mark in good if mark.begins or mark.seq > seq)
            new = self.path.with_name(f"{self.path.name}.new")
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self.path)

    def _append(self, checkpoint: Checkpoint, *, durable: bool = False) -> None:
        line = _line(msgspec.structs.replace(checkpoint, mac=self._mac(checkpoint)))
        with _locked(self.path, os.O_RDWR | os.O_APPEND) as descriptor:
            end = os.fstat(descriptor).st_size
            cut_short = end and os.pread(descriptor, 1, end - 1) != b"\n"
            os.write(descriptor, (b"\n" if cut_short else b"") + line)
            if durable:
                os.fsync(descriptor)

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
        what = "begins" if checkpoint.begins else "checkpoint"
        said = msgspec.json.encode([what, checkpoint.seq, checkpoint.hash, checkpoint.at])
        return hmac.digest(self._key, said, "sha256").hex()


def _line(checkpoint: Checkpoint) -> bytes:
    return msgspec.json.encode(checkpoint) + b"\n"


def _decoded(line: bytes) -> Checkpoint | None:
    try:
        return msgspec.json.decode(line, type=Checkpoint)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _held(path: Path, flags: int) -> int:
    """The file with its lock; opened anew when another took its place meanwhile."""
    while True:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if _is_open(path, descriptor):
            return descriptor
        os.close(descriptor)


def _is_open(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _locked(path: Path, flags: int) -> Iterator[int]:
    """A private file, made if need be, that no other process of ours touches meanwhile."""
    try:
        descriptor = _held(path, flags)
        try:
            if os.fstat(descriptor).st_mode & 0o077:
                os.fchmod(descriptor, 0o600)
            yield descriptor
        finally:
            os.close(descriptor)
    except OSError as error:
        next_step = "check its owner and permissions, or set KUBEGENIE_HOME to a directory you own"
        raise StoreError(f"The file {path} cannot be used", error.strerror or "", next_step) from error
