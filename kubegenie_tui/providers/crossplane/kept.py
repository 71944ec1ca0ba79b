"""Compositions of one's own: files in the settings directory, read and checked whenever they are used."""

import hashlib
import re
from pathlib import Path

import msgspec

from kubegenie_tui.domain.errors import SpecRefused
from kubegenie_tui.domain.manifest import Manifest
from kubegenie_tui.paths import compositions_dir
from kubegenie_tui.providers.crossplane.asked import OURS, composition_name, definition_asked
from kubegenie_tui.providers.crossplane.checking import faults_of
from kubegenie_tui.providers.crossplane.located import Fault, located

LARGEST = 1_000_000
"""Bytes of a file."""
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,38}[a-z0-9])?")


class Kept(msgspec.Struct, frozen=True):
    """One file."""

    name: str
    """Of the file without its end: what it is chosen by."""
    path: Path
    manifest: Manifest = {}
    """Empty when it is not to be read."""
    faults: tuple[Fault, ...] = ()
    digest: str = ""
    """Of the text: tells whether what is on a cluster is this."""


def kept(named: str) -> Kept:
    """The file of a name or at a path, with all that is wrong with it. It reads files: call it in a thread."""
    path = Path(named) if "/" in named or named.endswith(".yaml") else compositions_dir() / f"{named}.yaml"
    name = path.stem
    if not _NAME.fullmatch(name) or name in OURS:
        why = "it is the name of one of ours" if name in OURS else "it takes small letters, digits and hyphens"
        return Kept(name, path, faults=(Fault(1, f'The file cannot be called "{name}"', why, "rename it"),))
    try:
        text = _text(path)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else str(error)) or ""
        return Kept(name, path, faults=(Fault(1, "It cannot be read", why, f"put a Composition into {path}"),))
    found, digest = located(text), hashlib.sha256(text.encode()).hexdigest()
    if isinstance(found, Fault):
        return Kept(name, path, faults=(found,), digest=digest)
    faults = faults_of(found, composition_name(name), definition_asked(""))
    return Kept(name, path, found.tree if isinstance(found.tree, dict) else {}, tuple(faults), digest)


def all_kept() -> list[Kept]:
    """Every file in the settings directory, by name. It reads files: call it in a thread."""
    return [kept(str(path)) for path in sorted(compositions_dir().glob("*.yaml"))]


def require_usable(found: Kept) -> None:
    """A file is used as it is or not at all.

    Raises:
        SpecRefused: something is wrong with it; the first of it is told.
    """
    if found.faults:
        first, *more = found.faults
        what = f"{found.path}:{first.line}: {first.what}"
        step = f"{first.next_step}; `kubegenie compositions check {found.name}` tells {len(more)} more"
        raise SpecRefused(what, first.why, step if more else first.next_step, field="composition")


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ValueError(f"it is larger than {LARGEST:,} bytes")
    return path.read_text(encoding="utf-8")
