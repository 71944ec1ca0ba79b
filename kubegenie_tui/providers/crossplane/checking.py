"""What is wrong with a Composition of one's own, each fault with its line: before any server sees it."""

import re
from collections.abc import Collection, Iterator

from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at
from kubegenie_tui.domain.nearness import nearest
from kubegenie_tui.providers.crossplane.asked import COMPOSITIONS, FUNCTION, GROUP, KIND, VERSION
from kubegenie_tui.providers.crossplane.field_path import keys_of
from kubegenie_tui.providers.crossplane.located import Fault, Located, Path
from kubegenie_tui.providers.crossplane.rendering import is_patching
from kubegenie_tui.providers.crossplane.transforms import TYPES

_FROM = {"FromCompositeFieldPath": "fromFieldPath", "ToCompositeFieldPath": "fromFieldPath"}
_ENVIRONMENT = {"FromEnvironmentFieldPath": "fromFieldPath", "ToEnvironmentFieldPath": "fromFieldPath"}
_COMBINED = ("CombineFromComposite", "CombineToComposite", "CombineFromEnvironment", "CombineToEnvironment")
_PATCHES = (*_FROM, *_ENVIRONMENT, *_COMBINED, "PatchSet")
_READING = ("FromCompositeFieldPath", "CombineFromComposite")
"""Patches that read the cluster that is asked for."""
_OBJECT = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_GONE = "Crossplane 2 knows pipelines alone"


def faults_of(found: Located, name: str, definition: Manifest) -> list[Fault]:
    """All that is wrong with a Composition, in the order of its lines.

    Args:
        found: what the file says.
        name: what the Composition has to be called.
        definition: the CompositeResourceDefinition that it is for.
    """
    if not isinstance(found.tree, dict):
        return [Fault(1, "It is no Composition", "", "begin with apiVersion, kind and spec")]
    return sorted(_Checking(found, definition).all(name), key=lambda fault: fault.line)


