"""A cluster that is there: what its parameters would be after a change, and whether anything would come of it."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.creation import Change, Choice, WorkKind
from kubegenie_tui.domain.errors import ProviderError, SpecRefused
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, number_at, text_at
from kubegenie_tui.providers.crossplane.asked import GROUP, KIND, POOL
from kubegenie_tui.providers.crossplane.preconditions import EXTENSIONS
from kubegenie_tui.providers.crossplane.rendering import render
from kubegenie_tui.providers.version_order import follows, numbers, require_following

if TYPE_CHECKING:
    from kubegenie_tui.providers.managing import Server

_DEFINITION = f"kubernetesclusters.{GROUP}"
_NUMBERS = re.compile(r"v?(\d+)\.(\d+)((?:[.+-]\w+)*)")
_LARGEST = 1000
"""Nodes of a pool, as in `CrossplaneSpec`."""


async def present(server: "Server", name: str) -> Manifest:
    """The composite resource of a cluster.

    Raises:
        ProviderError: there is none.
    """
    kind = await server.kind(GROUP, KIND)
    found = await server.get(kind, name) if kind else None
    if found is None:
        raise ProviderError(f"There is no {KIND} {name} in {server.namespace} any more", next_step="was it removed?")
    return found


def parameters_after(found: Manifest, change: Change) -> dict[str, Any]:
    """The parameters that a change sets. A number of nodes is the least there shall be; the most grows with it.

    Raises:
        SpecRefused: it is no version that can follow, or there is no such pool.
    """
    if change.kind is WorkKind.UPGRADE:
        _require_version(text_at(found, "spec.parameters.version"), change.version)
        return {"version": change.version}
    if change.pool != POOL:
        raise SpecRefused(f"There is no pool {change.pool}", f"there is {POOL}", field="pool")
    if change.bounds is not None:
        if change.bounds.least < 1:
            raise SpecRefused("A pool has 1 node at least", field="least")
        return {"minNodes": change.bounds.least, "maxNodes": change.bounds.most}
    if not 1 <= change.count <= _LARGEST:
        raise SpecRefused(f"A pool has no {change.count} nodes", f"it has 1 to {_LARGEST}", field="count")
    most = int(number_at(found, "spec.parameters.maxNodes") or 0)
    return {"minNodes": change.count, "maxNodes": max(most, change.count)}


def has(found: Manifest, parameters: Manifest) -> bool:
    """Whether a cluster asks for these already."""
    return parameters.items() <= mapping_at(found, "spec.parameters").items()


async def require_known(server: "Server", found: Manifest, parameters: Iterable[str]) -> None:
    """Raise when the definition that is there has none of a parameter: an older KubeGenie may have made it.

    Raises:
        SpecRefused: it has none.
    """
    known = mapping_at(await _schema(server, found), "properties")
    for each in parameters:
        if each not in known:
            step = f"add it to the definition {_DEFINITION}, or do without it"
            raise SpecRefused(f"A {KIND} has no parameter {each} there", "its definition knows none", step)


async def require_effect(server: "Server", found: Manifest, parameters: Manifest) -> list[str]:
    """What is to be said of a change that something comes of.

    Raises:
        SpecRefused: the definition has no such parameter, or the Composition makes nothing of it.
    """
    await require_known(server, found, parameters)
    name = text_at(found, "spec.crossplane.compositionRef.name")
    kind = await server.kind(EXTENSIONS, "Composition")
    composition = await server.get(kind, name) if kind and name else None
    if composition is None:
        return [f"Composition {name or 'of the cluster'} was not found: only Crossplane can tell what comes of it"]
    return _effect(composition, found, parameters)


def _effect(composition: Manifest, found: Manifest, parameters: Manifest) -> list[str]:
    name, fields = text_at(composition, "metadata.name"), " and ".join(f"spec.parameters.{each}" for each in parameters)
    spec = mapping_at(found, "spec")
    after = {**found, "spec": {**spec, "parameters": {**mapping_at(spec, "parameters"), **parameters}}}
    was, will = render(composition, found), render(composition, after)
    if will.refused:
        raise SpecRefused("Nothing would be composed any more", will.refused[0], "mend the Composition")
    changed = [text_at(new, "kind") for old, new in zip(was.resources, will.resources, strict=True) if old != new]
    if changed:
        return [f"It reaches {', '.join(dict.fromkeys(changed))}: everything else stays as it is"]
    if will.unknown:
        return [f"only Crossplane can tell what comes of it: {will.unknown[0]}"]
    step = "patch it into what it composes, or change the cluster in its cloud"
    raise SpecRefused(f"Composition {name} makes nothing of {fields}", "no cluster would change", step)


async def newer_versions(server: "Server", found: Manifest) -> list[Choice]:
    """Those that the definition names, or the next minor one: Crossplane does not know what a cloud has.

    Raises:
        ProviderError: the cluster names no version of its own.
    """
    now = text_at(found, "spec.parameters.version")
    if not now:
        why, step = "its cloud chose one", "`kubegenie provision upgrade NAME --version VERSION` sets one"
        raise ProviderError(f"{text_at(found, 'metadata.name')} names no version", why, step)
    named = mapping_at(await _schema(server, found), "properties.version").get("enum", [])
    if named:
        return [Choice(each) for each in sorted(filter(lambda each: follows(now, each), named), key=numbers)]
    major, minor, *_ = numbers(now)
    cloud = text_at(found, "spec.parameters.cloud")
    return [Choice(f"{major}.{minor + 1}", f"the next; whether {cloud} has it, only {cloud} tells")]


async def _schema(server: "Server", found: Manifest) -> Manifest:
    """What the definition says of the parameters, in the version of the cluster."""
    kind = await server.kind(EXTENSIONS, "CompositeResourceDefinition")
    definition = await server.get(kind, _DEFINITION) if kind else None
    version = text_at(found, "apiVersion").rpartition("/")[2]
    for each in mappings_at(definition, "spec.versions"):
        if text_at(each, "name") == version:
            return mapping_at(each, "schema.openAPIV3Schema.properties.spec.properties.parameters")
    raise ProviderError(f"{_DEFINITION} is not defined in {version}", next_step="is Crossplane there?")


def _require_version(now: str, wanted: str) -> None:
    if not _NUMBERS.fullmatch(wanted):
        raise SpecRefused(f'"{wanted}" is no version', "", "write it like 1.35", field="version")
    if now:
        require_following(now, wanted, of="clouds")
