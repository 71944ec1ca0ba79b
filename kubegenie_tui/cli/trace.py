"""`kubegenie trace`: from a composite, a claim or a Cluster down to what is not ready, with every message whole."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from kubegenie_tui.cli.connect import cluster_of, namespace_of, opened_services
from kubegenie_tui.cli.exit_status import Exit
from kubegenie_tui.cli.get import kind_named
from kubegenie_tui.cli.output import write_json
from kubegenie_tui.domain.composition_revisions import Revision, revision_words
from kubegenie_tui.domain.kind import KindIndex
from kubegenie_tui.domain.tracing import Part, Place, Said, Traced
from kubegenie_tui.ending import run_to_end


def run(arguments: argparse.Namespace) -> int:
    """`kubegenie trace KIND NAME [-n NAMESPACE]`."""
    run_to_end(_trace(arguments))
    return Exit.OK


async def _trace(arguments: argparse.Namespace) -> None:
    async with opened_services(arguments) as services:
        from kubegenie_tui.kube.discovery import discover
        from kubegenie_tui.kube.tracing import revisions_of, traced

        agent = await cluster_of(services, arguments)
        kind = await kind_named(agent, arguments.kind)
        asked = namespace_of(arguments)
        namespace = asked or agent.status.namespace or "default" if kind.namespaced else ""
        root = await agent.get(kind, arguments.name, namespace)
        kinds = KindIndex((await discover(agent.client)).kinds)
        found = await traced(agent.client, kinds, root)
        revisions = await revisions_of(agent.client, kinds, found.compositions)
    if arguments.output == "json":
        write_json(as_json(found, revisions))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in as_text(found, revisions)))


def as_text(found: Traced, revisions: Sequence[Revision] = ()) -> Iterator[str]:
    """What is not well, the deepest first, and then all of it as a tree."""
    culprits = found.culprits
    where = f" · {', '.join(found.clouds)}" if found.clouds else ""
    yield f"{found.part} is {'well' if not culprits else 'not well'}{where}"
    for each in culprits:
        yield f"  {each.part}: {each.words}"
    yield ""
    for place in found.outline():
        sign = "○" if place.found.unread else "✓" if place.found.is_well else "✗"
        yield f"{'  ' * len(place.lasts)}{sign} {' · '.join(_words(place, revisions))}"


def _words(place: Place, revisions: Sequence[Revision]) -> Iterator[str]:
    each = place.found
    yield str(each.part)
    if place.is_again:
        yield "see above"
        return
    if each.part.cloud:
        yield each.part.cloud
    yield each.words if each.ready.status or each.synced.status or not each.exists else "there"
    if revision := revision_words(each, revisions):
        yield revision


def as_json(found: Traced, revisions: Sequence[Revision] = ()) -> dict[str, Any]:
    """The same for programs."""
    known = [
        {"name": each.name, "revision": each.number, "composition": each.composition, "created": each.created}
        for each in revisions
    ]
    culprits = [_alone(each) for each in found.culprits]
    return {**_alone(found), "culprits": culprits, "revisions": known, "parts": _parts(found, {found.part})}


def _parts(found: Traced, told: set[Part]) -> list[dict[str, Any]]:
    """What it is made of; what was told before, as a part of something else, without its parts."""
    written = []
    for each in found.parts:
        is_again = each.part in told
        told.add(each.part)
        written.append({**_alone(each), "again": is_again, "parts": [] if is_again else _parts(each, told)})
    return written


def _alone(found: Traced) -> dict[str, Any]:
    part = found.part
    return {
        "group": part.group,
        "kind": part.kind,
        "name": part.name,
        "namespace": part.namespace,
        "cloud": part.cloud,
        "exists": None if found.unread else found.exists,
        "unread": found.unread,
        "well": found.is_well,
        "ready": _said(found.ready),
        "synced": _said(found.synced),
        "more": list(found.more),
        "unsettled": found.unsettled,
        "composition": found.composition,
        "revision": found.revision,
        "deleting": found.going,
        "finalizers": list(found.finalizers),
        "keptBy": list(found.kept_by),
    }


def _said(said: Said) -> dict[str, str] | None:
    return {"status": said.status, "reason": said.reason, "message": said.message} if said.status else None
