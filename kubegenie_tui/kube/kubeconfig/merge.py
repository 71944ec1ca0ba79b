"""Several kubeconfig files read as one, by kubectl's rule: who names a thing first wins, and whole entries count."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import msgspec

from kubegenie_tui.domain.errors import KubeconfigError
from kubegenie_tui.kube.kubeconfig.file import KubeconfigFile

Section = Literal["clusters", "users", "contexts"]
_BODY: dict[Section, str] = {"clusters": "cluster", "users": "user", "contexts": "context"}


class Entry(msgspec.Struct, frozen=True):
    """One named cluster, user or context, and where it is written."""

    name: str
    body: dict[str, Any]
    file: KubeconfigFile
    keys: tuple[str | int, ...]
    """Where `body` stands in the file."""

    def error(self, what: str, why: str = "", next_step: str = "", *, at: Sequence[str | int] = ()) -> KubeconfigError:
        """An error that points at this entry, or at the field `at` in it."""
        return self.file.error(what, why, next_step, keys=(*self.keys, *at))


class Merged(msgspec.Struct):
    """What all files say together."""

    current: str = ""
    current_in: KubeconfigFile | None = None
    """The file that names the current context."""
    clusters: dict[str, Entry] = {}
    users: dict[str, Entry] = {}
    contexts: dict[str, Entry] = {}
    errors: list[KubeconfigError] = []
    """What had to be left out. Everything else is as if that were not there."""


def merge(files: Sequence[KubeconfigFile]) -> Merged:
    """One kubeconfig of several, the first of them strongest.

    Source: k8s.io/client-go/tools/clientcmd, ClientConfigLoadingRules.Load.
    """
    merged = Merged()
    for file in files:
        if not merged.current and (current := _current(file, merged.errors)):
            merged.current, merged.current_in = current, file
        for section, known in _sections(merged):
            for name, entry in _entries(file, section, merged.errors).items():
                known.setdefault(name, entry)
    if merged.current_in is not None and merged.current not in merged.contexts:
        what = f'The current context "{merged.current}" does not exist'
        merged.errors.append(merged.current_in.error(what, f"known: {_known(merged)}", keys=("current-context",)))
        merged.current = ""
    return merged


def _known(merged: Merged) -> str:
    return ", ".join(sorted(merged.contexts)) or "none"


def _sections(merged: Merged) -> Iterator[tuple[Section, dict[str, Entry]]]:
    yield "clusters", merged.clusters
    yield "users", merged.users
    yield "contexts", merged.contexts


def _current(file: KubeconfigFile, errors: list[KubeconfigError]) -> str:
    name = file.data.get("current-context") or ""
    if isinstance(name, str):
        return name
    errors.append(file.error("current-context is not text", f"it is {name!r}", keys=("current-context",)))
    return ""


def _entries(file: KubeconfigFile, section: Section, errors: list[KubeconfigError]) -> dict[str, Entry]:
    listed = file.data.get(section) or []
    if not isinstance(listed, list):
        errors.append(file.error(f"{section} is not a list", keys=(section,)))
        return {}
    found: dict[str, Entry] = {}
    for index, item in enumerate(listed):
        try:
            entry = _entry(file, section, index, item)
            if entry.name in found:
                raise entry.error(f'{section} names "{entry.name}" twice', "the first one is used")
            found[entry.name] = entry
        except KubeconfigError as error:
            errors.append(error)
    return found


def _entry(file: KubeconfigFile, section: Section, index: int, item: object) -> Entry:
    keys = (section, index)
    if not isinstance(item, dict):
        raise file.error(f"An entry of {section} is not a mapping", keys=keys)
    name, body = item.get("name"), item.get(_BODY[section]) or {}
    if not isinstance(name, str) or not name:
        raise file.error(f"An entry of {section} has no name", keys=(*keys, "name"))
    if not isinstance(body, dict):
        raise file.error(f'"{_BODY[section]}" of "{name}" is not a mapping', keys=(*keys, _BODY[section]))
    return Entry(name, body, file, (*keys, _BODY[section]))
