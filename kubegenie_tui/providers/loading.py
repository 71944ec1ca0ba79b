"""From an offer to its class: the only place where a plugin's code begins to run."""

import importlib
import inspect
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Any

import msgspec

from kubegenie_tui.domain.errors import PluginError
from kubegenie_tui.domain.form import TextField
from kubegenie_tui.plugin_entries import words_of
from kubegenie_tui.providers.manifest import Manifest, PluginKind
from kubegenie_tui.providers.offer import Offer, State
from kubegenie_tui.providers.record import Record

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from pydantic import BaseModel

_AGENT_METHODS = ("initialize", "health_check", "self_heal", "shutdown")


class Loaded(msgspec.Struct, frozen=True):
    """A plugin whose code has run."""

    manifest: Manifest
    make: type[Any]
    """Its class, which takes a configuration: an instance of `config`, or None when there is none."""
    config: "type[BaseModel] | None" = None
    spec: "type[BaseModel] | None" = None
    """Of a cluster that it makes; None when it makes none."""
    built_in: bool = False


def load(offer: Offer) -> Loaded:
    """Import a plugin that is ready: it takes as long as its imports do.

    Raises:
        PluginError: it is not ready, or is not what its manifest says; what a plugin itself raises is one of these.
    """
    if offer.state is not State.READY or offer.manifest is None:
        raise why_not(offer)
    made = _object(offer.entry.value, offer.record)
    if not inspect.isclass(made):
        raise PluginError(f"{offer.entry.value} is no class", next_step="tell its author")
    if missing := ", ".join(_missing(made, offer.manifest)):
        raise PluginError(
            f"{made.__name__} has no async {missing}, which its manifest promises", next_step="tell its author"
        )
    config = _object(offer.manifest.config, offer.record) if offer.manifest.config else None
    if config is not None:
        _require_config(config, offer.manifest)
    spec = _object(offer.manifest.spec, offer.record) if offer.manifest.spec else None
    return Loaded(offer.manifest, made, config, spec, offer.built_in)


def why_not(offer: Offer) -> PluginError:
    """Why an offer cannot be loaded, as an error."""
    allow = f"look at it, then `kubegenie plugins allow {offer.name}`"
    match offer.state:
        case State.WAITING:
            return PluginError(f"{offer.name} was not allowed yet", next_step=allow)
        case State.CHANGED:
            return PluginError(f"{offer.name} is not what was allowed: its files are others", next_step=allow)
        case State.OFF:
            return PluginError(f"{offer.name} is turned off", "plugins.off in the settings names it")
        case _:
            return offer.fault or PluginError(f"{offer.name} cannot be used")


def _missing(made: type[Any], manifest: Manifest) -> Iterator[str]:
    promised = [name for each in manifest.capabilities for name in each.methods]
    for name in _AGENT_METHODS if manifest.kind is PluginKind.AGENT else promised:
        method = getattr(made, name, None)
        if not inspect.iscoroutinefunction(method) or getattr(method, "__isabstractmethod__", False):
            yield name


def _require_config(config: object, manifest: Manifest) -> None:
    from kubegenie_tui.providers.config_form import fields_of

    fields = fields_of(config)
    hidden = {name for name, field in fields.items() if isinstance(field, TextField) and field.secret}
    if hidden != set(manifest.secrets):
        said = ", ".join(sorted(manifest.secrets)) or "none"
        raise PluginError(
            f"The secrets of {manifest.config} are {', '.join(sorted(hidden)) or 'none'}",
            f"its manifest says {said}",
            "tell its author",
        )
    if unknown := ", ".join(sorted(manifest.login - fields.keys())):
        raise PluginError(f"{manifest.config} has no {unknown}", "its manifest names it", "tell its author")


def _object(value: str, record: Record | None) -> Any:
    """What `module:name` names, when all that is imported for it lies in recorded files; None: it is ours.

    Raises:
        PluginError: it lies elsewhere, or cannot be imported.
    """
    module, _, name = value.partition(":")
    if record is not None:
        _require_recorded(module, record)
    try:
        return getattr(importlib.import_module(module), name)
    except (Exception, SystemExit) as error:  # anything may be wrong with a program that is not ours
        raise PluginError(f"It cannot be imported: {words_of(error)}", next_step="tell its author") from error


def _require_recorded(module: str, record: Record) -> None:
    """Raise when another file would be imported, one that comes first on the path."""
    names = module.split(".")
    path = None
    for name in (".".join(names[: count + 1]) for count in range(len(names))):
        spec = _spec(name, path)
        if spec is None:
            raise PluginError(f"There is no module {name}", next_step="tell its author")
        if spec.origin is not None and not record.holds(spec.origin):
            raise PluginError(
                f"{name} would come from {spec.origin}", "that is no file of it", "uninstall one of the two"
            )
        path = list(spec.submodule_search_locations or ())


def _spec(name: str, path: list[str] | None) -> "ModuleSpec | None":
    known = sys.modules.get(name)
    return known.__spec__ if known is not None else PathFinder.find_spec(name, path)
