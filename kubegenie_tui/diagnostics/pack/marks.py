"""Labels and annotations that have to be there."""

from collections.abc import Iterable, Iterator

from kubegenie_tui.diagnostics.pack.check import Check, Fault
from kubegenie_tui.diagnostics.pack.inventory import Inventory
from kubegenie_tui.diagnostics.pack.subject import Subject
from kubegenie_tui.domain.manifest import mapping_at
from kubegenie_tui.domain.policy_parameters import MARKABLE, Mark, Parameters


def _lacking(subject: Subject, sort: str, marks: Iterable[Mark]) -> Iterator[Fault]:
    """`sort`: label or annotation."""
    found = mapping_at(subject.manifest, f"metadata.{sort}s")
    for mark in marks:
        field, value = f"metadata.{sort}s[{mark.key}]", str(found.get(mark.key, ""))
        if mark.key not in found:
            yield Fault(field, "not set", f"it has no {sort} {mark.key}")
        elif mark.pattern is not None and not mark.pattern.search(value):
            yield Fault(field, value, f"its {sort} {mark.key} does not match {mark.pattern.text}")


def _labels(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    return _lacking(subject, "label", parameters.labels)


def _owner(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    return _lacking(subject, "label", filter(None, (parameters.owner,)))


def _annotations(_: Inventory, parameters: Parameters, subject: Subject) -> Iterator[Fault]:
    return _lacking(subject, "annotation", parameters.annotations)


CHECKS = (
    Check(
        "must-have-key",
        "the wanted labels are set",
        MARKABLE,
        _labels,
        "set the label",
        settings=("required_labels", "labelled_kinds"),
        unset=lambda parameters: not parameters.labels,
        narrowed=lambda parameters: parameters.labelled_kinds,
    ),
    Check(
        "must-have-owner",
        "the label that names the owner is set, and names one",
        MARKABLE,
        _owner,
        "set the label",
        settings=("owner_pattern", "owner_label", "labelled_kinds"),
        unset=lambda parameters: parameters.owner is None,
        narrowed=lambda parameters: parameters.labelled_kinds,
    ),
    Check(
        "must-have-set-of-annotations",
        "the wanted annotations are set",
        MARKABLE,
        _annotations,
        "set the annotation",
        settings=("required_annotations", "annotated_kinds"),
        unset=lambda parameters: not parameters.annotations,
        narrowed=lambda parameters: parameters.annotated_kinds,
    ),
)
