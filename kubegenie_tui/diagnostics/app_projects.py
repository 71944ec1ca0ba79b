"""Applications of Argo CD that their project does not allow: what has to be changed is the one or the other.

Source of the messages: Argo CD, util/argo/argo.go, ValidatePermissions.
"""

import re
from typing import NamedTuple

import msgspec

from kubegenie_tui.diagnostics.build import fact
from kubegenie_tui.diagnostics.snapshot import Snapshot, ref_of
from kubegenie_tui.domain.finding import Finding
from kubegenie_tui.domain.manifest import Manifest, mapping_at, mappings_at, text_at, texts_at
from kubegenie_tui.domain.nearness import is_slip

APPLICATIONS, PROJECTS = "applications.argoproj.io", "appprojects.argoproj.io"
_DESTINATION = re.compile(r"do(?:es)? not match any of the allowed destinations in project '(?P<project>[^']+)'")
_SLIP = 0.05
"""Of the characters of a name or an address, so many may be wrong: each part of an address tells another one apart."""
_SOURCE = re.compile(r"application repo (?P<repo>\S+) is not permitted in project '(?P<project>[^']+)'")
_KIND = re.compile(r"resource (?P<group>[\w.-]*):(?P<kind>\w+) is not permitted in project (?P<project>[\w.-]*\w)")


class _Refused(NamedTuple):
    """What a project does not allow."""

    project: str
    field: str
    """Of the project."""
    own: str
    """Of the application."""
    wanted: str


def at_project(snapshot: Snapshot, item: Manifest, found: Finding, said: str) -> Finding:
    """The finding at the project that does not allow it; at the application's own field where that has a slip."""
    refused = _refused(item, said)
    project = _project(snapshot, refused.project) if refused else None
    if refused is None or project is None:
        return found
    if not refused.field:
        refused = refused._replace(field=_list_of_kinds(project, item, refused.wanted))
    ref = ref_of(PROJECTS, project)
    allowed = _told(project, refused.field)
    if refused.wanted not in allowed and any(is_slip(refused.wanted, each, _SLIP) for each in allowed):
        return msgspec.structs.replace(found, field=refused.own, next_steps=(f"correct {refused.own}",))
    proof = fact(PROJECTS, project, refused.field, ", ".join(allowed))
    return msgspec.structs.replace(
        found, root=ref, field=refused.field, evidence=(*found.evidence, proof), affected=(*found.affected, ref),
        confidence=0.85, next_steps=(f"let project {ref.name} allow {refused.wanted}, or correct {refused.own}",),
    )  # fmt: skip


def _refused(item: Manifest, said: str) -> _Refused | None:
    if match := _DESTINATION.search(said):
        own = "spec.destination.namespace"
        return _Refused(match["project"], "spec.destinations", own, text_at(item, own))
    if match := _SOURCE.search(said):
        own = "spec.source.repoURL" if mapping_at(item, "spec.source") else "spec.sources"
        return _Refused(match["project"], "spec.sourceRepos", own, match["repo"])
    if match := _KIND.search(said):
        return _Refused(match["project"], "", "spec.source", match["kind"])
    return None


def _list_of_kinds(project: Manifest, item: Manifest, kind: str) -> str:
    """The field of a project that allows a kind, or forbids it; those of a namespace and others have lists apart."""
    named = [each for each in mappings_at(item, "status.resources") if text_at(each, "kind") == kind]
    scope = "namespace" if any(text_at(each, "namespace") for each in named) else "cluster"
    forbidden = [text_at(each, "kind") for each in mappings_at(project, f"spec.{scope}ResourceBlacklist")]
    return f"spec.{scope}Resource{'Blacklist' if kind in forbidden else 'Whitelist'}"


def _project(snapshot: Snapshot, name: str) -> Manifest | None:
    """The one project of this name that is here: they live where Argo CD does, which nobody tells."""
    found = [each for each in snapshot.all(PROJECTS) if text_at(each, "metadata.name") == name]
    return found[0] if len(found) == 1 else None


def _told(project: Manifest, field: str) -> list[str]:
    if field == "spec.destinations":
        return [text_at(each, "namespace") for each in mappings_at(project, field)]
    return [text_at(each, "kind") for each in mappings_at(project, field)] or texts_at(project, field)
