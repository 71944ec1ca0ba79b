"""What differs between two states of an object, as lines of YAML with what stands around them."""

import difflib
from collections.abc import Iterator, Sequence

from kubegenie_tui.domain.manifest import REVISION, Manifest, mapping_at
from kubegenie_tui.domain.plan import DiffLine, StepPreview, Verb
from kubegenie_tui.domain.yaml_text import LAST_APPLIED, shown_manifest, yaml_lines

CONTEXT = 3
"""Lines around a difference."""
_SERVERS_OWN = frozenset({"managedFields", "generation", "resourceVersion", "uid", "creationTimestamp", "selfLink"})
"""Fields of metadata that say nothing of what a person changed."""

_NOTES_OF_OTHERS = frozenset({LAST_APPLIED, REVISION})
"""Annotations that kubectl and the deployment controller keep for themselves."""


def normalised(manifest: Manifest) -> Manifest:
    """An object without what the server, its controllers and kubectl keep for themselves: status, managedFields."""
    metadata = mapping_at(manifest, "metadata")
    own = {key: value for key, value in metadata.items() if key not in (*_SERVERS_OWN, "annotations")}
    notes = {key: value for key, value in mapping_at(metadata, "annotations").items() if key not in _NOTES_OF_OTHERS}
    own |= {"annotations": notes} if notes else {}
    return {key: own if key == "metadata" else value for key, value in manifest.items() if key != "status"}


def manifest_diff(before: Manifest | None, after: Manifest | None) -> tuple[DiffLine, ...]:
    """What changes from one state to the other; nothing on a side means the object is not there.

    Values of a Secret are shown by their size only, and one that changed says so.
    """
    old, new = (normalised(state) if state else {} for state in (before, after))
    return line_diff(list(_shown_lines(old)), list(_shown_lines(new, other=old)))


def is_so_already(step: StepPreview) -> bool:
    """Whether an apply finds the object as it is written, and only notes that we want it so."""
    before, after = step.before, step.after
    if step.step.verb is not Verb.APPLY or before is None or after is None:
        return False
    return normalised(before) == normalised(after)


def line_diff(old: Sequence[str], new: Sequence[str]) -> tuple[DiffLine, ...]:
    """The same for texts: removed and added lines, CONTEXT lines around them, and a mark for each gap."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[DiffLine] = []
    reached = 0
    for group in matcher.get_grouped_opcodes(CONTEXT):
        if group[0][1] > reached:
            found.append(DiffLine("@", _above(old, group[0][1]) or f"{group[0][1] - reached} lines unchanged"))
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                found += [DiffLine(" ", text) for text in old[start:end]]
            else:
                found += [DiffLine("-", text) for text in old[start:end]]
                found += [DiffLine("+", text) for text in new[new_start:new_end]]
        reached = group[-1][2]
    return tuple(found)


def _above(lines: Sequence[str], start: int) -> str:
    """What a line of YAML stands under: `spec › template › spec › containers › name: web`."""
    found: list[str] = []
    depth = _depth(lines[start]) if start < len(lines) else 0
    for line in reversed(lines[:start]):
        if _depth(line) < depth:
            depth = _depth(line)
            found.insert(0, line.strip(" -").removesuffix(":"))
    return " › ".join(found)


def _depth(line: str) -> int:
    """Where a line begins; an item of a list is below the key that stands at the same place."""
    text = line.lstrip(" ")
    return 2 * (len(line) - len(text)) + text.startswith("- ")


def _shown_lines(manifest: Manifest, other: Manifest | None = None) -> Iterator[str]:
    if not manifest:
        return iter(())
    shown = shown_manifest(manifest)
    if manifest.get("kind") == "Secret" and other:
        shown = {**shown, **_changed_values(manifest, shown, other)}
    return yaml_lines(shown)


def _changed_values(secret: Manifest, shown: Manifest, other: Manifest) -> Manifest:
    """The hidden values, each marked that is not what it was: its size alone would not tell."""
    marked: Manifest = {}
    for field in ("data", "stringData"):
        values, before = mapping_at(secret, field), mapping_at(other, field)
        hidden = mapping_at(shown, field)
        if values:
            marked[field] = {
                key: f"{hidden[key]} another value" if key in before and before[key] != value else hidden[key]
                for key, value in values.items()
            }
    return marked
