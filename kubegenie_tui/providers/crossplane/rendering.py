"""What Crossplane would compose of a cluster at first, told without it: patches and transforms alone.

What other functions do, what comes from an environment, and what is patched back from what runs, only Crossplane can
tell; all of that is named.
"""

import copy
from collections.abc import Iterator
from typing import Any

import msgspec

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.providers.crossplane.field_path import MISSING, put, read
from kubegenie_tui.providers.crossplane.transforms import NotRendered, formatted, transformed

PATCHES = "pt.fn.crossplane.io"
"""The group of the input of function-patch-and-transform."""
LATER = ("ToCompositeFieldPath", "CombineToComposite", "ToEnvironmentFieldPath", "CombineToEnvironment")
"""Patches that need what runs already."""
NAME = "crossplane.io/composition-resource-name"


class Rendered(msgspec.Struct, frozen=True):
    """What would be composed."""

    resources: tuple[Manifest, ...]
    """In the order of the Composition, each named for it in the annotation NAME."""
    refused: tuple[str, ...] = ()
    """What the function would refuse, and then nothing is composed."""
    unknown: tuple[str, ...] = ()
    """What cannot be told here."""


def render(composition: Manifest, composite: Manifest) -> Rendered:
    """What a Composition, which was checked, makes of a composite that nothing was composed of yet."""
    rendering = _Rendering(composite)
    for step in mappings_at(composition, "spec.pipeline"):
        rendering.step(step)
    return Rendered(tuple(rendering.resources), tuple(rendering.refused), tuple(rendering.unknown))


def is_patching(step: Manifest) -> bool:
    """Whether a step of a pipeline is one of function-patch-and-transform."""
    given = mapping_at(step, "input")
    return text_at(given, "apiVersion").partition("/")[0] == PATCHES and text_at(given, "kind") == "Resources"


class _Rendering:
    def __init__(self, composite: Manifest) -> None:
        self._composite = composite
        self.resources: list[Manifest] = []
        self.refused: list[str] = []
        self.unknown: list[str] = []

    def step(self, step: Manifest) -> None:
        name = text_at(step, "step")
        if not is_patching(step):
            self.unknown.append(f"step {name}: what {text_at(step, 'functionRef.name')} does")
            return
        given = mapping_at(step, "input")
        if "environment" in given:
            self.unknown.append(f"step {name}: patches of the environment")
        sets = {text_at(each, "name"): mappings_at(each, "patches") for each in mappings_at(given, "patchSets")}
        for resource in mappings_at(given, "resources"):
            if "base" in resource:
                self.resources.append(self._resource(resource, sets))
            else:
                self.unknown.append(f"resource {text_at(resource, 'name')}: it is what an earlier function makes")

    def _resource(self, resource: Manifest, sets: dict[str, list[Manifest]]) -> Manifest:
        name, body = text_at(resource, "name"), copy.deepcopy(mapping_at(resource, "base"))
        for patch in _flat(resource, sets):
            try:
                self._patch(body, patch)
            except ValueError as error:
                self.refused.append(f"resource {name}: {error}")
            except NotRendered as told:
                self.unknown.append(f"resource {name}: {told}")
        return self._owned(body, name)

    def _patch(self, body: Manifest, patch: Manifest) -> None:
        kind = text_at(patch, "type") or "FromCompositeFieldPath"
        if kind in LATER:
            return
        if kind not in ("FromCompositeFieldPath", "CombineFromComposite"):
            raise NotRendered(f"{kind} to {text_at(patch, 'toFieldPath')}")
        target = text_at(patch, "toFieldPath") or text_at(patch, "fromFieldPath")
        value = self._combined(patch) if kind == "CombineFromComposite" else self._from(patch)
        if value is MISSING:
            return
        for transform in mappings_at(patch, "transforms"):
            value = transformed(value, transform)
        if "[*]" in target or text_at(patch, "policy.toFieldPath") not in ("", "Replace"):
            raise NotRendered(f"a patch to {target} that goes to many places or merges")
        put(body, target, copy.deepcopy(value))

    def _from(self, patch: Manifest) -> Any:
        path = text_at(patch, "fromFieldPath")
        value = read(self._composite, path)
        if value is MISSING and text_at(patch, "policy.fromFieldPath") == "Required":
            raise ValueError(f"{path} is required, and the cluster has none")
        return value

    def _combined(self, patch: Manifest) -> Any:
        values = [self._from({**patch, **each}) for each in mappings_at(patch, "combine.variables")]
        if any(each is MISSING for each in values):
            return MISSING
        return formatted(str(mapping_at(patch, "combine.string").get("fmt", "")), values)

    def _owned(self, body: Manifest, name: str) -> Manifest:
        """With what Crossplane adds: where it is, a name if it has none, and whose it is."""
        meta, composite = mapping_at(body, "metadata"), text_at(self._composite, "metadata.name")
        named = {} if "name" in meta else {"generateName": f"{composite}-"}
        added = {
            **named,
            "namespace": text_at(self._composite, "metadata.namespace"),
            "labels": {**mapping_at(meta, "labels"), "crossplane.io/composite": composite},
            "annotations": {**mapping_at(meta, "annotations"), NAME: name},
        }
        first = {"apiVersion": text_at(body, "apiVersion"), "kind": text_at(body, "kind")}
        return {
            **first,
            "metadata": {**meta, **added},
            **{key: body[key] for key in body if key not in (*first, "metadata")},
        }


def writes_kubeconfig(rendered: Rendered, cluster: str) -> bool:
    """Whether something that is told writes the Secret from which the cluster is registered, or might."""
    wanted = f"{cluster}-kubeconfig"
    for each in rendered.resources:
        named = [text_at(each, "spec.writeConnectionSecretToRef.name")]
        named += [text_at(each, "metadata.name")] if text_at(each, "kind") == "Secret" else []
        if wanted in named:
            return True
    return bool(rendered.unknown)


def _flat(resource: Manifest, sets: dict[str, list[Manifest]]) -> Iterator[Manifest]:
    for patch in mappings_at(resource, "patches"):
        if text_at(patch, "type") == "PatchSet":
            yield from sets.get(text_at(patch, "patchSetName"), [])
        else:
            yield patch
