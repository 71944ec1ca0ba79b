"""Files to and from a tar stream. What a pod sends may be hostile: nothing lands outside of the place asked for."""

import os
import secrets
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

from kubegenie_tui.domain.errors import UsageError
from kubegenie_tui.domain.text import plain

PIECE_BYTES = 1 << 18
_PERMISSIONS = 0o777


class Transfer:
    """How far a copy is. Written by its thread, read by whoever shows it."""

    def __init__(self, total: int | None = None) -> None:
        self.total = total
        """Bytes in all, None when that is not known beforehand."""
        self.bytes = 0
        self.files = 0
        self.current = ""
        self.skipped: list[str] = []
        """Links, devices and sockets: they are not copied."""


def unpack(source: BinaryIO, target: Path, top: str, transfer: Transfer) -> None:
    """Write what a tar stream holds below its entry `top` to `target`.

    Only files and directories are made. A file appears when it is whole.

    Raises:
        UsageError: the stream holds a path that leads elsewhere, or the place cannot be written.
        tarfile.TarError: it is no whole tar stream.
    """
    with tarfile.open(fileobj=source, mode="r|") as archive:
        for member in archive:
            place = _place(member.name, target, top)
            transfer.current = plain(member.name)
            try:
                if member.isdir():
                    place.mkdir(parents=True, exist_ok=True)
                elif member.isfile() and (content := archive.extractfile(member)) is not None:
                    _write(content, place, member.mode & _PERMISSIONS, transfer)
                else:
                    transfer.skipped.append(plain(member.name))
            except OSError as error:
                raise UsageError(f"{place} cannot be written", error.strerror or str(error)) from error
    while source.read(PIECE_BYTES):
        pass


def _place(name: str, target: Path, top: str) -> Path:
    parts = [part for part in PurePosixPath(name).parts if part != "."]
    outside = not parts or parts[0] != top or ".." in parts or name.startswith("/") or "\0" in name
    place = target.joinpath(*parts[1:])
    if not outside and place != target:
        outside = not place.parent.resolve().is_relative_to(target.resolve())
    if outside:
        raise UsageError("The pod sent a path that leads elsewhere", plain(name), "nothing was written there")
    return place


def _write(content: IO[bytes], place: Path, mode: int, transfer: Transfer) -> None:
    part = place.with_name(f".kubegenie-{secrets.token_hex(4)}.part")
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            while piece := content.read(PIECE_BYTES):
                file.write(piece)
                transfer.bytes += len(piece)
        part.chmod(mode | stat.S_IRUSR | stat.S_IWUSR)
        part.replace(place)
        transfer.files += 1
    finally:
        part.unlink(missing_ok=True)


def measure(source: Path) -> int:
    """Bytes of all files of a file or directory.

    Raises:
        UsageError: there is no such thing.
    """
    if not source.exists():
        raise UsageError(f"There is no file {source}", next_step="check the path")
    return sum(path.lstat().st_size for path, _ in _files(source, "") if path.is_file() and not path.is_symlink())


def pack(sink: BinaryIO, source: Path, name: str, transfer: Transfer) -> None:
    """Write a file, or a directory with all in it, as a tar stream in which it is called `name`.

    Raises:
        UsageError: something cannot be read.
        BrokenPipeError: nobody reads any more.
    """
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.GNU_FORMAT) as archive:
        for path, called in _files(source, name):
            transfer.current = plain(called)
            try:
                info = archive.gettarinfo(path, called)
                info.uid = info.gid = 0
                info.uname = info.gname = ""
                if info.isdir():
                    archive.addfile(info)
                elif info.isfile():
                    with path.open("rb") as file:
                        archive.addfile(info, _Counted(file, transfer))
                    transfer.files += 1
                else:
                    transfer.skipped.append(plain(called))
            except BrokenPipeError:
                raise
            except OSError as error:
                raise UsageError(f"{path} cannot be read", error.strerror or str(error)) from error


def _files(source: Path, name: str) -> Iterator[tuple[Path, str]]:
    yield source, name
    if source.is_dir():
        for directory, directories, files in os.walk(source):
            inside = Path(directory).relative_to(source).as_posix()
            prefix = name if inside == "." else f"{name}/{inside}"
            directories.sort()
            for each in (*directories, *sorted(files)):
                yield Path(directory) / each, f"{prefix}/{each}"


class _Counted:
    """A file whose reading is counted."""

    def __init__(self, file: BinaryIO, transfer: Transfer) -> None:
        self._file = file
        self._transfer = transfer

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._file.read(size)
        self._transfer.bytes += len(piece)
        return piece
