"""Opening the safe from a terminal: what a person types is never echoed, and never an argument."""

import getpass
import os
import sys
from typing import TYPE_CHECKING

from kubegenie_tui.cli.typed_line import heard_at_once
from kubegenie_tui.domain.errors import NoKeyring, SecretsLocked, UsageError, WrongPassphrase
from kubegenie_tui.store.lock import PASSPHRASE_FILE, Way, passphrase_of

if TYPE_CHECKING:
    from kubegenie_tui.store.safe import Safe

TRIES = 3


async def open_safe(safe: "Safe") -> None:
    """Open the safe, or make it where there is none: by the keyring, else by a passphrase.

    Raises:
        CredentialError: it does not open.
    """
    state = await safe.state()
    if state.way is None:
        try:
            await safe.set_up(Way.KEYRING)
        except NoKeyring as error:
            sys.stderr.write(f"{error.what}: a passphrase will open what is kept.\n")
            await safe.set_up(Way.PASSPHRASE, passphrase_of() or _chosen())
    elif state.way is Way.PASSPHRASE and not passphrase_of():
        await _typed(safe)
    else:
        await safe.unlock()


def new_passphrase() -> str:
    """Another one: typed twice, or a line of standard input.

    Raises:
        UsageError: none was given, or two different ones.
    """
    given = _chosen() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise UsageError("No passphrase was given", next_step="type it, or send it to standard input")
    return given


def read_secret(what: str) -> str:
    """A secret, typed without an echo or read from standard input.

    Raises:
        UsageError: it is empty.
    """
    given = getpass.getpass(f"{what}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not given.strip():
        raise UsageError(f"No {what.lower()} was given", next_step="type it, or send it to standard input")
    return given.strip()


async def _typed(safe: "Safe") -> None:
    for left in reversed(range(TRIES)):
        try:
            await safe.unlock(_asked("Passphrase: "))
        except WrongPassphrase as error:
            if not left:
                raise
            sys.stderr.write(f"{error.what}.\n")
        else:
            return


def _chosen() -> str:
    given = _asked("Choose a passphrase: ")
    if given != _asked("The same again: "):
        raise UsageError("These were two different passphrases")
    return given


def _asked(prompt: str) -> str:
    """What a person types at the terminal, which need not be standard input.

    Raises:
        SecretsLocked: there is no terminal.
    """
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        step = f"let {PASSPHRASE_FILE} name a file with the passphrase"
        raise SecretsLocked("A passphrase is needed", "there is no terminal to ask for it at", step) from None
    with heard_at_once():
        return getpass.getpass(prompt)
