"""One object: its YAML or a part of it, or told in words with its events."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from kubegenie_tui.domain.conversation import ShowRequested
from kubegenie_tui.domain.credential_names import has_credential_word
from kubegenie_tui.domain.errors import ClusterError, UsageError
from kubegenie_tui.domain.health import Health
from kubegenie_tui.domain.json_path import parse_path
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.summary_related import related_to
from kubegenie_tui.genie.reading.resolving import resolve
from kubegenie_tui.genie.reading.scope import Result, Scope, word_of

if TYPE_CHECKING:
    from kubegenie_tui.domain.summary_section import Field, Summary

_LONG = frozenset({"labels", "annotations"})


async def get_object(
    scope: Scope,
    kind_name: str,
    name: str,
    namespace: str | None = None,
    *,
    part: str = "yaml",
    fields: Sequence[str] = (),
) -> Result:
    """An object as YAML, the part of it at a path such as `spec` or `spec.containers[0]`, or some fields of that alone.

    Raises:
        UsageError, ClusterError: as `resolve`; nothing stands at the path.
    """
    from kubegenie_tui.domain.yaml_text import yaml_lines

    kind = scope.kind(kind_name)
    ref = await resolve(scope, kind, name, namespace)
    manifest = await scope.reader.get(kind, ref.name, ref.namespace)
    shown: Any = scope.redactor.object(_without_managed_fields(manifest))
    head = f"cluster {scope.reader.name}: {ref}"
    if part not in ("", "yaml"):
        shown, head = _part(ref, shown, part), f"{head}, {part}"
    if fields:
        shown = {field: parse_path(field).part(shown) for field in fields}
        head += _missing(shown)
    lines = [line async for line in _unhurried(yaml_lines(shown))]
    text = "\n".join([head, *lines])
    return Result(f"{word_of(kind, 1)} {ref.name}", text, manifest, detail(ref), is_structured=True)


def _part(ref: ObjectRef, shown: Manifest, path: str) -> Any:
    found = parse_path(path).part(shown)
    if found is None:
        raise UsageError(f"{ref} has no {path}", next_step=f"its parts: {', '.join(shown)}")
    return found


def _missing(fields: Manifest) -> str:
    """`; nothing stands at spec.nodeName`."""
    none = [field for field, value in fields.items() if value is None]
    return f"; nothing stands at {', '.join(none)}" if none else ""


async def describe(scope: Scope, kind_name: str, name: str, namespace: str | None = None) -> Result:
    """An object in words, with related objects and events, as `kubectl describe` tells it.

    Raises:
        UsageError, ClusterError: as `resolve`.
    """
    kind = scope.kind(kind_name)
    ref = await resolve(scope, kind, name, namespace)
    manifest = await scope.reader.get(kind, ref.name, ref.namespace)
    summary = await _summary(scope, kind, manifest, await _events(scope, ref, manifest))
    return _told(scope, ref, summary)


async def short_facts(scope: Scope, kind_name: str, name: str, namespace: str | None = None) -> Result:
    """An object in few words: as `describe`, without its events, labels and annotations.

    Raises:
        UsageError, ClusterError: as `resolve`.
    """
    kind = scope.kind(kind_name)
    ref = await resolve(scope, kind, name, namespace)
    manifest = await scope.reader.get(kind, ref.name, ref.namespace)
    told = {key: value for key, value in mapping_at(manifest, "metadata").items() if key not in _LONG}
    return _told(scope, ref, await _summary(scope, kind, {**manifest, "metadata": told}, []))


def is_unwell(kind: Kind, manifest: Manifest) -> bool:
    """Whether an object's own status tells of trouble."""
    from kubegenie_tui.domain.summary import summarise

    status = summarise(kind, manifest, [], [], now=time.time()).status
    return status is not None and status.health >= Health.WARN


async def _summary(scope: Scope, kind: Kind, manifest: Manifest, events: Sequence[Manifest]) -> "Summary":
    from kubegenie_tui.domain.summary import summarise

    masked = scope.redactor.object(manifest)
    told = manifest if kind.id == "secrets" else masked  # of a Secret only the sizes of its values are told
    return summarise(kind, told, events, await _related(scope, kind.id, manifest), now=time.time())


def _told(scope: Scope, ref: ObjectRef, summary: "Summary") -> Result:
    lines = [f"cluster {scope.reader.name}: {ref}"]
    if summary.status is not None:
        lines.append(f"Status: {summary.status.value}")
    for section in summary.sections:
        lines += [f"{section.title}:"] if section.title else []
        lines += [f"{'  ' if section.title else ''}{_line(row)}" for row in section.rows]
    text = scope.redactor.text("\n".join(lines))
    return Result(f"{word_of(scope.kind(ref.kind), 1)} {ref.name}", text, (ref, summary), detail(ref))


def _line(row: "Field") -> str:
    """A row of a summary; the name of a Secret must not read like a credential."""
    return f"{row.label} → {row.value}" if has_credential_word(row.label) else f"{row.label}: {row.value}"


def detail(ref: ObjectRef) -> ShowRequested:
    """The object in the explorer's detail."""
    return ShowRequested(ref.kind, ref.namespace, "", ref.name, "detail")


async def _events(scope: Scope, ref: ObjectRef, manifest: Manifest) -> list[Manifest]:
    uid = ref.name if ref.kind == "nodes" else text_at(manifest, "metadata.uid")
    try:
        return await scope.reader.events_of(ref.namespace, uid)
    except ClusterError:
        return []


async def _related(scope: Scope, kind_name: str, manifest: Manifest) -> list[Manifest]:
    wanted = related_to(scope.kind(kind_name), manifest)
    kind = scope.reader.kinds.get(wanted.kind) if wanted else None
    if wanted is None or kind is None:
        return []
    try:
        found = await scope.reader.list_objects(
            kind,
            wanted.namespace,
            label_selector=wanted.label_selector,
            field_selector=wanted.field_selector,
            limit=100,
        )
    except ClusterError:
        return []
    return found.items


async def _unhurried(lines: Iterator[str]) -> AsyncIterator[str]:
    for number, line in enumerate(lines):
        if number % 500 == 499:
            await asyncio.sleep(0)
        yield line


def _without_managed_fields(manifest: Manifest) -> Manifest:
    metadata = {key: value for key, value in mapping_at(manifest, "metadata").items() if key != "managedFields"}
    return {**manifest, "metadata": metadata}


def container_names(pod: Manifest) -> list[str]:
    """App containers first, then init containers."""
    spec = mapping_at(pod, "spec")
    return [str(c.get("name")) for key in ("containers", "initContainers") for c in spec.get(key) or []]
