"""Keyrings for tests, in place of that of the person who runs them."""

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
import keyring.backend
import keyring.errors
from keyring.backends.fail import Keyring as NoRing


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._refuse()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._refuse()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._refuse()
        del self.kept[service, username]

    def _refuse(self) -> None:
        if self.locked:
            raise keyring.errors.KeyringLocked("the collection is locked")


@contextmanager
def using(ring: keyring.backend.KeyringBackend | None) -> Iterator[None]:
    """This one, or none at all, for as long as the block runs."""
    before = keyring.get_keyring()
    keyring.set_keyring(ring or NoRing())  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        keyring.set_keyring(before)
