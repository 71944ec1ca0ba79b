"""Words in the keyring of the system, by the optional `keyring` library; asking may wait until a person unlocks it."""

from contextlib import contextmanager
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import KeyringFailed, NoKeyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

SERVICE = "kubegenie"
INSTALL = "pip install 'kubegenie[keyring]'"


def read_word(name: str, service: str = SERVICE) -> str:
    """What the keyring has under a name; empty when it has nothing.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    with _asked() as library:
        return str(library.get_password(service, name) or "")


def keep_word(name: str, word: str) -> None:
    """Put a word into the keyring.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    with _asked() as library:
        library.set_password(SERVICE, name, word)


def forget_word(name: str) -> bool:
    """Take a word out of the keyring; False when there was none.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    with _asked() as library:
        if library.get_password(SERVICE, name) is None:
            return False
        library.delete_password(SERVICE, name)
        return True


@contextmanager
def _asked() -> "Iterator[ModuleType]":
    """The library, its errors in words."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise NoKeyring("The library for keyrings is not installed", "", INSTALL) from None
    try:
        yield keyring
    except keyring.errors.NoKeyringError:
        raise NoKeyring("This machine has no keyring that could be used") from None
    except keyring.errors.KeyringLocked as error:
        raise KeyringFailed("The keyring is locked", str(error), "unlock it and try again") from None
    except keyring.errors.KeyringError as error:
        why = f"{type(error).__name__}: {error}"
        raise KeyringFailed("The keyring refused", why, "unlock it and try again") from None
