"""Where secrets are found that a registration only refers to: the safe, a keyring, a file, a program."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from kubegenie_tui.domain.endpoint import Reference
from kubegenie_tui.domain.errors import CredentialError
from kubegenie_tui.domain.text import plain
from kubegenie_tui.kube.context import Context
from kubegenie_tui.store.lock import Way, passphrase_of

if TYPE_CHECKING:
    from kubegenie_tui.store.safe import Safe

PROGRAM_SECONDS = 60.0
"""How long a program may take: it may wait for a person to touch a key."""
LARGEST_SECRET = 65536
"""Bytes."""


class Secrets:
    """Fetches a secret at the moment it is used."""

    def __init__(self, safe: "Safe") -> None:
        self._safe = safe

    async def fetch(self, owner: str, field: str, reference: Reference) -> str:
        """The secret.

        Raises:
            CredentialError: it is not where it should be.
        """
        match reference.how:
            case "safe":
                return await self._safe.reveal(owner, field)
            case "keyring":
                return await asyncio.to_thread(_of_keyring, reference.where[0])
            case "file":
                return await asyncio.to_thread(_of_file, reference.where[0])
            case "exec":
                return await _of_program(reference.where)

    async def keep(self, owner: str, field: str, value: str) -> None:
        """Put another secret into the safe in place of the one that is there.

        Raises:
            CredentialError, StoreError: it cannot be kept.
        """
        await self._safe.replace(owner, field, value)


async def needs_passphrase(safe: "Safe", context: Context) -> bool:
    """Whether only a person can open what is kept of this cluster."""
    lent = context.auth.lent
    if lent is None or all(reference.how != "safe" for _, reference in lent.fields):
        return False
    state = await safe.state()
    return state.way is Way.PASSPHRASE and not state.is_open and not passphrase_of()


def _of_keyring(name: str) -> str:
    from kubegenie_tui.system_keyring import SERVICE, read_word

    service, slash, entry = name.rpartition("/")
    word = read_word(entry, service if slash else SERVICE)
    if not word:
        raise CredentialError(f"The keyring has nothing named {plain(name)}", "", "put it there, or name another entry")
    return word


def _of_file(path: str) -> str:
    try:
        with Path(path).expanduser().open(encoding="ascii") as file:
            return file.read(LARGEST_SECRET).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise CredentialError(f"The secret in {path} cannot be read", why, "put it there again") from error


async def _of_program(words: tuple[str, ...]) -> str:
    from kubegenie_tui.kube.program import run_program

    name = f"The program {plain(Path(words[0]).name)}"  # its arguments may say more than a message should
    try:
        ended = await run_program(words, environ=os.environ, timeout=PROGRAM_SECONDS, keep=LARGEST_SECRET)
    except TimeoutError as error:
        raise CredentialError(f"{name} hangs", f"stopped after {PROGRAM_SECONDS:g} s", "run it by hand") from error
    except OSError as error:
        raise CredentialError(f"{name} cannot be started", error.strerror or "", "is it in PATH?") from error
    said = ended.output.decode("ascii", "replace").rstrip("\r\n")
    if ended.code or not said:
        why = f"exit code {ended.code}" if ended.code else "it printed nothing"
        raise CredentialError(f"{name} gave no secret", why, "run it by hand")
    return said
