"""Who manages which fields of an object, as its managedFields tell."""

import json
from collections.abc import Iterator

from kubegenie_tui.domain.manifest import Manifest, mapping_at, text_at
from kubegenie_tui.domain.text import plain


def entry_of(managed: Manifest) -> tuple[str, str, str, str]:
    """Manager, operation, subresource and version, by which the server tells entries apart."""
    manager, operation, subresource, version = (
        text_at(managed, field) for field in ("manager", "operation", "subresource", "apiVersion")
    )
    return manager, operation, subresource, version


def fields_of(managed: Manifest) -> list[str]:
    """The fields of an entry, as `spec.template.spec.containers[app].image`."""
    return list(_paths(mapping_at(managed, "fieldsV1"), ""))


def _paths(tree: Manifest, above: str) -> Iterator[str]:
    """Source: FieldsV1 of sigs.k8s.io/structured-merge-diff: `f:` a field, `k:` and `v:` items, `.` the whole."""
    for step, below in tree.items():
        kind, _, word = step.partition(":")
        if kind == "f":
            path = f"{above}.{plain(word)}" if above else plain(word)
        else:
            path = f"{above}[{_item(kind, word)}]" if word else above
        if isinstance(below, dict) and below:
            yield from _paths(below, path)
        elif word:
            yield path


def _item(kind: str, word: str) -> str:
    """An item of a list by its key's values, or by its value."""
    try:
        value = json.loads(word)
    except ValueError:
        return plain(word)
    return plain(",".join(map(str, value.values())) if kind == "k" and isinstance(value, dict) else str(value))
