"""Keys of models in the keyring of the system, by the optional `keyring` library."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kubegenie_tui.domain.errors import ModelError

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = "kubegenie"
INSTALL = "pip install 'kubegenie[keyring]'"


def fetching(name: str) -> Callable[[], str]:
    """What reads the key of a model when it is needed; may wait for a person who unlocks the keyring."""

    def fetch() -> str:
        with _asked() as library:
            key = library.get_password(SERVICE, name)
        if not key:
            raise ModelError(f"The keyring has no key of the model {name}", "", f"kubegenie model key set {name}")
        return str(key)

    return fetch


def keep_key(name: str, key: str) -> None:
    """Put the key of a model into the keyring.

    Raises:
        ModelError: there is no keyring, or it refuses.
    """
    with _asked() as library:
        library.set_password(SERVICE, name, key)


def forget_key(name: str) -> bool:
    """Take the key of a model out of the keyring; False when there was none.

    Raises:
        ModelError: there is no keyring, or it refuses.
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
        raise ModelError("The library for keyrings is not installed", "", INSTALL) from None
    try:
        yield keyring
    except keyring.errors.NoKeyringError:
        step = 'keep the key in an environment variable instead (key_from = "environment")'
        raise ModelError("This machine has no keyring that could be used", "", step) from None
    except keyring.errors.KeyringLocked as error:
        raise ModelError("The keyring is locked", str(error), "unlock it and try again") from None
    except keyring.errors.KeyringError as error:
        raise ModelError("The keyring refused", f"{type(error).__name__}: {error}", "unlock it and try again") from None
