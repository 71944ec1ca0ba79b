"""An object as a text to edit, and the plan that an edit makes.

What differs between the text as it was given and as it came back is put into the object as it is by then: containers,
ports and their like by name, so that what others changed meanwhile stays. The plan is the JSON merge patch (RFC 7386)
that does it, not a replacement: it says nothing of fields that were not touched, and what the text leaves out (status,
managedFields) needs no care. The gate guards it with the uid, and the preview shows what would become of the object.
"""

import base64
import binascii

import msgspec

from kubegenie_tui.changes.operations.manifests_text import line_of, read_documents
from kubegenie_tui.changes.three_way import changes_between, merge_patch, set_back, value_of
from kubegenie_tui.domain.errors import Invalid, KubeGenieError, UsageError
from kubegenie_tui.domain.kind import Kind
from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.object_ref import ObjectRef
from kubegenie_tui.domain.plan import PatchType, Plan, Step, Verb
from kubegenie_tui.domain.text import plain
from kubegenie_tui.domain.yaml_text import LAST_APPLIED, yaml_lines

SOURCE = "the text"
MARK = "# KubeGenie: "
"""Begins the lines that we write above the object, always as many: a fault's line number stays true."""
_NOT_EDITED = frozenset({"managedFields", "resourceVersion", "uid", "creationTimestamp", "generation", "selfLink"})


class Draft(msgspec.Struct, frozen=True):
    """One object that is being edited."""

    ref: ObjectRef
    words: str
    """`deployment shop/checkout`."""
    view: Manifest
    """What is edited of it; values of a Secret are decoded where they are text."""
    uid: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether its text must never reach a disk."""
        return self.view.get("kind") == "Secret"

    @property
    def text(self) -> str:
        """What the person edits: four lines of comment and the object as YAML."""
        return "\n".join([*self._head(""), *yaml_lines(self.view), ""])

    def with_fault(self, text: str, error: KubeGenieError) -> str:
        """The person's text with what is wrong with it on top, and the line where that is known."""
        what, body = error.what, without_head(text)
        if isinstance(error, Invalid) and error.fields:
            line = line_of("\n".join([*self._head(""), *body]), error.fields[0])
            what = f"line {line}: {what}"
        return "\n".join([*self._head(what, error.why, error.next_step), *body])

    def plan(self, text: str, now: "Draft") -> Plan | None:
        """What the edit means for the object as it is now; None when it changes nothing.

        Raises:
            UsageError: the text is no YAML, not one object, or another object; with the line.
        """
        body = without_head(text)
        if not any(line.strip() for line in body):
            return None
        documents = read_documents("\n".join([*self._head(""), *body]), SOURCE)
        if len(documents) != 1:
            raise UsageError(f"There are {len(documents)} objects in the text", next_step="edit one at a time")
        edited = documents[0].manifest
        self._require_same(edited)
        live = _stored(now.view)
        touched = changes_between(_stored(edited), _stored(self.view))
        wanted = [msgspec.structs.replace(each, after=value_of(live, each.path)) for each in touched]
        patch = merge_patch(live, set_back(live, wanted)[0])
        if not patch:
            return None
        step = Step(Verb.PATCH, self.ref, patch, PatchType.MERGE, uid=self.uid)
        return Plan(f"Edit {self.words}", self.ref.cluster, (step,))

    def _head(self, *fault: str) -> list[str]:
        told = [plain(part) for part in fault if part]
        return [
            f"{MARK}{self.words}. What you change is shown before it is applied.",
            f"{MARK}without a change nothing happens. These lines are not kept.",
            f"{MARK}✖ {told[0]}" if told else MARK.rstrip(),
            f"{MARK}{' · '.join(told[1:])}".rstrip(),
        ]

    def _require_same(self, edited: Manifest) -> None:
        for field in ("apiVersion", "kind", "metadata.name", "metadata.namespace"):
            was, now = text_at(self.view, field), text_at(edited, field)
            if was != now:
                why = f"{field} was {was or 'not there'} and is {now or 'not there'}"
                raise UsageError("That would be another object", why, "leave it as it was; `apply` makes new objects")


def draft_of(cluster: str, kind: Kind, manifest: Manifest) -> Draft:
    """An object to be edited, as it was read."""
    name, namespace = text_at(manifest, "metadata.name"), text_at(manifest, "metadata.namespace")
    noun = kind.singular or kind.kind.lower()
    words = f"{noun} {namespace}/{name}" if namespace else f"{noun} {name}"
    view = {"apiVersion": kind.api_version, "kind": kind.kind, **manifest}
    view = {key: value for key, value in view.items() if key != "status"}
    view["metadata"] = {key: value for key, value in mapping_at(manifest, "metadata").items() if key not in _NOT_EDITED}
    if kind.id == "secrets":
        view = _decoded(view)
    return Draft(ObjectRef(kind.id, name, namespace, cluster), words, view, text_at(manifest, "metadata.uid"))


def without_head(text: str) -> list[str]:
    """The lines of a text without ours; blank ones at its end may belong to a value."""
    lines = text.split("\n")
    while lines and lines[0].startswith(MARK.rstrip()):
        lines.pop(0)
    return lines


def _decoded(secret: Manifest) -> Manifest:
    """A Secret with its values as text under `stringData`; what is no text stays as it is under `data`."""
    data = mapping_at(secret, "data")
    texts = {key: text for key, value in data.items() if (text := _text(value)) is not None}
    rest = {key: value for key, value in data.items() if key not in texts}
    view = {key: value for key, value in secret.items() if key != "data"}
    annotations = mapping_at(secret, "metadata.annotations")
    if LAST_APPLIED in annotations:
        kept = {key: value for key, value in annotations.items() if key != LAST_APPLIED}
        metadata = {key: value for key, value in view["metadata"].items() if key != "annotations"}
        view["metadata"] = {**metadata, "annotations": kept} if kept else metadata
    return view | ({"data": rest} if rest else {}) | ({"stringData": texts} if texts else {})


def _stored(view: Manifest) -> Manifest:
    """A Secret as the server keeps it; any other object as it is.

    Raises:
        UsageError: a value of a Secret is no text.
    """
    if view.get("kind") != "Secret":
        return view
    data = dict(mapping_at(view, "data"))
    for key, value in mapping_at(view, "stringData").items():
        if not isinstance(value, str):
            raise UsageError(f"stringData.{key} is no text", next_step="write it in quotes")
        data[key] = base64.b64encode(value.encode()).decode()
    rest = {key: value for key, value in view.items() if key not in ("data", "stringData")}
    return {**rest, "data": data}


def _text(value: object) -> str | None:
    """What a value of a Secret says, None when that is no text to edit."""
    if not isinstance(value, str):
        return None
    try:
        text = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    return text if text.replace("\n", "").replace("\t", "").isprintable() else None