class _Checking:
    """Every check is a generator of faults at a part of the tree."""

    def __init__(self, found: Located, definition: Manifest) -> None:
        self._found = found
        self._tree: Manifest = found.tree
        [version] = mappings_at(definition, "spec.versions")
        self._schema = mapping_at(version, "schema.openAPIV3Schema")

    def all(self, name: str) -> Iterator[Fault]:
        yield from self._wanted("apiVersion", COMPOSITIONS, "it is the only version of Compositions")
        yield from self._wanted("kind", "Composition")
        if text_at(self._tree, "metadata.name") not in ("", name):
            yield from self._wanted("metadata.name", name, "it is called after its file", "leave it out")
        yield from self._wanted("spec.compositeTypeRef.apiVersion", f"{GROUP}/{VERSION}", f"clusters are {KIND}s of it")
        yield from self._wanted("spec.compositeTypeRef.kind", KIND)
        if text_at(self._tree, "spec.mode") not in ("", "Pipeline"):
            yield from self._wanted("spec.mode", "Pipeline", _GONE)
        for old in {"resources", "patchSets"} & mapping_at(self._tree, "spec").keys():
            step = f"move it into the input of a step of {FUNCTION}"
            yield self._fault(("spec", old), f"spec.{old} means nothing any more", _GONE, step)
        yield from self._pipeline()

    def _wanted(self, path: str, value: str, why: str = "", step: str = "") -> Iterator[Fault]:
        there = text_at(self._tree, path)
        if there != value:
            what = f'{path} is "{there}"' if there else f"There is no {path}"
            yield self._fault(tuple(path.split(".")), what, why, step or f"write {value}")

    def _pipeline(self) -> Iterator[Fault]:
        steps = mappings_at(self._tree, "spec.pipeline")
        if not steps:
            yield self._fault(("spec", "pipeline"), "There is no spec.pipeline", _GONE, "give it at least one step")
        yield from self._named_once(steps, "step", ("spec", "pipeline"))
        for at, step in enumerate(steps):
            path: Path = ("spec", "pipeline", at)
            function = text_at(step, "functionRef.name")
            if not function:
                yield self._fault(path, f"Step {text_at(step, 'step')} names no function", "", "write functionRef.name")
            elif not _OBJECT.fullmatch(function):
                here: Path = (*path, "functionRef", "name")
                yield self._fault(
                    here, f'No function is called "{function}"', "", "write the name of one, as installed"
                )
            if is_patching(step):
                yield from self._patching(mapping_at(step, "input"), (*path, "input"))

    def _patching(self, given: Manifest, path: Path) -> Iterator[Fault]:
        sets, resources = mappings_at(given, "patchSets"), mappings_at(given, "resources")
        if not resources:
            yield self._fault((*path, "resources"), "It composes nothing", "there are no resources", "give it some")
        yield from self._named_once(sets, "name", (*path, "patchSets"))
        yield from self._named_once(resources, "name", (*path, "resources"))
        names = [text_at(each, "name") for each in sets]
        for at, each in enumerate(sets):
            yield from self._patches(each, (*path, "patchSets", at), [])
        for at, each in enumerate(resources):
            here = (*path, "resources", at)
            for key in ("apiVersion", "kind") if "base" in each else ():
                if not text_at(each, f"base.{key}"):
                    what = f"The base of {text_at(each, 'name')} has no {key}"
                    yield self._fault((*here, "base"), what, "nobody knows what it is", f"write {key}")
            yield from self._patches(each, here, names)

    def _named_once(self, items: list[Manifest], key: str, path: Path) -> Iterator[Fault]:
        seen: set[str] = set()
        for at, each in enumerate(items):
            name = text_at(each, key)
            if not name:
                yield self._fault((*path, at), f"It has no {key}", "all have one", f"write {key}")
            elif name in seen:
                yield self._fault((*path, at, key), f'Two are called "{name}"', "names are unique", "rename one")
            seen.add(name)

    def _patches(self, holder: Manifest, path: Path, sets: list[str]) -> Iterator[Fault]:
        for at, patch in enumerate(mappings_at(holder, "patches")):
            here: Path = (*path, "patches", at)
            kind = text_at(patch, "type") or "FromCompositeFieldPath"
            if kind not in _PATCHES:
                yield self._unknown((*here, "type"), f'There is no patch "{kind}"', kind, _PATCHES)
            elif kind == "PatchSet":
                name = text_at(patch, "patchSetName")
                if name not in sets:
                    what = f'There is no patch set "{name}"'
                    yield self._unknown((*here, "patchSetName"), what, name, sets)
            else:
                yield from self._fields(patch, kind, here)
                yield from self._transforms(patch, here)

    def _fields(self, patch: Manifest, kind: str, here: Path) -> Iterator[Fault]:
        sources = [(patch, here)]
        if kind in _COMBINED:
            variables = mappings_at(patch, "combine.variables")
            sources = [(each, (*here, "combine", "variables", at)) for at, each in enumerate(variables)]
            if not variables or not text_at(patch, "combine.string.fmt"):
                what = f"{kind} combines nothing"
                yield self._fault((*here, "combine"), what, "", "write combine.variables and combine.string.fmt")
            if not text_at(patch, "toFieldPath"):
                yield self._fault(here, f"{kind} has no toFieldPath", "", "say where to")
        for source, path in sources:
            yield from self._source(source, path, reads=kind in _READING)
        if target := text_at(patch, "toFieldPath"):
            yield from self._path(target, (*here, "toFieldPath"))

    def _source(self, source: Manifest, here: Path, *, reads: bool) -> Iterator[Fault]:
        path = text_at(source, "fromFieldPath")
        if not path:
            yield self._fault(here, "There is no fromFieldPath", "a patch takes its value from somewhere", "write it")
            return
        broken = list(self._path(path, (*here, "fromFieldPath")))
        yield from broken
        if reads and not broken:
            yield from self._known(path, (*here, "fromFieldPath"))

    def _path(self, path: str, here: Path) -> Iterator[Fault]:
        try:
            keys_of(path)
        except ValueError as error:
            words = str(error)
            yield self._fault(here, f"{words[0].upper()}{words[1:]}", "", "separate fields by dots")

    def _known(self, path: str, here: Path) -> Iterator[Fault]:
        """Whether a cluster has such a parameter."""
        keys = keys_of(path)
        if keys[0] != "spec" or keys[1:2] == ["crossplane"]:
            return
        schema = self._schema
        for key in keys:
            if text_at(schema, "type") == "array":
                schema = mapping_at(schema, "items")
                continue
            fields = mapping_at(schema, "properties")
            if key not in fields:
                why = f"a {KIND} has no such field"
                yield self._unknown(here, f"{path} leads nowhere", str(key), list(fields), why)
                return
            schema = fields[str(key)]

    def _transforms(self, patch: Manifest, path: Path) -> Iterator[Fault]:
        for at, each in enumerate(mappings_at(patch, "transforms")):
            kind, here = text_at(each, "type"), (*path, "transforms", at)
            if kind not in TYPES:
                yield self._unknown((*here, "type"), f'There is no transform "{kind}"', kind, TYPES)
            elif kind not in each:
                yield self._fault(
                    here, f"The transform {kind} says nothing", f"there is no {kind} in it", f"write {kind}"
                )

    def _unknown(self, here: Path, what: str, word: str, known: Collection[str], why: str = "") -> Fault:
        meant = nearest(word, known)
        step = f"did you mean {meant}?" if meant else f"there are {', '.join(known)}" if known else "there are none"
        return self._fault(here, what, why, step)

    def _fault(self, here: Path, what: str, why: str = "", step: str = "") -> Fault:
        return Fault(self._found.line(*here), what, why, step)
