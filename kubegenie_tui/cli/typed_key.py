"""A key that a person gives to a command: typed without an echo, or sent to standard input."""

import getpass
import sys

from kubegenie_tui.domain.errors import UsageError


def typed_key(name: str) -> str:
    """The key.

    Raises:
        UsageError: it is empty.
    """
    key = getpass.getpass(f"Key of {name}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not key.strip():
        raise UsageError("No key was given", next_step="type it, or send it to standard input")
    return key.strip()
