"""Whether the files of a distribution are those that were installed: its RECORD, checked against what lies there.

Source of the format: Recording installed projects, packaging.python.org.
"""

import base64
import csv
import hashlib
from collections.abc import Iterable, Iterator
from importlib.machinery import all_suffixes
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from kubegenie_tui.domain.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_ALGORITHMS = ("sha256", "sha384", "sha512")
_OF_THE_INSTALLER = ("/INSTALLER", "/REQUESTED", "/direct_url.json")
"""How it was installed: they may differ though the code is the same."""
_REINSTALL = "install it again as a wheel, from where you trust it"


class Record(msgspec.Struct, frozen=True):
    """The files of a distribution, each as it was installed."""

    root: Path
    """What the paths are relative to."""
    files: frozenset[str]
    """Paths with `/`."""
    digest: str
    """SHA-256 of all of them and their hashes, in hexadecimal digits: the same wheel has the same on each machine."""

    def read(self, path: str, largest: int) -> bytes:
        """The beginning of a file: one byte more than `largest` when it is larger.

        Raises:
            PluginError: it is not among the files, or cannot be read.
        """
        if path not in self.files:
            raise PluginError(f"It has no {path}", next_step="tell its author: that is where its manifest belongs")
        try:
            with (self.root / path).open("rb") as file:
                return file.read(largest + 1)
        except OSError as error:
            raise PluginError(f"{path} cannot be read", error.strerror or "", _REINSTALL) from error

    def holds(self, file: str) -> bool:
        """Whether an absolute path is that of one of the files."""
        path = Path(file)
        return path.is_relative_to(self.root) and path.relative_to(self.root).as_posix() in self.files


def verified(distribution: "Distribution") -> Record:
    """The files, all of them as they were installed. Reads every one: call it in a thread.

    Raises:
        PluginError: one was changed, is missing or was put in, or there is no telling.
    """
    root = Path(str(distribution.locate_file(""))).absolute()
    try:
        rows = list(_rows(distribution.read_text("RECORD")))
    except (OSError, ValueError, csv.Error) as error:
        raise PluginError("The record of its files cannot be read", str(error), _REINSTALL) from error
    for path, said in rows:
        _require_unchanged(root, path, said)
    files = frozenset(path for path, _ in rows)
    if strange := next(_put_in(root, files), None):
        raise PluginError(f"{strange} was put in after it was installed", next_step=_REINSTALL)
    pinned = sorted(f"{path} {said}\n" for path, said in rows if _is_pinned(path))
    return Record(root, files, hashlib.sha256("".join(pinned).encode()).hexdigest())


def _rows(text: str | None) -> Iterator[tuple[str, str]]:
    """Paths and hashes of what could be imported: not of the record, scripts elsewhere, or bytecode made here."""
    if not text:
        raise PluginError("There is no record of its files", "it was not installed as a wheel", _REINSTALL)
    for row in csv.reader(text.splitlines()):
        path, said = (*row, "", "")[:2]
        outside = not path or path.startswith(("..", "/"))
        made_here = not said and PurePosixPath(path).parent.name == "__pycache__"
        if not outside and not made_here and not path.endswith(".dist-info/RECORD"):
            yield path, said


def _require_unchanged(root: Path, path: str, said: str) -> None:
    algorithm, _, value = said.partition("=")
    if algorithm not in _ALGORITHMS:
        raise PluginError(f"There is no hash of {path} to check it by", next_step=_REINSTALL)
    try:
        with (root / path).open("rb") as file:
            found = hashlib.file_digest(file, algorithm).digest()
    except OSError as error:
        raise PluginError(f"{path} cannot be read", error.strerror or "", _REINSTALL) from error
    if base64.urlsafe_b64encode(found).rstrip(b"=") != value.rstrip("=").encode():
        raise PluginError(f"{path} was changed after it was installed", next_step=_REINSTALL)


def _put_in(root: Path, files: Iterable[str]) -> Iterator[str]:
    """What Python could import from the distribution's packages, and nobody recorded."""
    known = frozenset(files)
    packages = {PurePosixPath(path).parent for path in known if path.endswith("/__init__.py")}
    for package in (each for each in packages if each.parent not in packages):
        for found in sorted((root / package).rglob("*")):
            path = found.relative_to(root).as_posix()
            if found.parent.name != "__pycache__" and path not in known and path.endswith(tuple(all_suffixes())):
                yield path


def _is_pinned(path: str) -> bool:
    return not PurePosixPath(path).parent.name.endswith(".dist-info") or not path.endswith(_OF_THE_INSTALLER)
