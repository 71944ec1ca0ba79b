"""Helm releases: which there are, and what one of them holds, read from the Secrets in which helm keeps them."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from kubegenie_tui.agents.helm import fetch_release, read_revisions
from kubegenie_tui.domain.errors import KubeGenieError, NotFound, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.helm import Release, Revision, latest
from kubegenie_tui.domain.helm_rows import RELEASES
from kubegenie_tui.domain.namespace_set import names_of
from kubegenie_tui.domain.nearness import near_names
from kubegenie_tui.domain.quantity import format_age
from kubegenie_tui.domain.yaml_text import yaml_lines
from kubegenie_tui.genie.reading.scope import Result, Scope, place

View = Literal["values", "manifest", "history", "notes"]
MOST_TOLD = 10
"""Revisions of which a history tells the chart: helm keeps no more by itself."""


async def list_releases(scope: Scope, namespace: str | None = None, limit: int = 50) -> Result:
    """The newest revision of each release, what is not deployed first.

    Raises:
        ClusterError: Secrets may not be listed, or the cluster does not answer.
    """
    space = await scope.known_namespace(namespace, RELEASES)
    found = sorted(latest(await _read_in(scope, space)), key=lambda each: each.health is Health.OK)
    odd = sum(each.health is not Health.OK for each in found)
    summary = f"{_counted(len(found), 'helm release')} {place(space)}" + (
        f", {odd} of them not deployed" if odd else ""
    )
    head = f"cluster {scope.reader.name}: {summary}"
    head += f"; the first {limit} of {len(found)} shown" if len(found) > limit else ""
    lines = [f"{each.namespace}/{each.name}: {_state(each)}" for each in found[:limit]]
    return Result(summary, scope.redactor.text("\n".join([head, *lines])), found)


async def read_one(scope: Scope, name: str, namespace: str | None, view: View, number: int = 0) -> Result:
    """One release: what was set, what it made, its notes, or its revisions.

    Args:
        scope: where it is.
        name: the release's.
        namespace: its namespace; as `Scope.namespace`.
        view: what of it.
        number: the revision; 0 for the newest.

    Raises:
        UsageError: there is no such revision, or what it made cannot be read.
        NotFound: there is no such release.
        KubeGenieError: it cannot be read.
    """
    revisions = await _revisions(scope, name, namespace)
    if view == "history":
        return await _history(scope, revisions)
    revision = next((each for each in revisions if number in (0, each.number)), None)
    if revision is None:
        known = ", ".join(str(each.number) for each in revisions)
        raise UsageError(f"The release {name} has no revision {number}", next_step=f"it has {known}")
    release = await fetch_release(scope.reader, revision)
    told = f"{release.chart}, app {release.app_version or '-'}: {release.description}"
    summary = f"{view} of helm release {revision.namespace}/{revision.name}"
    head = f"cluster {scope.reader.name}: {summary}, {_state(revision)}, {told}"
    lines = await asyncio.to_thread(lambda: list(_lines(scope, release, view)))
    text = await scope.redactor.long_text("\n".join([head, *(lines or [f"(no {view})"])]))
    return Result(f"{summary}, revision {revision.number}", text, release, is_structured=view != "notes")


async def _read_in(scope: Scope, space: str) -> list[Revision]:
    """Every revision of a namespace, of several, or of all."""
    return [each for name in names_of(space) or ("",) for each in await read_revisions(scope.reader, name)]


async def _revisions(scope: Scope, name: str, namespace: str | None) -> list[Revision]:
    """Those of one release, the newest first."""
    space = scope.namespace(namespace, RELEASES)
    everything = await _read_in(scope, space)
    found = [each for each in everything if each.name == name]
    if not found and namespace is None and space:
        everything = await read_revisions(scope.reader)
        found = [each for each in everything if each.name == name]
    spaces = sorted({each.namespace for each in found})
    if len(spaces) > 1:
        raise UsageError(f'"{name}" is a release in several namespaces', ", ".join(spaces), "name one of them")
    if not found:
        await scope.known_namespace(namespace, RELEASES)
        raise _not_found(name, space, everything)
    return sorted(found, key=lambda each: -each.number)


def _not_found(name: str, space: str, known: Iterable[Revision]) -> NotFound:
    near = near_names(name, (each.name for each in latest(known)))
    hint = f"did you mean {', '.join(near)}?" if near else "call helm without a name to see what there is"
    return NotFound(f'There is no helm release "{name}" {place(space)}', next_step=hint)


async def _history(scope: Scope, revisions: Sequence[Revision]) -> Result:
    told = await asyncio.gather(*(_told(scope, each) for each in revisions[:MOST_TOLD]))
    summary = f"{_counted(len(revisions), 'revision')} of helm release {revisions[0].namespace}/{revisions[0].name}"
    head = f"cluster {scope.reader.name}: {summary}"
    head += f"; the newest {MOST_TOLD} of {len(revisions)} shown" if len(revisions) > MOST_TOLD else ""
    return Result(summary, scope.redactor.text("\n".join([head, *told])), revisions)


async def _told(scope: Scope, revision: Revision) -> str:
    try:
        release = await fetch_release(scope.reader, revision)
    except KubeGenieError as error:
        return f"{_state(revision)}: cannot be read: {error.what}"
    return f"{_state(revision)}: {release.chart}, app {release.app_version or '-'}: {release.description}"


def _lines(scope: Scope, release: Release, view: View) -> Iterator[str]:
    """Masked, as YAML where it is data."""
    if view == "notes":
        yield from release.notes.splitlines()
    elif view == "values" and release.values:
        yield from yaml_lines(scope.redactor.object(release.values))
    elif view == "manifest" and release.manifest.strip():
        from kubegenie_tui.changes.operations.manifests_text import read_documents

        for document in read_documents(release.manifest, "the manifest of the release"):
            yield "---"
            yield from yaml_lines(scope.redactor.object(document.manifest))


def _state(revision: Revision) -> str:
    """`revision 3, failed, 2h5m ago`."""
    age = f", {format_age(time.time() - revision.modified)} ago" if revision.modified else ""
    return f"revision {revision.number}, {revision.status or 'unknown'}{age}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
