"""What Crossplane makes and is made of: what is not ready first, each with the deepest reason that its trace finds."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

import msgspec

from kubegenie_tui.domain.errors import Forbidden, NotFound, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mappings_at, text_at
from kubegenie_tui.domain.tracing import Traced, part_of, trace
from kubegenie_tui.genie.reading.listed import listed
from kubegenie_tui.genie.reading.scope import Result, Scope, place

What = Literal["composites", "claims", "managed", "providers"]
CATEGORIES = {"composites": "composite", "claims": "claim", "managed": "managed"}
"""How Crossplane, and providers, mark their kinds."""
PACKAGES = frozenset({"Provider", "Function", "Configuration"})
AT_ONCE = 8
"""Kinds that are listed, and objects that are traced, at the same time."""
MOST_TRACED = 10
"""Objects whose trace is followed; of others is told what they say of themselves."""
MOST_REASONS = 3
"""Objects below one that is not ready that are told, the deepest first."""
_PACKAGES_GROUP = "pkg.crossplane.io"
_OF_PACKAGES = ("Installed", "Healthy")
"""What a package that works says of itself.
"""
_CROSSPLANE = ".crossplane.io"


class Found(msgspec.Struct, frozen=True):
    """One object."""

    name: str
    """`Platform shop/shop`."""
    is_well: bool
    words: str
    """What it says of itself."""
    reasons: tuple[str, ...] = ()
    """What is not ready below it, the deepest first."""


async def read_crossplane(scope: Scope, what: What, namespace: str | None = None, limit: int = 50) -> Result:
    """Composites, claims, managed resources or packages, with why those that are not ready are not.

    Raises:
        UsageError: Crossplane is not installed, or serves none of these.
        ClusterError: nothing may be listed, or the cluster does not answer.
    """
    kinds = kinds_of(scope.reader.kinds, what)
    if not kinds:
        raise _none_served(scope, what)
    space = await scope.known_namespace(namespace, next((each for each in kinds if each.namespaced), kinds[0]))
    objects, hidden = await _listed(scope, kinds, namespace)
    found = await (_packages(scope, objects) if what == "providers" else _followed(scope, objects))
    sick, well = [each for each in found if not each.is_well], [each for each in found if each.is_well]
    summary = f"{len(sick)} of {len(found)} {what} {place(space)} not ready"
    head = f"cluster {scope.reader.name}: {summary}; kinds looked at: {len(kinds)}"
    lines = [head, *hidden, *_told(sick, well, limit)]
    return Result(summary, scope.redactor.text("\n".join(lines)), found)


def kinds_of(kinds: Iterable[Kind], what: What) -> list[Kind]:
    """The kinds that are meant."""
    if what == "providers":
        return [kind for kind in kinds if kind.group == _PACKAGES_GROUP and kind.kind in PACKAGES]
    return [kind for kind in kinds if CATEGORIES[what] in kind.categories and "list" in kind.verbs]


def _none_served(scope: Scope, what: What) -> UsageError:
    name = scope.reader.name
    if not any(kind.group.endswith(_CROSSPLANE) for kind in scope.reader.kinds):
        return UsageError(f"Crossplane is not installed in {name}", next_step="api_resources tells what is")
    why = "no package is there that brings any" if what == "managed" else "no definition of one is there"
    return UsageError(f"{name} serves no {what} of Crossplane", why, "ask for providers, or see api_resources")


async def _listed(scope: Scope, kinds: Sequence[Kind], namespace: str | None) -> tuple[list[Manifest], list[str]]:
    """All objects of these kinds, and a line for each kind that may not be listed.

    Raises:
        Forbidden: none of them may be.
    """
    turn, refused = asyncio.Semaphore(AT_ONCE), []

    async def one(kind: Kind) -> list[Manifest]:
        try:
            async with turn:
                found = await listed(scope.reader, kind, scope.namespace(namespace, kind))
        except Forbidden as error:
            refused.append((kind, error))
            return []
        return [{"apiVersion": kind.api_version, "kind": kind.kind, **each} for each in found.items]

    objects = [each for listed in await asyncio.gather(*map(one, kinds)) for each in listed]
    if len(refused) == len(kinds):
        raise refused[0][1]
    return objects, [f"not looked at: {kind.id}, which you may not list" for kind, _ in refused]


async def _followed(scope: Scope, objects: Sequence[Manifest]) -> list[Found]:
    """Each by what it says of itself; from the first that are not well on down to what holds them up."""
    traces = [msgspec.structs.replace(trace(each, ()), parts=()) for each in objects]
    sick = [number for number, each in enumerate(traces) if not each.is_well][:MOST_TRACED]
    followed = await asyncio.gather(*(scope.reader.trace(objects[number]) for number in sick))
    for number, each in zip(sick, followed, strict=True):
        traces[number] = each
    return [_found(each) for each in traces]


def _found(traced: Traced) -> Found:
    below = (f"{each.part}: {each.words}" for each in traced.culprits if each is not traced)
    return Found(str(traced.part), traced.is_well, traced.words, tuple(islice(below, MOST_REASONS)))


async def _packages(scope: Scope, objects: Sequence[Manifest]) -> list[Found]:
    return list(await asyncio.gather(*(_package(scope, each) for each in objects)))


async def _package(scope: Scope, package: Manifest) -> Found:
    """A package, with what its revision says where it does not work."""
    states = {text_at(each, "type"): text_at(each, "status") for each in mappings_at(package, "status.conditions")}
    is_well = all(states.get(name) == "True" for name in _OF_PACKAGES)
    words = " · ".join([text_at(package, "spec.package"), *_conditions(package)])
    reasons = () if is_well else await _of_revision(scope, package)
    return Found(str(part_of(package)), is_well, words, reasons)


async def _of_revision(scope: Scope, package: Manifest) -> tuple[str, ...]:
    """What the revision of a package complains of; nothing where there is none or it may not be read."""
    kind = scope.reader.kinds.of(f"{_PACKAGES_GROUP}/", f"{text_at(package, 'kind')}Revision")
    name = text_at(package, "status.currentRevision")
    if kind is None or not name:
        return ()
    try:
        revision = await scope.reader.get(kind, name)
    except (NotFound, Forbidden):
        return ()
    return tuple(f"{part_of(revision)}: {said}" for said in _conditions(revision) if " False" in said)


def _conditions(found: Manifest) -> list[str]:
    """`Healthy False UnhealthyPackageRevision (...)`; why only of what does not hold."""
    return [_condition(each) for each in mappings_at(found, "status.conditions")] or ["it says nothing of itself yet"]


def _condition(said: Manifest) -> str:
    words = f"{text_at(said, 'type')} {text_at(said, 'status')}"
    if text_at(said, "status") == "True":
        return words
    message = text_at(said, "message")
    return f"{words} {text_at(said, 'reason')}{f' ({message})' if message else ''}"


def _told(sick: Sequence[Found], well: Sequence[Found], limit: int) -> Iterator[str]:
    """What is not ready in full, then the names of what is."""
    for each in sick[:limit]:
        yield f"✗ {each.name}: {each.words}"
        yield from (f"    because {reason}" for reason in each.reasons)
    if len(sick) > limit:
        yield f"(the first {limit} of {len(sick)} that are not ready shown)"
    if well:
        more = f" and {len(well) - limit} more" if len(well) > limit else ""
        yield f"✓ ready: {', '.join(each.name for each in well[:limit])}{more}"
