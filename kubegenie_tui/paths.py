"""Where our own files lie, kept from other people's eyes: directories 0700, files 0600, written whole or not at all."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from kubegenie_tui.domain.errors import StoreError, UsageError

DATABASE = "kubegenie.db"
_APP = "kubegenie"
_ELSEWHERE = "free the disk or set KUBEGENIE_HOME to a directory you may write to"


def data_dir() -> Path:
    """The directory of what must survive: the database. Made private if need be.

    Raises:
        StoreError: it cannot be made.
    """
    return _own(_place("data"))


def records_dir(*, demo: bool) -> Path:
    """The directory of the database and of what is on record; that of simulated clusters is another one.

    Raises:
        StoreError: it cannot be made.
    """
    return create_private(data_dir() / "demo") if demo else data_dir()


def config_dir() -> Path:
    """The directory of what the person writes: the settings. Made private if need be.

    Raises:
        StoreError: it cannot be made.
    """
    return _own(_place("config"))


def cache_dir() -> Path:
    """The directory of what may be deleted at any time: logs, the demo. Made private if need be.

    Raises:
        StoreError: it cannot be made.
    """
    return _own(_place("cache"))


def settings_file() -> Path:
    """Where the settings file is looked for; nothing is made."""
    return _place("config") / "settings.toml"


def compositions_dir() -> Path:
    """Where a person's own Compositions are looked for; nothing is made."""
    return _place("config") / "compositions"


def refreshed_prices_file(provider: str) -> Path:
    """Where the prices are looked for that were fetched from a provider; nothing is made."""
    return _place("data") / "prices" / f"{provider}.toml"


def database_file() -> Path:
    """Where the database is kept; its directory is made.

    Raises:
        StoreError: the directory cannot be made.
    """
    return data_dir() / DATABASE


def downloads_dir() -> Path:
    """Where a person looks for what was saved for them: their downloads, or a directory of ours when they have none.

    Raises:
        StoreError: ours cannot be made.
    """
    if not os.environ.get("KUBEGENIE_HOME"):
        import platformdirs

        downloads = platformdirs.user_downloads_path()
        if downloads.is_dir():
            return downloads
    return create_private(data_dir() / "saved")


def create_private(directory: Path) -> Path:
    """Make `directory` and its missing parents for this user alone; what exists is left as it is.

    Raises:
        StoreError: it cannot be made.
    """
    missing = [step for step in (directory, *directory.parents) if not step.exists()]
    try:
        for step in reversed(missing):
            step.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The directory {directory} cannot be made", error.strerror or "", _ELSEWHERE) from error
    return directory


def write_private(path: Path, data: bytes) -> None:
    """Put `data` in place of the file at one stroke, readable by this user alone; a link is followed.

    Raises:
        StoreError: it cannot be written; the old file is then still there.
    """
    with replacing_private(path) as file:
        file.write(data)


def write_new_private(path: Path, data: bytes) -> None:
    """Put `data` in a new file at one stroke, readable by this user alone.

    Raises:
        UsageError: there is a file of this name already.
        StoreError: it cannot be written; nothing is left of it then.
    """
    with _drafted(path, _settle) as file:
        file.write(data)


@contextlib.contextmanager
def replacing_private(path: Path) -> Iterator[IO[bytes]]:
    """A file to write to, for this user alone, that takes the place of `path` when the block ends well.

    Raises:
        StoreError: it cannot be written; the old file is then still there.
    """
    with _drafted(path.resolve(), Path.replace) as file:
        yield file


@contextlib.contextmanager
def _drafted(target: Path, settle: Callable[[Path, Path], object]) -> Iterator[IO[bytes]]:
    """A file beside `target` that `settle` puts there once it is whole and on the disk."""
    create_private(target.parent)
    draft = target.with_name(f".{secrets.token_hex(8)}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        settle(draft, target)
    except OSError as error:
        raise StoreError(f"The file {target} cannot be written", error.strerror or "", _ELSEWHERE) from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _settle(draft: Path, target: Path) -> None:
    """Give a draft a name that no file has."""
    taken = UsageError(f"{target} is there already", next_step="name another file")
    try:
        target.hardlink_to(draft)
    except FileExistsError:
        raise taken from None
    except OSError:  # a file system without hard links
        if os.path.lexists(target):
            raise taken from None
        draft.replace(target)


def locked(descriptor: int) -> bool:
    """Whether an open file is locked now by whoever asks; it stays so until its descriptor is closed."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _place(purpose: str) -> Path:
    home = os.environ.get("KUBEGENIE_HOME")
    if home:
        return Path(home).expanduser().absolute() / purpose
    import platformdirs

    places = {
        "data": platformdirs.user_data_path,
        "config": platformdirs.user_config_path,
        "cache": platformdirs.user_cache_path,
    }
    return places[purpose](_APP, appauthor=False)


def _own(directory: Path) -> Path:
    create_private(directory)
    with contextlib.suppress(OSError):
        if directory.stat().st_mode & 0o077:
            directory.chmod(0o700)
    return directory
