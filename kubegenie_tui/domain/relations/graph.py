"""The relations of one object, made from what was read around it: grouped, and followed as far as people would ask."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, value_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.relations.label_selector import selects
from kubegenie_tui.domain.relations.link import INCOMING, Branch, Relation, Relations, Twig
from kubegenie_tui.domain.relations.links import CLAIMS
from kubegenie_tui.domain.relations.pod_spec import TEMPLATE_PATHS
from kubegenie_tui.domain.relations.world import World, ref_of, state_of

MOST_TWIGS = 300
"""Objects told of in one relation."""
_DEEPEST = 5
_FOLLOWED = {
    Relation.OWNER: {Relation.OWNER},
    Relation.OWNED: {Relation.OWNED},
    Relation.TARGET: {Relation.OWNED},
    Relation.SERVICE: {Relation.ROUTE},
    Relation.ROUTE: {Relation.GATEWAY},
    Relation.STORAGE: {Relation.STORAGE},
    Relation.ACCOUNT: {Relation.BINDING},
    Relation.BINDING: {Relation.ROLE},
    Relation.USER: {Relation.OWNED},
}
"""What is told of a related object in turn."""
_SELECTORS = {
    "services": "spec.selector",
    "poddisruptionbudgets.policy": "spec.selector",
    "networkpolicies.networking.k8s.io": "spec.podSelector",
}
_ALL_IF_EMPTY = frozenset({"poddisruptionbudgets.policy", "networkpolicies.networking.k8s.io"})


class _Edge(NamedTuple):
    relation: Relation
    ref: ObjectRef
    how: str
    incoming: bool = False


def relations_of(kind_id: str, manifest: Manifest, world: World, notes: Iterable[str] = ()) -> Relations:
    """Everything in `world` that the object hangs together with.

    Args:
        kind_id: of the object.
        manifest: the object.
        world: what was read around it, the object itself among it or not.
        notes: what could not be looked at.
    """
    subject = ref_of(kind_id, manifest)
    grouped: dict[tuple[Relation, bool], dict[ObjectRef, _Edge]] = {}
    edges = list(_edges(kind_id, manifest, world))
    referred = {edge.ref for edge in edges if not edge.incoming}
    for edge in edges:
        told_already = edge.relation is Relation.USER and edge.ref in referred
        if edge.ref != subject and not told_already:
            grouped.setdefault((edge.relation, edge.incoming), {}).setdefault(edge.ref, edge)
    order = list(Relation)
    branches = [
        Branch(relation, tuple(_twigs(_tops(found, world), world, frozenset({subject}))), incoming)
        for (relation, incoming), found in sorted(grouped.items(), key=lambda each: order.index(each[0][0]))
    ]
    health, status = state_of(kind_id, manifest)
    return Relations(Twig(subject, "", True, health, status), tuple(branches), tuple(notes))


def _tops(edges: dict[ObjectRef, _Edge], world: World) -> Iterator[_Edge]:
    """The edges but for those to objects whose owner is among them: they are told below it."""
    for ref, edge in edges.items():
        manifest = world.get(ref)
        is_below = edge.relation is Relation.USER and manifest is not None
        if not (is_below and any(above in edges for above in _owners(ref.kind, manifest or {}, world))):
            yield edge


def _twigs(edges: Iterable[_Edge], world: World, seen: frozenset[ObjectRef]) -> Iterator[Twig]:
    in_order = sorted(edges, key=lambda edge: (edge.ref.kind, edge.ref.namespace, edge.ref.name))
    for edge in in_order[:MOST_TWIGS]:
        yield _twig(edge, world, seen | {edge.ref})


def _twig(edge: _Edge, world: World, seen: frozenset[ObjectRef]) -> Twig:
    manifest = world.get(edge.ref)
    if manifest is None:
        return Twig(edge.ref, edge.how, world.is_there(edge.ref))
    health, status = state_of(edge.ref.kind, manifest)
    further: dict[ObjectRef, _Edge] = {}
    if len(seen) < _DEEPEST:
        wanted = _FOLLOWED.get(edge.relation, set())
        for each in _edges(edge.ref.kind, manifest, world) if wanted else ():
            if each.relation in wanted and each.ref not in seen:
                further.setdefault(each.ref, each)
    return Twig(edge.ref, edge.how, True, health, status, tuple(_twigs(further.values(), world, seen)))


def _edges(kind_id: str, manifest: Manifest, world: World) -> Iterator[_Edge]:
    ref = ref_of(kind_id, manifest)
    for link in world.links(kind_id, manifest):
        yield _Edge(link.relation, link.ref, link.how)
    for owned_kind, item in world.owned_by(manifest):
        yield _Edge(Relation.OWNED, ref_of(owned_kind, item), "ownerReferences")
    for source, link in world.referring_to(ref):
        if link.relation is not Relation.OWNER:
            what = Relation.POD if link.relation is Relation.NODE else INCOMING.get(source.kind, Relation.USER)
            yield _Edge(what, source, link.how, incoming=True)
    yield from _selected(kind_id, manifest, world)
    if kind_id in TEMPLATE_PATHS:
        yield from _around_pods(kind_id, manifest, world)


def _selected(kind_id: str, manifest: Manifest, world: World) -> Iterator[_Edge]:
    """The pods that a Service, a budget or a policy selects."""
    if path := _SELECTORS.get(kind_id):
        for pod in world.of("pods"):
            if _selects(kind_id, manifest, "pods", pod):
                yield _Edge(Relation.POD, ref_of("pods", pod), path)


def _around_pods(kind_id: str, manifest: Manifest, world: World) -> Iterator[_Edge]:
    """What selects or scales the pods of an object that is a pod or makes some, and where they run."""
    for selecting, path in _SELECTORS.items():
        for item in world.of(selecting):
            if _selects(selecting, item, kind_id, manifest):
                yield _Edge(INCOMING[selecting], ref_of(selecting, item), path, incoming=True)
    for above in _owners(kind_id, manifest, world):
        for source, link in world.referring_to(above):
            if link.relation is Relation.TARGET:
                yield _Edge(Relation.SCALER, source, link.how, incoming=True)
    if kind_id == "statefulsets.apps":
        yield from _claims_of_templates(manifest, world)
    yield from _nodes_below(manifest, world)


def _nodes_below(manifest: Manifest, world: World) -> Iterator[_Edge]:
    nodes: dict[str, int] = {}
    for pod in _pods_below(manifest, world, 0):
        if node := text_at(pod, "spec.nodeName"):
            nodes[node] = nodes.get(node, 0) + 1
    for name, count in nodes.items():
        yield _Edge(Relation.NODE, ObjectRef("nodes", name), f"{count} {'pod' if count == 1 else 'pods'}")


def _selects(selecting: str, item: Manifest, kind_id: str, manifest: Manifest) -> bool:
    if text_at(item, "metadata.namespace") != text_at(manifest, "metadata.namespace"):
        return False
    selector = value_at(item, _SELECTORS[selecting])
    if selector == {} and selecting in _ALL_IF_EMPTY:
        return True
    return selects(selector, _pod_labels(kind_id, manifest))


def _pod_labels(kind_id: str, manifest: Manifest) -> Manifest:
    if kind_id == "pods":
        return mapping_at(manifest, "metadata.labels")
    return mapping_at(manifest, TEMPLATE_PATHS[kind_id].removesuffix("spec") + "metadata.labels")


def _owners(kind_id: str, manifest: Manifest, world: World, depth: int = 0) -> Iterator[ObjectRef]:
    for link in world.links(kind_id, manifest):
        if link.relation is Relation.OWNER and depth < _DEEPEST:
            yield link.ref
            if (owner := world.get(link.ref)) is not None:
                yield from _owners(link.ref.kind, owner, world, depth + 1)


def _claims_of_templates(manifest: Manifest, world: World) -> Iterator[_Edge]:
    """The claims of a StatefulSet, which are named by template, set and ordinal."""
    for template in mappings_at(manifest, "spec.volumeClaimTemplates"):
        name = text_at(template, "metadata.name")
        made = rf"{re.escape(name)}-{re.escape(text_at(manifest, 'metadata.name'))}-\d+"
        for claim in world.of(CLAIMS):
            ref = ref_of(CLAIMS, claim)
            if ref.namespace == text_at(manifest, "metadata.namespace") and re.fullmatch(made, ref.name):
                yield _Edge(Relation.STORAGE, ref, f"volumeClaimTemplates[{name}]")


def _pods_below(manifest: Manifest, world: World, depth: int) -> Iterator[Manifest]:
    for kind_id, item in world.owned_by(manifest):
        if kind_id == "pods":
            yield item
        elif depth < _DEEPEST:
            yield from _pods_below(item, world, depth + 1)
