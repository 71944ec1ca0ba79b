"""What is installed: every provider and agent with its manifest, found and judged without importing any of it."""

import re
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import kubegenie_tui
from kubegenie_tui.domain.errors import PluginError
from kubegenie_tui.plugin_entries import entries, source_of
from kubegenie_tui.providers.manifest import LARGEST, OBJECT, Manifest, PluginKind, file_name, read_manifest
from kubegenie_tui.providers.record import Record, verified

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from kubegenie_tui.settings import PluginSettings

_OURS = "kubegenie"
"""The distribution whose entry points are built in, as far as they lead into our own package."""

_JOINTS = re.compile(r"[-_.]+")


class State(Enum):
    """Whether a plugin can be used."""

    READY = "ready"
    WAITING = "not allowed"
    CHANGED = "changed"
    """A person allowed it, and it is not what they allowed any more."""
    OFF = "off"
    FAILED = "failed"


class Offer(msgspec.Struct, frozen=True):
    """One entry point and what is known of it."""

    kind: PluginKind
    name: str
    source: str
    """The distribution that brought it: `kubegenie-acme 1.0`."""
    distribution: str
    """Its name alone."""
    entry: "EntryPoint"
    built_in: bool
    state: State = State.FAILED
    fault: PluginError | None = None
    """Why it failed."""
    manifest: Manifest | None = None
    record: Record | None = None
    """Its files; None for what is built in, or failed."""


def offers(settings: "PluginSettings") -> list[Offer]:
    """Every one that is installed; those of others wait to be allowed. Reads all their files: call it in a thread."""
    found = [_offer(kind, entry) for kind in PluginKind for entry in entries(kind.group)]
    named = Counter((each.kind, each.name) for each in found if not each.built_in)
    ours = {(each.kind, each.name) for each in found if each.built_in}
    records: dict[str, Record | PluginError] = {}
    judged = []
    for each in found:
        key = (each.kind, each.name)
        if settings.is_off(each.name):
            judged.append(msgspec.structs.replace(each, state=State.OFF))
        elif not each.built_in and (key in ours or named[key] > 1):
            judged.append(_failed(each, _clash(each, found)))
        else:
            judged.append(_read(each, records))
    return judged


def allowed(offer: Offer, pins: Mapping[str, str]) -> Offer:
    """What a person allowed becomes ready, if it still is what they allowed."""
    pin = pins.get(offer.distribution)
    if offer.record is None or pin is None:
        return offer
    state = State.READY if pin == offer.record.digest else State.CHANGED
    return msgspec.structs.replace(offer, state=state)


def _offer(kind: PluginKind, entry: "EntryPoint") -> Offer:
    name = _normal(entry.dist.name or "") if entry.dist else ""
    built_in = name == _OURS and entry.value.startswith(f"{kubegenie_tui.__name__}.")
    return Offer(kind, entry.name, source_of(entry), name, entry, built_in)


def _normal(name: str) -> str:
    """The one spelling of a distribution's name. Source: Names and normalization, packaging.python.org."""
    return _JOINTS.sub("-", name).lower()


def _clash(offer: Offer, found: list[Offer]) -> PluginError:
    same = [each for each in found if (each.kind, each.name) == (offer.kind, offer.name)]
    if any(each.built_in for each in same):
        return PluginError(f"{offer.name} is a {offer.kind.value} of KubeGenie itself", next_step="tell its author")
    sources = " and ".join(sorted(each.source for each in same))
    return PluginError(f"{sources} have a {offer.kind.value} of this name", next_step="uninstall all but one")


def _failed(offer: Offer, fault: PluginError) -> Offer:
    return msgspec.structs.replace(offer, state=State.FAILED, fault=fault)


def _read(offer: Offer, records: dict[str, Record | PluginError]) -> Offer:
    try:
        if not OBJECT.fullmatch(offer.entry.value):
            raise PluginError(f'Its entry point "{offer.entry.value}" is not module:Class', next_step="tell its author")
        if offer.built_in:
            return msgspec.structs.replace(offer, state=State.READY, manifest=_manifest(offer, _our_file(offer)))
        record = _record(offer, records)
        path = _directory(offer.entry.module, record.files) + file_name(offer.kind, offer.name)
        manifest = _manifest(offer, record.read(path, LARGEST))
    except PluginError as error:
        return _failed(offer, error)
    return msgspec.structs.replace(offer, state=State.WAITING, manifest=manifest, record=record)


def _manifest(offer: Offer, data: bytes) -> Manifest:
    version = offer.entry.dist.version if offer.entry.dist else ""
    return read_manifest(data, offer.kind, offer.name, version)


def _our_file(offer: Offer) -> bytes:
    above = Path(kubegenie_tui.__file__).parent.parent
    directory = above.joinpath(*offer.entry.module.split(".")[:-1])
    try:
        return (directory / file_name(offer.kind, offer.name)).read_bytes()
    except OSError as error:
        raise PluginError("It has no manifest", str(error), "install KubeGenie again") from error


def _record(offer: Offer, records: dict[str, Record | PluginError]) -> Record:
    """The files of the distribution, which are looked at once for all that it brings."""
    if offer.entry.dist is None:
        raise PluginError("It belongs to no distribution", next_step="install it as a wheel")
    if offer.distribution not in records:
        try:
            records[offer.distribution] = verified(offer.entry.dist)
        except PluginError as error:
            records[offer.distribution] = error
    found = records[offer.distribution]
    if isinstance(found, PluginError):
        raise found
    return found


def _directory(module: str, files: frozenset[str]) -> str:
    """Where a module lies, as the beginning of the paths beside it."""
    path = module.replace(".", "/")
    above = path.rpartition("/")[0]
    if f"{path}/__init__.py" in files:
        return f"{path}/"
    return f"{above}/" if above else ""
