"""Keys of models in the keyring of the system."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kubegenie_tui.domain.errors import KeyringFailed, ModelError
from kubegenie_tui.system_keyring import forget_word, keep_word, read_word


def fetching(name: str) -> Callable[[], str]:
    """What reads the key of a model when it is needed; may wait for a person who unlocks the keyring."""

    def fetch() -> str:
        with _of_a_model():
            key = read_word(name)
        if not key:
            raise ModelError(f"The keyring has no key of the model {name}", "", f"kubegenie model key set {name}")
        return key

    return fetch


def keep_key(name: str, key: str) -> None:
    """Put the key of a model into the keyring.

    Raises:
        ModelError: there is no keyring, or it refuses.
    """
    with _of_a_model():
        keep_word(name, key)


def forget_key(name: str) -> bool:
    """Take the key of a model out of the keyring; False when there was none.

    Raises:
        ModelError: there is no keyring, or it refuses.
    """
    with _of_a_model():
        return forget_word(name)


@contextmanager
def _of_a_model() -> Iterator[None]:
    """The keyring's failures as those of a model."""
    try:
        yield
    except KeyringFailed as error:
        step = 'keep the key in an environment variable instead (key_from = "environment")'
        raise ModelError(error.what, error.why, error.next_step or step) from None
