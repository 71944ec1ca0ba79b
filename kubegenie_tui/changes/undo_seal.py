"""What takes a step back holds values as they were, passwords among them: it is kept sealed, and never in the clear.

The key is a file of this user's beside the database. A copy of the database alone, in a backup or sent to somebody,
gives nothing away; who can read all files of this user can open it.
"""

import asyncio
import hmac
from pathlib import Path

import msgspec

from kubegenie_tui.changes.audit_chain import load_key
from kubegenie_tui.changes.reversal import Reversal
from kubegenie_tui.store.sealing import BadSeal, Key, Place, seal, unseal
from kubegenie_tui.store.undo import KeptStep

_LOST = "what takes it back cannot be opened: it was changed, or the file undo.key is another one now"


class UndoSeal:
    """Closes and opens what is kept of steps."""

    def __init__(self, key: bytes) -> None:
        self._sealing = Key("undo", hmac.digest(key, b"seal", "sha256"))
        self._hashing = hmac.digest(key, b"hash", "sha256")

    def keyed(self, what: object) -> str:
        """The hash of what can be written as JSON, hexadecimal; who has not the key cannot try out what was hashed."""
        return hmac.digest(self._hashing, msgspec.json.encode(what, order="sorted"), "sha256").hex()

    def close(self, seq: int, reversal: Reversal) -> bytes:
        """What takes back the step with this number, sealed."""
        return seal(self._sealing, _place(seq), msgspec.json.encode(reversal))

    def open(self, kept: KeptStep) -> Reversal:
        """What takes a step back; none, with the reason, where its seal does not open."""
        try:
            return msgspec.json.decode(unseal(self._sealing, _place(kept.seq), kept.step), type=Reversal)
        except BadSeal:
            return Reversal(None, why=_LOST)


async def load_undo_seal(directory: Path) -> UndoSeal:
    """The seal whose key is in a directory, made at the first time.

    Raises:
        StoreError: the key can neither be read nor made.
    """
    return await asyncio.to_thread(_load, directory / "undo.key")


def _load(path: Path) -> UndoSeal:
    made = UndoSeal(load_key(path))
    made.close(0, Reversal(None))  # the cipher takes 16 ms to load: here, where nobody waits for it
    return made


def _place(seq: int) -> Place:
    return Place("undo_steps", str(seq), "step")
