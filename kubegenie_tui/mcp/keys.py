"""Keys for servers of others in the keyring of the system, apart from those of models."""

from kubegenie_tui.system_keyring import forget_word, keep_word, read_word

_OURS = "mcp."


def read_key(name: str) -> str:
    """A key by its name; empty when there is none. It may wait until a person unlocks the keyring.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    return read_word(f"{_OURS}{name}")


def keep_key(name: str, key: str) -> None:
    """Put a key into the keyring.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    keep_word(f"{_OURS}{name}", key)


def forget_key(name: str) -> bool:
    """Take a key out of the keyring; False when there was none.

    Raises:
        KeyringFailed: there is no keyring, or it refuses.
    """
    return forget_word(f"{_OURS}{name}")
